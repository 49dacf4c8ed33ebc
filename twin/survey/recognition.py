"""Which format a file has: by its content first, then by its name; where the two disagree it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from twin.errors import SurveyError
from twin.phrases import phrase
from twin.survey import e57, las, leica, pcd

_HEAD_BYTES = 1 << 14

_EXTENSIONS = {
    "LAS": {".las", ".laz"},
    "E57": {".e57"},
    "PLY": {".ply"},
    "PCD": {".pcd"},
    "PTX": {".ptx"},
    "PTS": {".pts"},
    "text": {".xyz", ".txt", ".csv", ".asc", ".pts", ".dat", ".neu", ".tsv"},
}
_ALSO_TEXT = {"PTX", "PTS"}
_FOREIGN = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"II*\0": "a TIFF picture",
    b"MM\0*": "a TIFF picture",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"%PDF": "a PDF document",
    b"ISO-10303-21": "a STEP or IFC model",
    b"glTF": "a glTF model",
    b"\x89HDF": "an HDF5 file",
    b"PAR1": "a Parquet table",
    b"<?xml": "an XML document",
    b"{": "a JSON document",
}
_PROPRIETARY = {".rcp", ".rcs", ".fls", ".lsproj", ".zfs", ".zfprj", ".imp", ".lgs", ".lgsx", ".rdb", ".rxp", ".pod"}


@dataclass(frozen=True, slots=True)
class Recognised:
    """A format, as a key of the doors, and what its recognition left to remark."""

    format: str
    notes: tuple[str, ...] = ()


def recognise(path: Path) -> Recognised:
    """The format of a file, or `SurveyError` naming what it is instead."""
    head = _head(path)
    suffix = path.suffix.lower()
    if suffix in _PROPRIETARY:
        raise SurveyError(f"{path}: {suffix} is a maker's own format", "export it as E57 or LAZ")
    content = _by_content(path, head)
    if suffix in _EXTENSIONS[content] or (content in _ALSO_TEXT and suffix in _EXTENSIONS["text"] - {".pts"}):
        return Recognised(content)
    expected = next((name for name, suffixes in _EXTENSIONS.items() if suffix in suffixes), None)
    if expected is None:
        note = phrase("taken for {what} by its content, as its name does not say", what=_named(content))
        return Recognised(content, (note,))
    raise SurveyError(
        f"{path}: named {suffix}, but its content is {_named(content)}",
        "give it the name of its format, or the right file",
    )


def _head(path: Path) -> bytes:
    hint = "give a point cloud: E57, LAS, LAZ, PLY, PCD, PTS, PTX or text"
    if path.is_dir():
        raise SurveyError(f"{path}: is a folder", hint)
    if path.exists() and not path.is_file():
        raise SurveyError(f"{path}: is a device or a pipe", hint)
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError as error:
        raise SurveyError(f"{path}: {(error.strerror or 'cannot be read').lower()}", hint) from error
    if not head:
        raise SurveyError(f"{path}: is empty", hint)
    return head


def _by_content(path: Path, head: bytes) -> str:
    if head.startswith(las.SIGNATURE):
        return "LAS"
    if head.startswith(e57.SIGNATURE):
        return "E57"
    if head[:4] in (b"ply\n", b"ply\r", b"ply "):
        return "PLY"
    if pcd.is_pcd(head):
        return "PCD"
    for magic, name in _FOREIGN.items():
        if head.startswith(magic):
            raise SurveyError(f"{path}: is {name}, no point cloud", "give the cloud itself")
    if leica.looks_like_ptx(head):
        return "PTX"
    return "PTS" if leica.looks_like_pts(head) else "text"


def _named(content: str) -> str:
    return phrase("plain text") if content == "text" else content
