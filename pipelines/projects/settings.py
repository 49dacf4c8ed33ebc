"""``supervision.toml`` at the root of a portfolio: how closely this office watches."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipelines.settings import sections_from
from twin.errors import SettingsError
from twin.supervision.settings import SupervisionSettings
from twin.toml import read_tables

FILE_NAME = "supervision.toml"
_SEE = "see docs/reference/supervision.md"


def read_supervision(root: Path) -> SupervisionSettings:
    """Settings of a portfolio; what its file does not name, or no file, is as by default.

    Raises
    ------
    SettingsError
        No readable TOML, an unknown section or name, a wrong type, or a value out of range.
    """
    path = root / FILE_NAME
    return read_supervision_file(path) if path.exists() else SupervisionSettings()


def supervision_of(folder: Path) -> SupervisionSettings:
    """Settings by which a folder is supervised: of the nearest file at or above it. Raises as the others do."""
    return supervision_of_each([folder])[0]


def supervision_of_each(folders: Iterable[Path]) -> tuple[SupervisionSettings, ...]:
    """As `supervision_of`, each file read once."""
    nearest = [_nearest(folder.resolve()) for folder in folders]
    read = {path: SupervisionSettings() if path is None else read_supervision_file(path) for path in set(nearest)}
    return tuple(read[path] for path in nearest)


def read_supervision_file(path: Path) -> SupervisionSettings:
    """Settings from one file; raises as `read_supervision`."""
    return sections_from(SupervisionSettings(), read_tables(path, SettingsError, _SEE), str(path), _SEE)


def _nearest(folder: Path) -> Path | None:
    return next((path for each in (folder, *folder.parents) if (path := each / FILE_NAME).is_file()), None)
