"""Numbers that a permit fixes: permitted, designed, measured."""

from __future__ import annotations

from twin.conformity.model import Finding, FindingVerdict, Indicator, Kind, StoreyResult, StoreyStatus
from twin.conformity.permit import Permit, PermittedBuilding
from twin.conformity.settings import ConformitySettings
from twin.design.model import Design, Role
from twin.massing.model import Massing
from twin.phrases import phrase

_LEVEL_U_M = 0.02  # expanded uncertainty of the top of a building: edges are hit by few rays


def indicators(
    design: Design,
    permit: Permit | None,
    massing: Massing,
    findings: tuple[Finding, ...],
    storeys: tuple[StoreyResult, ...],
    may_judge_position: bool,
    settings: ConformitySettings,
) -> tuple[Indicator, ...]:
    """Top elevation, building height, storeys above ground and footprint of the approved and of the built house.

    Parameters
    ----------
    may_judge_position : bool
        Without it, absolute levels are not decidable.
    """
    allowed = permit.buildings[0] if permit is not None else None
    return (
        _top(design, allowed, massing, may_judge_position, settings),
        _height(design, allowed, massing, settings),
        _storeys(design, allowed, massing, findings, storeys),
        _footprint(allowed, massing, findings),
    )


def _design_top(design: Design) -> float:
    return max(element.box[5] for element in design.elements if element.role is Role.BUILDING)


def _top(
    design: Design, allowed: PermittedBuilding | None, massing: Massing, decidable: bool, settings: ConformitySettings
) -> Indicator:
    permitted = allowed.top_elevation_m if allowed else None
    limit = permitted if permitted is not None else _design_top(design)
    verdict = _verdict(massing.top_m, limit, settings.least_over_height_m, _LEVEL_U_M)
    rule = phrase(
        "reported from {least:.2f} m above; design frame; no local tolerance profile is loaded",
        least=settings.least_over_height_m,
    )
    return Indicator(
        "top_elevation",
        permitted,
        _design_top(design),
        massing.top_m,
        _LEVEL_U_M,
        "m",
        verdict if decidable else "not_decidable",
        rule,
    )


def _height(
    design: Design, allowed: PermittedBuilding | None, massing: Massing, settings: ConformitySettings
) -> Indicator:
    stated = allowed.outdoor_ground_elevation_m if allowed else None
    ground = stated if stated is not None else massing.ground_m
    permitted = allowed.building_height_m if allowed else None
    if ground is None:
        return Indicator(
            "building_height", permitted, None, None, None, "m", "not_decidable", phrase("no ground was seen")
        )
    designed = _design_top(design) - ground
    measured = massing.top_m - ground if massing.top_m is not None else None
    limit = permitted if permitted is not None else designed
    permits = phrase("the permit's outdoor ground")
    origin = permits if stated is not None else phrase("the median of the ground seen within 5 m")
    rule = phrase(
        "highest part of the building above {origin}; reported from {least:.2f} m",
        origin=origin,
        least=settings.least_over_height_m,
    )
    unsure = _LEVEL_U_M if stated is not None else 0.05
    verdict = _verdict(measured, limit, settings.least_over_height_m, unsure)
    return Indicator("building_height", permitted, designed, measured, unsure, "m", verdict, rule)


def _storeys(
    design: Design,
    allowed: PermittedBuilding | None,
    massing: Massing,
    findings: tuple[Finding, ...],
    table: tuple[StoreyResult, ...],
) -> Indicator:
    ground = massing.ground_m if massing.ground_m is not None else 0.0
    above = [storey for storey in design.storeys if storey.is_floor and storey.elevation_m > ground - 1.0]
    seen = {row.design_elevation_m for row in table if row.measured_elevation_m is not None}
    unapproved = sum(row.status is StoreyStatus.UNAPPROVED for row in table)
    complete = all(storey.elevation_m in seen for storey in above)
    permitted = float(allowed.storeys_above_ground) if allowed and allowed.storeys_above_ground is not None else None
    limit = permitted if permitted is not None else float(len(above))
    measured = float(len(above) + unapproved) if complete else None
    if unapproved:
        surely = any(f.kind is Kind.EXTRA_STOREY and f.verdict is FindingVerdict.INCONSISTENT for f in findings)
        verdict = "nonconforming" if surely else "inconclusive"
    elif measured is None:
        verdict = "not_decidable"
    else:
        verdict = "conforming" if measured <= limit else "nonconforming"
    rule = phrase("levels with structure to stand on whose floor lies less than 1 m under the ground or above it")
    return Indicator("storeys_above_ground", permitted, float(len(above)), measured, None, "1", verdict, rule)


def _footprint(allowed: PermittedBuilding | None, massing: Massing, findings: tuple[Finding, ...]) -> Indicator:
    sideways = [f for f in findings if f.kind is Kind.LATERAL_EXTENSION and f.verdict is not FindingVerdict.INFORMATION]
    added = sum(f.area_m2 or 0.0 for f in sideways)
    unsure = sum(f.uncertainty.get("area_m2") or 0.0 for f in sideways)
    permitted = allowed.footprint_area_m2 if allowed else None
    measured = massing.footprint_m2 + added
    verdict = "nonconforming" if added > unsure else "conforming"
    rule = phrase(
        "approved outline about 1.4 m above the ground floor, plus unapproved extensions; not the outline's own error"
    )
    return Indicator("footprint_area", permitted, massing.footprint_m2, measured, unsure, "m2", verdict, rule)


def _verdict(measured: float | None, limit: float, tolerance: float, expanded: float) -> str:
    """Decision with a guard band: conforming, nonconforming, or inconclusive between."""
    if measured is None:
        return "not_decidable"
    excess = measured - limit - tolerance
    if excess > expanded:
        return "nonconforming"
    return "conforming" if excess <= -expanded else "inconclusive"
