"""``plumbline view``: opens the evidence viewer."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.options import Lang
from pipelines.choices import Language

VIEWER = "viewer.html"


def view(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A finished case folder.", show_default=False)],
    desktop: Annotated[bool, typer.Option("--desktop", help="In a window of its own, without a browser.")] = False,
    lang: Lang = Language.ENGLISH,
) -> None:
    """Open the viewer of a finished inspection in the browser, or in a window of its own."""
    from cli import console
    from twin.errors import EvidenceError
    from twin.evidence.inspection import read

    read(folder)
    if desktop:
        show_window(folder, lang)
        return
    page = (folder if folder.is_dir() else folder.parent) / VIEWER
    if not page.is_file():
        raise EvidenceError(f"{folder}: holds no {VIEWER}", "inspect again to write it")
    if not (has_desktop() and opened(page)):
        console.remark("no browser can be opened here; open this file in one:")
    console.say(str(page.resolve()))


def show_window(folder: Path, lang: Language) -> None:
    """Shows the case in a window until that is closed.

    Raises
    ------
    EvidenceError
        A file of the case is missing, or there is no screen.
    """
    from twin.errors import EvidenceError

    if not has_desktop():
        raise EvidenceError("no window can be opened: there is no screen", f"open {VIEWER} of the case in a browser")
    from twin.evidence.desktop import Window, read_case

    Window(read_case(folder), lang.value).run()


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
