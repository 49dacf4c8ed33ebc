"""The door of the dashboard: one HTML file that holds everything and may fetch nothing."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from twin.errors import SettingsError
from twin.evidence.viewer import shell
from twin.supervision.dashboard.facts import LANGUAGES, facts_of
from twin.supervision.model import InspectionState, ProjectState, Unreadable

_HERE = Path(__file__).parent


def write_dashboard(
    states: Sequence[ProjectState],
    today: date,
    path: Path,
    *,
    title: str,
    language: str = "en",
    address_of: Callable[[InspectionState], str | None] = lambda _: None,
    unreadable: Sequence[Unreadable] = (),
) -> None:
    """Write the dashboard of a portfolio. The same states give the same bytes.

    Parameters
    ----------
    path : Path
        Of the HTML file; replaced in one step.
    title : str
        Of the city or the portfolio, plain text.
    language : {"en", "zh"}
        In which it opens; the reader can switch.
    address_of : callable
        The address of an inspection's viewer as seen from `path`, already escaped; None where there is none.
    unreadable : sequence of Unreadable
        Projects that belong to it and are in no figure.

    Raises
    ------
    EvidenceError
        The dashboard's bundle was not built, or the file cannot be written.
    SettingsError
        A language that the dashboard does not speak.
    """
    if language not in LANGUAGES:
        raise SettingsError(f"the dashboard does not speak {language!r}", f"choose one of {', '.join(LANGUAGES)}")
    bundle = shell.read_bundle(_HERE / "dist", "dashboard")
    facts = facts_of(states, today, title=title, language=language, address_of=address_of, unreadable=unreadable)
    text = json.dumps(facts, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    sections = [("facts", zlib.compress(text.encode("utf-8", "replace"), 9))]
    shell.write_page(path, shell.page(f"{title} · Plumbline", language, bundle, _texts(text), sections))


def _texts(facts: str) -> list[str]:
    """All that the page may show."""
    return [facts, *((_HERE / "texts" / f"{language}.json").read_text("utf-8") for language in LANGUAGES)]
