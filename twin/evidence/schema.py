"""The document ``inspection.json`` as frozen types: what the outside world may rely on.

Lengths are m, angles deg, areas m2, volumes m3; coordinates are those of the design frame. Every number is finite and
rounded on entry, so that equal results are equal bytes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from twin.conformity.model import Change, FindingVerdict, Kind, StoreyStatus, Verdict
from twin.registration.model import Mode, Status

SCHEMA: Literal["plumbline.inspection/1"] = "plumbline.inspection/1"


def _rounded(digits: int) -> Callable[[float], float]:
    def rounded(value: float) -> float:
        """The value with so many digits; `ValueError` where it is no finite number."""
        if not math.isfinite(value):
            raise ValueError("not a finite number")
        return round(value, digits) + 0.0

    return rounded


def _speakable(value: object) -> object:
    """File names may hold bytes that are no text: they are escaped, as UTF-8 cannot carry them."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_speakable)]
Metres = Annotated[float, AfterValidator(_rounded(4))]
Degrees = Annotated[float, AfterValidator(_rounded(5))]
Area = Annotated[float, AfterValidator(_rounded(3))]
Volume = Annotated[float, AfterValidator(_rounded(3))]
Share = Annotated[float, Field(ge=0.0, le=1.0), AfterValidator(_rounded(4))]
Positive = Annotated[float, Field(ge=0.0), AfterValidator(_rounded(5))]
Factor = Annotated[float, Field(gt=0.0), AfterValidator(_rounded(8))]
Entry = Annotated[float, AfterValidator(_rounded(15))]
Count = Annotated[int, Field(ge=0)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Triple = tuple[Metres, Metres, Metres]
Row = tuple[Entry, Entry, Entry, Entry]
Transform = tuple[Row, Row, Row, Row]


class Part(BaseModel):
    """Base of all parts: frozen, and nothing unknown inside."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DesignFilePart(Part):
    """One file of the design."""

    path: Text
    sha256: Sha256
    ifc_schema: Text
    length_unit_m: Annotated[float, Field(gt=0.0, description="length of the file's unit in metres")]


class DesignStoreyPart(Part):
    """A level of the design; `is_floor` is decided from geometry, `why` says how."""

    name: Text
    global_id: str | None
    elevation_m: Metres
    is_floor: bool
    why: Text


class GeoreferencePart(Part):
    """Where the design lies on the map, and every statement that contradicts another."""

    crs: Text | None
    source: Text
    map_from_design: Transform | None
    true_north_deg: Degrees
    conflicts: tuple[Text, ...]


class DesignPart(Part):
    """The approved design. With several files, `path` is the first and `sha256` digests the list of their digests."""

    path: Text
    sha256: Sha256
    ifc_schema: Text
    elements: Count
    storeys: tuple[DesignStoreyPart, ...]
    files: tuple[DesignFilePart, ...]
    georeference: GeoreferencePart
    notes: tuple[Text, ...]
    outline: Annotated[
        tuple[tuple[Metres, Metres], ...],
        Field(
            description="of the approved ground storey, the largest building of it, for maps: to a cell of the raster"
        ),
    ] = ()


class SurveyFilePart(Part):
    """One cloud; `points` and `scans` are numbers of them, `unit` that of its coordinates."""

    path: Text
    sha256: Sha256
    format: Text
    points: Count
    scans: Count
    crs: Text | None
    unit: Annotated[str, Field(description="m, mm or ft")]
    captured_on: Text | None
    notes: tuple[Text, ...]
    stations_known: Annotated[int, Field(ge=0, description="scans whose station a file or a list names")] = 0
    stations_told: Annotated[int, Field(ge=0, description="scans whose station the density of points tells")] = 0


class SurveyPart(Part):
    """What was measured."""

    points: Count
    files: tuple[SurveyFilePart, ...]


class RivalPart(Part):
    """Another pose that explains the survey nearly as well."""

    design_from_survey: Transform
    score_ratio: Positive
    kind: Text


class SetUpPart(Part):
    """How a set-up stands among the others: `shift_m` off them, null where what they share does not say."""

    name: Text
    points: int
    shared: int
    residual_m: Positive | None
    shift_m: tuple[Metres, Metres, Metres] | None
    expanded_uncertainty_m: Positive | None
    agrees: bool


class FilePosePart(Part):
    """Where one cloud of several stands that share no frame: its own coordinates, in its unit, to the design."""

    path: Text
    design_from_survey: Transform


class RegistrationPart(Part):
    """The pose: `design_from_survey` maps file coordinates of the survey (unit of its first file) to the design."""

    status: Status
    mode: Mode
    design_from_survey: Transform
    scale: Factor
    residual_rms_m: Positive
    overlap: Share
    sigma_translation_m: tuple[Positive, Positive, Positive]
    sigma_rotation_deg: tuple[Positive, Positive, Positive]
    rivals: tuple[RivalPart, ...]
    may_judge_position: bool
    set_ups: tuple[SetUpPart, ...] = ()
    files: tuple[FilePosePart, ...] = ()
    notes: tuple[Text, ...]


class NamedCoverage(Part):
    """Share of the exposed surface that was seen; null where there is no surface."""

    name: Text
    coverage: Share | None


class CoveragePart(Part):
    """How much of the approved building was seen: what was not seen is not judged."""

    design_surface: Share
    storeys: tuple[NamedCoverage, ...]
    facades: tuple[NamedCoverage, ...]
    roof: Share | None


class StoreyPart(Part):
    """A level as approved and as measured; an unapproved one has neither name nor GlobalId."""

    name: Text | None
    global_id: str | None
    status: StoreyStatus
    design_elevation_m: Metres | None
    measured_elevation_m: Metres | None
    expanded_uncertainty_m: Positive | None
    height_m: Metres | None


class IndicatorPart(Part):
    """A number that the permit fixes, as permitted, designed and measured."""

    name: Text
    permitted: Metres | None
    design: Metres | None
    measured: Metres | None
    expanded_uncertainty: Positive | None
    unit: str
    verdict: Literal["conforming", "nonconforming", "inconclusive", "not_decidable"]
    rule: Text


class ElementsPart(Part):
    """Numbers of approved elements by status; `total` is their sum and the number of rows in elements.parquet."""

    total: Count
    as_designed: Count
    displaced: Count
    missing: Count
    not_observed: Count
    not_due: Count


class BoxPart(Part):
    """Corners of an upright box."""

    min: Triple
    max: Triple


class UncertaintyPart(Part):
    """Expanded uncertainties, k = 2."""

    area_m2: Positive | None = None
    volume_m3: Positive | None = None
    height_m: Positive | None = None


class LeastPart(Part):
    """What is sure (k = 2) of sizes that a side which was not seen leaves open upwards; null where all were seen."""

    area_m2: Positive | None = None
    volume_m3: Positive | None = None


class AxisRangePart(Part):
    """Place in one direction by the axes of the grid; what reaches beyond the last of them says how far, else 0."""

    from_: Annotated[Text, Field(alias="from")]
    to: Text
    beyond_from_m: Metres
    beyond_to_m: Metres

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


class GridPart(Part):
    """Where a finding lies by the axes of the design's grid; `text` says it in the language of the case."""

    text: Text
    ranges: tuple[AxisRangePart, ...]


class FindingPart(Part):
    """One difference between what stands and what was approved; `points` is the number of points that show it."""

    id: Annotated[str, Field(pattern="^F-[0-9]{3,}$")]
    kind: Kind
    verdict: FindingVerdict
    change: Change
    storey: Text | None
    title: Text
    box: BoxPart
    outline: tuple[tuple[Metres, Metres], ...]
    area_m2: Area | None
    volume_m3: Volume | None
    height_m: Metres | None
    uncertainty: UncertaintyPart
    confidence: Share
    global_ids: tuple[str, ...]
    points: Count
    pictures: tuple[str, ...]
    caveats: tuple[Text, ...]
    rule: Text
    at_least: LeastPart = LeastPart()
    grid: Annotated[GridPart | None, Field(description="null where the design has no grid")] = None


class StagePart(Part):
    """What ran, what did not and why, and what it cost; the only part that differs between equal runs."""

    name: Text
    status: Literal["COMPLETE", "SKIPPED", "FAILED"]
    why: Text
    seconds: Annotated[float, Field(ge=0.0), AfterValidator(_rounded(2))]
    peak_rss_mb: Annotated[float, Field(ge=0.0), AfterValidator(_rounded(0))]


class PermitPart(Part):
    """The permit record that was compared."""

    path: Text
    sha256: Sha256
    number: Text


class OptionsPart(Part):
    """What was asked for."""

    milestone: str | None = None
    built_to: Text | None = None
    surveyed_on: Text | None = None
    registration: str = "auto"
    unit: str | None = None
    crs: Text | None = None
    scale: str = "fixed"
    lang: str = "en"


class Inspection(Part):
    """One inspection: inputs, pose, what was seen, what differs, and what that means."""

    schema_: Annotated[Literal["plumbline.inspection/1"], Field(alias="schema")] = SCHEMA
    design: DesignPart
    survey: SurveyPart
    permit: PermitPart | None
    options: OptionsPart
    registration: RegistrationPart
    coverage: CoveragePart
    storeys: tuple[StoreyPart, ...]
    indicators: tuple[IndicatorPart, ...]
    elements: ElementsPart
    findings: tuple[FindingPart, ...]
    pictures: Annotated[tuple[str, ...], Field(description="of the whole case, paths inside the case folder")]
    verdict: Verdict
    notes: tuple[Text, ...]
    stages: tuple[StagePart, ...]
    settings: dict[str, Any]
    settings_sha256: Sha256
    versions: dict[str, str]
    seed: int

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)
