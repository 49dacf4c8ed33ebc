"""Every parameter of every stage in one place: defaults and reasons stand with the stages, ranges here.

A setting's name ends in its unit; one without a unit is a share, a count or a factor. To add a stage, add its frozen
dataclass to `Settings`; a parameter needs an entry in `RANGES` only where its unit's range is too wide for it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from twin import digest
from twin.conformity.settings import ConformitySettings
from twin.deviation.settings import DeviationSettings
from twin.errors import SettingsError
from twin.evidence.settings import EvidenceSettings
from twin.massing.settings import MassingSettings
from twin.registration.settings import RegistrationSettings
from twin.toml import read_tables

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Value = bool | int | float | str
Range = tuple[float, float]
Sections = TypeVar("Sections", bound="DataclassInstance")
_SEE = "see docs/reference/settings.md"


@dataclass(frozen=True, slots=True)
class Settings:
    """All parameters, one section a stage."""

    registration: RegistrationSettings = field(default_factory=RegistrationSettings)
    deviation: DeviationSettings = field(default_factory=DeviationSettings)
    massing: MassingSettings = field(default_factory=MassingSettings)
    conformity: ConformitySettings = field(default_factory=ConformitySettings)
    evidence: EvidenceSettings = field(default_factory=EvidenceSettings)

    def document(self) -> dict[str, Any]:
        """As a JSON value, section by section."""
        return asdict(self)

    def sha256(self) -> str:
        """Digest of all values, written into every result."""
        return digest.of_json(self.document())


UNIT_RANGES: tuple[tuple[str, Range], ...] = (
    ("_share", (0.0, 1.0)),
    ("_score", (0.0, 1e4)),
    ("_days", (0.0, 3650.0)),
    ("_m2", (0.0, 1e6)),
    ("_m3", (0.0, 1e6)),
    ("_m", (1e-4, 1e3)),
    ("_deg", (0.0, 360.0)),
    ("_s", (0.0, 86_400.0)),
)
"""Allowed closed range by the unit that ends a name; whole numbers are counts, others factors or shares."""

COUNT_RANGE: Range = (1, 1_000_000_000)
FACTOR_RANGE: Range = (0.0, 100.0)

RANGES: dict[str, Range] = {
    "registration.scale_range": (1e-6, 1.0),
    "registration.basin_m": (0.01, 20.0),
    "registration.basin_deg": (0.01, 45.0),
    "registration.voxel_m": (0.005, 1.0),
    "registration.kernel_m": (0.001, 1.0),
    "registration.face_share": (1e-6, 1.0),
    "registration.least_contrast": (1.0, 100.0),
    "registration.least_eigenvalue": (0.0, 1.0),
    "massing.thinning_m": (0.01, 1.0),
    "massing.column_m": (0.02, 2.0),
    "massing.flatness": (0.0, 0.334),
    "massing.breadth": (0.0, 1.0),
    "massing.ground_cell_m": (0.1, 50.0),
    "massing.ground_slope": (0.0, 10.0),
    "massing.lift_step_m": (0.002, 1.0),
    "massing.lift_margin": (1.0, 100.0),
    "massing.bend_deg": (0.0, 90.0),
    "massing.neighbours": (4, 200),
    "massing.reach_m": (0.0, 500.0),
    "deviation.band_m": (0.05, 5.0),
    "deviation.tolerance_m": (0.001, 1.0),
    "deviation.sample_spacing_m": (0.01, 5.0),
    "deviation.least_coverage": (0.0, 1.0),
    "deviation.least_pierced": (0.0, 1.0),
    "deviation.carve_voxel_m": (0.02, 5.0),
    "conformity.enough_walls": (0.0, 1.0),
    "conformity.some_walls": (0.0, 1.0),
    "conformity.enough_coverage": (0.0, 1.0),
    "follow_up.slack_m": (0.0, 5.0),
    "follow_up.least_common_share": (0.05, 1.0),
    "follow_up.least_seen_share": (0.5, 1.0),
    "follow_up.most_left_share": (0.0, 0.5),
    "follow_up.change_certainty": (1.0, 100.0),
}
"""Closed ranges of parameters for which their unit's range is too wide, or whose name has no unit."""


def range_of(section: str, name: str, default: Value) -> Range | None:
    """Closed range of a number, None where the parameter is a word or a switch."""
    if isinstance(default, (bool, str)):
        return None
    if stated := RANGES.get(f"{section}.{name}"):
        return stated
    for ending, limits in UNIT_RANGES:
        if name.endswith(ending):
            return limits
    return COUNT_RANGE if isinstance(default, int) else FACTOR_RANGE


def read_settings(path: Path) -> Settings:
    """Settings from a TOML file: a table for each section; what it does not name keeps its default.

    Raises
    ------
    SettingsError
        No readable TOML, an unknown section or name, a wrong type, or a value out of range.
    """
    return settings_from(read_tables(path, SettingsError, _SEE), str(path))


def settings_from(tables: dict[str, Any], source: str) -> Settings:
    """Settings from nested tables; `source` is named in errors. Raises as `read_settings` does."""
    return sections_from(Settings(), tables, source, _SEE)


def sections_from(defaults: Sections, tables: dict[str, Any], source: str, see: str) -> Sections:
    """Any settings with sections, from nested tables; `see` names the page that lists them.

    Raises
    ------
    SettingsError
        As `read_settings`, but for the file.
    """
    known = [section.name for section in fields(defaults)]
    changed: dict[str, Any] = {}
    for section, table in tables.items():
        if section not in known:
            raise SettingsError(f"{source}: there is no section [{section}]", f"the sections are {', '.join(known)}")
        if not isinstance(table, dict):
            raise SettingsError(f"{source}: {section} is not a table", f"write [{section}] and its settings below")
        checked = {name: _checked(section, name, value, defaults, source, see) for name, value in table.items()}
        try:
            changed[section] = replace(getattr(defaults, section), **checked)
        except SettingsError as error:
            raise SettingsError(f"{source}: {section}: {error.message}", error.hint) from error
    return replace(defaults, **changed)


def _checked(section: str, name: str, value: object, defaults: object, source: str, see: str) -> Value:
    key = f"{source}: {section}.{name}"
    stage = getattr(defaults, section)
    if name not in {parameter.name for parameter in fields(stage)}:
        raise SettingsError(f"{key}: there is no such setting", see)
    default: Value = getattr(stage, name)
    typed = _typed(key, value, default)
    limits = range_of(section, name, default)
    if limits is not None and not limits[0] <= float(typed) <= limits[1]:
        raise SettingsError(f"{key}: {typed} is out of range", f"give {limits[0]:g} to {limits[1]:g}")
    return typed


def _typed(key: str, value: object, default: Value) -> Value:
    if isinstance(default, float) and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(default) or not isinstance(value, (bool, int, float, str)):
        raise SettingsError(f"{key}: {value!r} is not {_KINDS[type(default)]}", f"the default is {default!r}")
    return value


_KINDS: dict[type, str] = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
