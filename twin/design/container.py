"""The file on disk: what it is, whether it is whole, and the plain IFC text inside it."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from twin.errors import DesignError

_START = b"ISO-10303-21"
_END = b"END-ISO-10303-21"
_LOOK_BYTES = 1 << 16
_BLOCK_BYTES = 1 << 20
_MAX_UNPACKED_BYTES = 8 << 30
"""Larger than any single IFC met in practice, small enough for a disk to hold."""
_MAX_EXPANSION = 200
"""IFC text packs 5 to 30 times; deflate can reach 1,000 only on bytes that repeat without end."""
_SMALL_BYTES = 16 << 20
"""Below this an archive cannot do harm, however well it packs."""
_EXPORT_HINT = "export the model as IFC STEP (.ifc or .ifczip)"

_FOREIGN = {
    ".ifcxml": "ifcXML",
    ".xml": "XML",
    ".ifcjson": "ifcJSON",
    ".json": "JSON",
    ".ifchdf": "IFC in HDF5",
    ".ttl": "ifcOWL",
    ".rvt": "a Revit model",
    ".rfa": "a Revit family",
    ".pln": "an Archicad model",
    ".dwg": "a DWG drawing",
    ".dxf": "a DXF drawing",
    ".nwd": "a Navisworks model",
    ".nwc": "a Navisworks cache",
    ".skp": "a SketchUp model",
    ".obj": "an OBJ mesh",
    ".fbx": "an FBX scene",
    ".glb": "a glTF scene",
    ".gltf": "a glTF scene",
    ".stp": "a mechanical STEP model",
    ".step": "a mechanical STEP model",
    ".3dm": "a Rhino model",
}
_MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"<", "XML, not IFC text"),
    (b"{", "JSON, not IFC text"),
    (b"ASTM-E57", "an E57 point cloud"),
    (b"LASF", "a LAS or LAZ point cloud"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\xd0\xcf\x11\xe0", "a Revit or Office file"),
    (b"AC10", "a DWG drawing"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"ply", "a PLY mesh or cloud"),
)


@contextmanager
def plain_ifc(path: Path) -> Iterator[Path]:
    """Path of the plain IFC text of `path`, which may be packed; a temporary copy lives as long as the context.

    Raises
    ------
    DesignError
        Missing, unreadable, empty, of another format, truncated, encrypted, or an archive that is a bomb or holds
        no IFC.
    """
    head = _head(path)
    if not head.startswith(b"PK"):
        _require_whole(path, path.name, head)
        yield path
        return
    with TemporaryDirectory(prefix="plumbline-") as folder:
        unpacked = Path(folder) / "design.ifc"
        inner = _unpack(path, unpacked)
        _require_whole(unpacked, f"{path.name}/{inner}", _head(unpacked))
        yield unpacked


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise DesignError(f"{path.name}: a folder, not a file", "name the .ifc or .ifczip file")
    try:
        with path.open("rb") as stream:
            head = stream.read(_LOOK_BYTES)
    except FileNotFoundError as error:
        raise DesignError(f"{path}: no such file", "check the path") from error
    except (OSError, ValueError) as error:
        raise DesignError(f"{path.name}: cannot be opened ({error})", "check the path and the permissions") from error
    if foreign := _FOREIGN.get(path.suffix.lower()):
        raise DesignError(f"{path.name}: {foreign} is not read as a design", _EXPORT_HINT)
    if not head:
        raise DesignError(f"{path.name}: the file is empty", "copy it again from its source")
    return head


def _require_whole(path: Path, shown: str, head: bytes) -> None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise DesignError(f"{shown}: the file holds only blanks", "copy it again from its source")
    if _START not in head[:4096].upper():
        what = next((name for magic, name in _MAGIC if text.startswith(magic)), "not IFC text: no ISO-10303-21 header")
        raise DesignError(f"{shown}: {what}", _EXPORT_HINT)
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _LOOK_BYTES))
        tail = stream.read()
    if _END not in tail.upper():
        raise DesignError(
            f"{shown}: truncated, the closing {_END.decode()} is missing", "copy or export the file again"
        )


def _unpack(path: Path, target: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            entry = _only_ifc(path, archive)
            _copy(path, archive, entry, target)
            return entry.filename
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise DesignError(f"{path.name}: the archive is damaged ({error})", "pack or copy the file again") from error


def _only_ifc(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and "__MACOSX" not in entry.filename]
    models = [entry for entry in entries if entry.filename.lower().endswith(".ifc")]
    if not models:
        raise DesignError(f"{path.name}: the archive holds no .ifc file", _EXPORT_HINT)
    if len(models) > 1:
        raise DesignError(
            f"{path.name}: the archive holds {len(models)} .ifc files", "unpack it and name each file as a design"
        )
    entry = models[0]
    if entry.flag_bits & 0x1:
        raise DesignError(f"{path.name}: the archive is encrypted", "unpack it with its password first")
    return entry


def _copy(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    allowed = min(_MAX_UNPACKED_BYTES, max(_SMALL_BYTES, _MAX_EXPANSION * path.stat().st_size))
    copied = 0
    with archive.open(entry) as source, target.open("wb") as sink:
        while block := source.read(_BLOCK_BYTES):
            copied += len(block)
            if copied > allowed:
                raise DesignError(
                    f"{path.name}: unpacks to more than {allowed >> 20} MiB, {_MAX_EXPANSION} times its size or more",
                    "such an archive is refused: unpack it yourself if you trust it",
                )
            sink.write(block)
