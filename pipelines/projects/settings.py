"""``supervision.toml`` at the root of a portfolio: how closely this office watches."""

from __future__ import annotations

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
    """Settings of the portfolio in which a folder lies: the nearest file at or above it. Raises as the others do."""
    folder = folder.resolve()
    return next((read_supervision(each) for each in (folder, *folder.parents) if (each / FILE_NAME).is_file()),
                SupervisionSettings())  # fmt: skip


def read_supervision_file(path: Path) -> SupervisionSettings:
    """Settings from one file; raises as `read_supervision`."""
    return sections_from(SupervisionSettings(), read_tables(path, SettingsError, _SEE), str(path), _SEE)
