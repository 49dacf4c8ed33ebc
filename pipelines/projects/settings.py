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
    if not path.exists():
        return SupervisionSettings()
    return sections_from(SupervisionSettings(), read_tables(path, SettingsError, _SEE), str(path), _SEE)
