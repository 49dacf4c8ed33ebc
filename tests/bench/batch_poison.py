"""Twenty ways in which the files of a project can be bad, none of which may harm another case."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

Poison = Callable[[Path], None]
"""Spoils the project in a folder: its design, or the survey of its second inspection."""

_PERMIT = '[permit]\nnumber = "1"\n[[buildings]]\nname = "1#"\n'
_CLOUD, _MODEL, _POSE = "m5.laz", "design.ifc", "m5.json"


def _write(name: str, content: Callable[[bytes], bytes]) -> Poison:
    def spoil(folder: Path) -> None:
        (folder / name).write_bytes(content((folder / name).read_bytes()))

    return spoil


def _instead(name: str, make: Callable[[Path], object]) -> Poison:
    def spoil(folder: Path) -> None:
        (folder / name).unlink()
        make(folder / name)

    return spoil


def _record(*lines: str, files: dict[str, str] | None = None) -> Poison:
    """Keys in the record of the second inspection in place of its pose, and files beside it."""

    def spoil(folder: Path) -> None:
        for name, text in (files or {}).items():
            (folder / name).write_text(text, encoding="utf-8")
        path = folder / "project.toml"
        old = f'surveys = [\n    "{_CLOUD}",\n]\n'
        text = path.read_text(encoding="utf-8").replace(f'pose = "{_POSE}"\n', "")
        assert old in text
        path.write_text(text.replace(old, old + "\n".join(lines) + "\n"), encoding="utf-8")

    return spoil


def _permit(text: str) -> Poison:
    """A permit for all inspections."""

    def spoil(folder: Path) -> None:
        (folder / "permit.toml").write_text(text, encoding="utf-8")
        path = folder / "project.toml"
        record = path.read_text(encoding="utf-8")
        assert "milestones = [" in record
        named = record.replace("milestones = [", 'permit = "permit.toml"\nmilestones = [', 1)
        path.write_text(named, encoding="utf-8")

    return spoil


def _zeroed(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes(2000) + content[middle + 2000 :]


def _claiming(content: bytes) -> bytes:
    """A header that promises four thousand million points."""
    return content[:107] + (4_000_000_000).to_bytes(4, "little") + content[111:]


def _headless(content: bytes) -> bytes:
    head, _, _ = content.partition(b"DATA;")
    return head + b"DATA;\nENDSEC;\nEND-ISO-10303-21;\n"


def _noise(size: int) -> bytes:
    return np.random.default_rng(7).bytes(size)


POISONS: dict[str, Poison] = {
    "model cut off": _write(_MODEL, lambda content: content[: len(content) // 2]),
    "cloud cut off": _write(_CLOUD, lambda content: content[: len(content) // 2]),
    "model is empty": _write(_MODEL, lambda _: b""),
    "cloud is empty": _write(_CLOUD, lambda _: b""),
    "model is a folder": _instead(_MODEL, Path.mkdir),
    "cloud is a folder": _instead(_CLOUD, Path.mkdir),
    "model is noise": _write(_MODEL, lambda _: _noise(100_000)),
    "cloud is noise": _write(_CLOUD, lambda _: _noise(100_000)),
    "model without products": _write(_MODEL, _headless),
    "hole in the cloud": _write(_CLOUD, _zeroed),
    "cloud promises too much": _write(_CLOUD, _claiming),
    "cloud is a model": _instead(_CLOUD, lambda path: path.write_bytes((path.parent / _MODEL).read_bytes())),
    "permit with a wrong key": _permit(f"{_PERMIT}storey_count = 3\n"),
    "permit is no TOML": _permit("permit?"),
    "unit is wrong": _record('unit = "mm"', 'registration = "best-fit"'),
    "storey unknown": _record('built_to = "Storey 99"'),
    "pose is no pose": _write(_POSE, lambda _: b"{}"),
    "control is no table": _record('control = "points.csv"', files={"points.csv": "a;b\n1;2\n"}),
    "cloud is a pipe that nobody fills": _instead(_CLOUD, os.mkfifo),
    "model without end": _instead(_MODEL, lambda path: path.symlink_to("/dev/zero")),
}
