"""The shell of a page in one file: it holds everything, opens from disk, and its policy lets it fetch nothing."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from twin.errors import EvidenceError
from twin.evidence.case import whole_file
from twin.evidence.viewer import glyphs

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Bundle:
    """Script and style sheet that the set-up built, as text."""

    script: str
    style: str


def read_bundle(folder: Path, name: str) -> Bundle:
    """The bundle of that name in `folder`.

    Raises
    ------
    EvidenceError
        It was not built.
    """
    try:
        return Bundle((folder / f"{name}.js").read_text("utf-8"), (folder / f"{name}.css").read_text("utf-8"))
    except OSError as error:
        raise EvidenceError(f"the {name}'s bundle is missing", "run `make setup`") from error


def page(
    title: str, language: str, bundle: Bundle, texts: list[str], sections: Sequence[tuple[str, bytes]]
) -> Iterator[str]:
    """The page's text, a section at a time.

    Parameters
    ----------
    title : str
        Plain text.
    texts : list of str
        All that the page may show: their Chinese glyphs are carried along.
    sections : sequence of (name, deflated bytes)
        Data, which the script reads by name.
    """
    font = _font_face(texts)
    whole = Template((_HERE / "page.html").read_text("utf-8")).substitute(
        language=language,
        policy=_policy(bundle.script, (font, bundle.style)),
        title="\x00title\x00",
        font=font,
        style=bundle.style,
        sections="\x00sections\x00",
        script=bundle.script,
    )
    head, tail = whole.split("\x00sections\x00")
    yield head.replace("\x00title\x00", html.escape(title, quote=True))
    for name, data in sections:
        # A type that is no script's keeps the browser from running it; base64 has no character that ends it.
        yield f'<script type="application/zlib" id="{name}">{base64.b64encode(data).decode()}</script>\n'
    yield tail


def write_page(path: Path, pieces: Iterator[str]) -> None:
    """Writes the page; it replaces an earlier one in one step. Raises as `whole_file` does."""
    with whole_file(path) as partial, partial.open("w", encoding="utf-8", errors="replace", newline="\n") as stream:
        stream.writelines(pieces)


def _policy(script: str, styles: tuple[str, ...]) -> str:
    """Nothing but what this file itself carries, each piece named by its digest."""
    style_sources = " ".join(_source(style) for style in styles)
    return (
        f"default-src 'none'; script-src {_source(script)}; style-src {style_sources}; "
        "img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _font_face(texts: list[str]) -> str:
    """The rule that brings along the Chinese glyphs of `texts`."""
    data = base64.b64encode(glyphs.font_with(glyphs.carried_characters(texts))).decode()
    return (
        "@font-face{font-family:'Plumbline Han';font-display:block;"
        f"src:url(data:font/woff2;base64,{data}) format('woff2');unicode-range:U+2E80-2FFFF}}"
    )
