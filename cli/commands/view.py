"""``plumbline view``: opens the evidence viewer."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Lang
from pipelines.choices import Language

if TYPE_CHECKING:
    from twin.evidence.schema import Inspection

VIEWER, SURVEY = "viewer.html", "deviation.laz"


def view(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A finished case folder.", show_default=False)],
    desktop: Annotated[bool, typer.Option("--desktop", help="In a window of its own, without a browser.")] = False,
    serve: Annotated[
        bool | None,
        typer.Option(
            "--serve/--file",
            help="Serve page and whole survey on this machine until interrupted, or open the one file.",
            show_default="--serve where a browser opens and the survey is larger than the file",
        ),
    ] = None,
    lang: Lang = Language.ENGLISH,
) -> None:
    """Open the viewer of a finished inspection in the browser, or in a window of its own."""
    from cli import console
    from twin.errors import EvidenceError
    from twin.evidence.inspection import read

    inspection = read(folder)
    if desktop:
        show_window(folder, lang)
        return
    page = (folder if folder.is_dir() else folder.parent) / VIEWER
    if not page.is_file():
        raise EvidenceError(f"{folder}: holds no {VIEWER}", "inspect again to write it")
    is_larger = inspection.survey.points > carried(inspection)
    if serve or (serve is None and is_larger and has_desktop() and (page.parent / SURVEY).is_file()):
        serve_case(folder)
        return
    if not (has_desktop() and opened(page.resolve().as_uri())):
        console.remark("no browser can be opened here; open this file in one:")
    console.say(str(page.resolve()))


def carried(inspection: Inspection) -> int:
    """Points that the one file may carry."""
    evidence = inspection.settings.get("evidence", {})
    return int(evidence.get("sight_points", 0)) if isinstance(evidence, dict) else 0


def serve_case(folder: Path) -> None:
    """Serves the case and opens it, until interrupted."""
    import platformdirs

    from cli import console
    from twin.evidence.viewer.serving import CaseServer

    server = CaseServer(folder, platformdirs.user_cache_path("plumbline") / "tiles")
    console.say(server.address)
    if not (has_desktop() and opened(server.address)):
        console.remark("no browser can be opened here; open this address in one on this machine")
    console.remark("served until you press Ctrl-C")
    try:
        server.run()
    except KeyboardInterrupt:
        server.close_at_once()


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


def opened(address: str) -> bool:
    """Whether a browser took the page."""
    import webbrowser

    try:
        return webbrowser.open(address)
    except (webbrowser.Error, OSError):
        return False
