"""What a reviewer reads: findings, levels, indicators and the verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from twin.arrays import Floats, Ints, Longs


class Kind(StrEnum):
    """What was built otherwise."""

    EXTRA_STOREY = "extra_storey"
    MEZZANINE = "mezzanine"
    ROOFTOP_ADDITION = "rooftop_addition"
    LATERAL_EXTENSION = "lateral_extension"
    VOID_INFILL = "void_infill"
    ENCLOSURE = "enclosure"
    BASEMENT_EXTENSION = "basement_extension"
    STOREY_HEIGHT = "storey_height"
    OVER_HEIGHT = "over_height"
    OVER_AREA = "over_area"
    BUILDING_SHIFT = "building_shift"
    ELEMENT_DISPLACED = "element_displaced"
    ELEMENT_MISSING = "element_missing"
    VOLUME_MISSING = "volume_missing"
    OPENING_CHANGED = "opening_changed"
    UNMODELLED_OBJECT = "unmodelled_object"


ADDITIONS = frozenset(
    {
        Kind.EXTRA_STOREY,
        Kind.MEZZANINE,
        Kind.ROOFTOP_ADDITION,
        Kind.LATERAL_EXTENSION,
        Kind.VOID_INFILL,
        Kind.ENCLOSURE,
        Kind.BASEMENT_EXTENSION,
    }
)
"""Kinds that add floor or volume; of the others, sums would mean nothing."""


class FindingVerdict(StrEnum):
    """How sure the accusation is; `information` accuses nobody."""

    INCONSISTENT = "inconsistent"
    BORDERLINE = "borderline"
    INFORMATION = "information"


class Verdict(StrEnum):
    """Of the whole inspection."""

    CONSISTENT = "consistent"
    INCONSISTENT = "inconsistent"
    BORDERLINE = "borderline"
    UNDECIDED = "undecided"


class StoreyStatus(StrEnum):
    """State of a level."""

    AS_DESIGNED = "as_designed"
    SHIFTED = "shifted"
    UNAPPROVED = "unapproved"
    NOT_BUILT = "not_built"
    NOT_OBSERVED = "not_observed"


class Change(StrEnum):
    """What a finding did to the approved building; decides its colour everywhere."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    OBJECT = "object"


@dataclass(frozen=True, eq=False)
class Body:
    """A closed triangle mesh in the design frame: vertices (v, 3) m, triangles (t, 3) int32, outward anticlockwise."""

    vertices: Floats
    triangles: Ints


@dataclass(frozen=True, eq=False)
class Finding:
    """One difference between what stands and what was approved.

    Attributes
    ----------
    id : str
        ``F-001`` and so on, gravest first.
    storey : str or None
        Name of the storey at which it stands.
    box : (2, 3) m, design frame
        Encloses what was added, removed or moved.
    outline : (k, 2) m, design frame
        Plan outline, anticlockwise, not closed.
    area_m2, volume_m3, height_m : float or None
        None where it does not apply or was not seen.
    uncertainty : dict
        Expanded (k = 2), keys area_m2, volume_m3, height_m.
    at_least : dict
        Of sizes that a side which was not seen leaves open upwards, what is sure (k = 2); the size itself is that of
        what was seen.
    confidence : float
        0..1.
    global_ids : tuple of str
        Approved elements concerned.
    points : (p,) int64
        Indices of the cloud's points that show it.
    body : Body or None
        Its volume, for pictures and exchange.
    levels_m : tuple of float, m, design frame
        Floors that it adds to the building.
    """

    id: str
    kind: Kind
    verdict: FindingVerdict
    change: Change
    storey: str | None
    title: str
    box: Floats
    outline: Floats
    area_m2: float | None
    volume_m3: float | None
    height_m: float | None
    uncertainty: dict[str, float | None]
    confidence: float
    global_ids: tuple[str, ...]
    points: Longs
    body: Body | None
    caveats: tuple[str, ...] = ()
    rule: str = ""
    levels_m: tuple[float, ...] = ()
    at_least: dict[str, float] = field(default_factory=dict)

    @property
    def replaced_ids(self) -> tuple[str, ...]:
        """Approved elements that stand no more as they were to: not the wall in which an opening changed."""
        stays = self.kind is Kind.OPENING_CHANGED or self.change not in (Change.REMOVED, Change.MOVED)
        return () if stays else self.global_ids


@dataclass(frozen=True, slots=True)
class StoreyResult:
    """A level as approved and as measured."""

    name: str | None
    global_id: str | None
    status: StoreyStatus
    design_elevation_m: float | None
    measured_elevation_m: float | None
    expanded_uncertainty_m: float | None
    height_m: float | None


@dataclass(frozen=True, slots=True)
class Indicator:
    """A number that the permit fixes; `verdict` is conforming, nonconforming, inconclusive or not_decidable."""

    name: str
    permitted: float | None
    design: float | None
    measured: float | None
    expanded_uncertainty: float | None
    unit: str
    verdict: str
    rule: str


@dataclass(frozen=True, eq=False)
class Judgement:
    """All that is concluded, each part with its grounds."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    storeys: tuple[StoreyResult, ...]
    indicators: tuple[Indicator, ...]
    notes: tuple[str, ...] = field(default=())
