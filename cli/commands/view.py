"""``plumbline view``: opens the evidence viewer."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

VIEWER = "viewer.html"


def view(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A finished case folder.", show_default=False)],
) -> None:
    """Open the viewer of a finished inspection in the browser."""
    from cli import console
    from twin.errors import EvidenceError
    from twin.evidence.inspection import read

    read(folder)
    page = (folder if folder.is_dir() else folder.parent) / VIEWER
    if not page.is_file():
        raise EvidenceError(f"{folder}: holds no {VIEWER}", "inspect again to write it")
    if not (has_desktop() and opened(page)):
        console.remark("no browser can be opened here; open this file in one:")
    console.say(str(page.resolve()))


def has_desktop() -> bool:
    """Whether a window can be shown: a browser in the terminal would be no help."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def opened(page: Path) -> bool:
    """Whether a browser took the page."""
    import webbrowser

    try:
        return webbrowser.open(page.resolve().as_uri())
    except (webbrowser.Error, OSError):
        return False
