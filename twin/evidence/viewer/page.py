"""The door of the viewer: one HTML file that holds everything and may fetch nothing."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

from twin.arrays import Floats
from twin.errors import EvidenceError, SettingsError
from twin.evidence.scene import Scene
from twin.evidence.viewer import glyphs, pictures, shapes
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
    script, style = _bundle()
    origin = shapes.local_origin(scene)
    facts = facts_of(scene, origin, language, inspection)
    if picture_folder is not None and inspection is not None:
        found = pictures.embedded(picture_folder, inspection.get("findings", []))
        for finding in facts["findings"]:
            finding["pictures"] = found.get(finding["id"], [])
    sections = _sections(scene, facts, origin)
    _write(path, _pieces(facts, script, style, sections))


def _bundle() -> tuple[str, str]:
    """Script and style sheet that the set-up built."""
    try:
        script = (_HERE / "dist" / "viewer.js").read_text("utf-8")
        style = (_HERE / "dist" / "viewer.css").read_text("utf-8")
    except OSError as error:
        raise EvidenceError("the viewer's bundle is missing", "run `make setup`") from error
    return script, style


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


def _pieces(facts: dict[str, Any], script: str, style: str, sections: list[tuple[str, bytes]]) -> Iterator[str]:
    """The page's text, a section at a time."""
    font = _font_face(facts)
    title = html.escape(f"{facts['case']} · Plumbline", quote=True)
    page = Template((_HERE / "page.html").read_text("utf-8"))
    whole = page.substitute(
        language=facts["language"],
        policy=_policy(script, (font, style)),
        title="\x00title\x00",
        font=font,
        style=style,
        sections="\x00sections\x00",
        script=script,
    )
    head, tail = whole.split("\x00sections\x00")
    yield head.replace("\x00title\x00", title)
    for name, data in sections:
        # A type that is no script's keeps the browser from running it; base64 has no character that ends it.
        yield f'<script type="application/zlib" id="{name}">{base64.b64encode(data).decode()}</script>\n'
    yield tail


def _policy(script: str, styles: tuple[str, ...]) -> str:
    """Nothing but what this file itself carries, each piece named by its digest."""
    style_sources = " ".join(_source(style) for style in styles)
    return (
        f"default-src 'none'; script-src {_source(script)}; style-src {style_sources}; "
        "img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _font_face(facts: dict[str, Any]) -> str:
    """The rule that brings along the Chinese glyphs of the page's own texts and of what the case says."""
    texts = [(_HERE / "texts" / f"{language}.json").read_text("utf-8") for language in LANGUAGES]
    shown = json.dumps(
        {key: facts[key] for key in facts if key not in ("model", "bodies", "cloud")}, ensure_ascii=False
    )
    data = base64.b64encode(glyphs.font_with(glyphs.carried_characters([*texts, shown]))).decode()
    return (
        "@font-face{font-family:'Plumbline Han';font-display:block;"
        f"src:url(data:font/woff2;base64,{data}) format('woff2');unicode-range:U+2E80-2FFFF}}"
    )


def _write(path: Path, pieces: Iterator[str]) -> None:
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("w", encoding="utf-8", errors="replace", newline="\n") as stream:
            stream.writelines(pieces)
        partial.replace(path)
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be written", "choose a folder that exists and may be written") from error
