"""The coordinate reference system that a LAS file states: its text, and its units."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.errors import SurveyError
from twin.phrases import phrase
from twin.survey.units import FOOT, METRE, US_SURVEY_FOOT, Unit, of_length

_GEO_KEYS, _LINEAR_UNITS = 34735, 3076
_UNIT_CODES = {9001: METRE, 9002: FOOT, 9003: US_SURVEY_FOOT}


@dataclass(frozen=True, slots=True)
class Reference:
    """A coordinate reference system: `text` as EPSG code where it has one, else WKT; `unit` of the horizontal axes;
    `vertical_ratio` the unit of heights over it.
    """

    text: str | None = None
    unit: Unit | None = None
    vertical_ratio: float = 1.0
    notes: tuple[str, ...] = ()


def of_las(path: Path, header: Any) -> Reference:
    """What the variable-length records of a LAS header say; an unreadable statement is a note, no refusal."""
    try:
        crs = header.parse_crs()
    except Exception:  # pyproj and laspy raise a dozen kinds, and none makes the points less true
        return Reference(unit=_unit_of_keys(header), notes=(phrase("its coordinate reference system cannot be read"),))
    if crs is None:
        return Reference(unit=_unit_of_keys(header))
    return of_crs(path, crs)


def stated(text: str) -> str:
    """A system that a user names, as `FileFacts` writes it; `SurveyError` where there is none or it is in degrees."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return of_crs(Path(text), CRS.from_user_input(text)).text or text
    except CRSError as error:
        raise SurveyError(f"coordinate system {text!r} is not known", "name it as EPSG:code, or as WKT") from error


def of_crs(path: Path, crs: Any) -> Reference:
    """Text and units of a pyproj CRS; `SurveyError` for degrees, which are no lengths."""
    text, horizontal = _text(crs), crs.sub_crs_list[0] if crs.is_compound else crs
    if horizontal.is_geographic:
        hint = "project the cloud to a plane system (eastings and northings in metres) first"
        raise SurveyError(f"{path}: its coordinates are longitude and latitude in degrees ({text[:60]})", hint)
    if horizontal.is_geocentric:
        return Reference(text, METRE, notes=(phrase("coordinates are earth-centred: z is not up"),))
    factors = [axis.unit_conversion_factor for axis in crs.axis_info]
    unit = of_length(factors[0]) if factors else METRE
    if unit is None:
        hint = "export the cloud in metres or feet, or give its unit"
        raise SurveyError(f"{path}: its coordinates are in units of {factors[0]:g} m", hint)
    if len(factors) < 3 or factors[2] == factors[0]:
        return Reference(text, unit)
    note = phrase(
        "heights are in units of {height:g} m, eastings and northings of {plan:g} m", height=factors[2], plan=factors[0]
    )
    return Reference(text, unit, factors[2] / factors[0], (note,))


def _text(crs: Any) -> str:
    parts = crs.sub_crs_list if crs.is_compound else [crs]
    codes = [part.to_epsg() for part in parts]
    if all(codes):
        return "EPSG:" + "+".join(str(code) for code in codes)
    return str(crs.to_wkt())


def _unit_of_keys(header: Any) -> Unit | None:
    """The linear unit among GeoTIFF keys, where these describe a system that has no EPSG code."""
    for vlr in header.vlrs:
        if vlr.record_id == _GEO_KEYS and hasattr(vlr, "geo_keys"):
            for key in vlr.geo_keys:
                if key.id == _LINEAR_UNITS and key.tiff_tag_location == 0:
                    return _UNIT_CODES.get(key.value_offset)
    return None
