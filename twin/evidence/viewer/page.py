"""The door of the viewer: one HTML file that holds everything and may fetch nothing."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

from twin.arrays import Floats
from twin.errors import SettingsError
from twin.evidence.scene import Scene
from twin.evidence.viewer import pictures, shapes, shell
from twin.evidence.viewer.facts import facts_of

_HERE = Path(__file__).parent
LANGUAGES = ("en", "zh")


def write_viewer(
    scene: Scene,
    path: Path,
    *,
    language: str = "en",
    inspection: dict[str, Any] | None = None,
    picture_folder: Path | None = None,
) -> None:
    """Write the viewer of a scene: one file that opens from disk in any browser.

    Parameters
    ----------
    path : Path
        Of the HTML file; replaced in one step.
    language : {"en", "zh"}
        In which it opens; the reader can switch.
    inspection : dict or None
        The inspection's result: gives registration, coverage and indicators, and which picture shows which finding.
    picture_folder : Path or None
        The case's folder, from which the pictures come that `inspection` lists; None leaves them out.

    Raises
    ------
    EvidenceError
        The viewer's bundle was not built, or the file cannot be written.
    SettingsError
        A language that the viewer does not speak.
    """
    if language not in LANGUAGES:
        raise SettingsError(f"the viewer does not speak {language!r}", f"choose one of {', '.join(LANGUAGES)}")
    bundle = shell.read_bundle(_HERE / "dist", "viewer")
    origin = shapes.local_origin(scene)
    facts = facts_of(scene, origin, language, inspection)
    if picture_folder is not None and inspection is not None:
        found = pictures.embedded(picture_folder, inspection.get("findings", []))
        for finding in facts["findings"]:
            finding["pictures"] = found.get(finding["id"], [])
    sections = _sections(scene, facts, origin)
    title, language = f"{facts['case']} · Plumbline", facts["language"]
    shell.write_page(path, shell.page(title, language, bundle, _texts(facts), sections))


def _sections(scene: Scene, facts: dict[str, Any], origin: Floats) -> list[tuple[str, bytes]]:
    """Name and bytes of each packed section; `facts` learns what lies in them, and itself comes first."""
    facts["model"], model = shapes.model_section(scene, origin)
    facts["bodies"], bodies = shapes.bodies_section(scene, origin)
    cloud = list(shapes.cloud_sections(scene, origin))
    facts["cloud"] = [about for about, _ in cloud]
    text = json.dumps(facts, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    first = zlib.compress(text.encode("utf-8", "replace"), 9)
    blocks = [(f"cloud-{number}", data) for number, (_, data) in enumerate(cloud)]
    return [("facts", first), ("model", model), ("bodies", bodies), *blocks]


def _texts(facts: dict[str, Any]) -> list[str]:
    """The page's own texts and what the case says."""
    texts = [(_HERE / "texts" / f"{language}.json").read_text("utf-8") for language in LANGUAGES]
    shown = {key: facts[key] for key in facts if key not in ("model", "bodies", "cloud")}
    return [*texts, json.dumps(shown, ensure_ascii=False)]
