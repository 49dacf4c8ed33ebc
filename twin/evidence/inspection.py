"""Builds, writes and reads ``inspection.json``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from twin import digest
from twin.arrays import Floats, Matrix4
from twin.conformity.model import Finding, Judgement
from twin.conformity.permit import Permit
from twin.design.model import Design
from twin.deviation.model import ElementResult, ElementStatus
from twin.errors import EvidenceError
from twin.evidence import schema
from twin.evidence.axes import axes_text, bays_of_finding
from twin.evidence.documents import read_document
from twin.evidence.schema import Inspection
from twin.evidence.sentences import SOURCE, said
from twin.phrases import phrase
from twin.registration.model import Registration, SetUp
from twin.registration.pose import file_pose
from twin.survey.model import FileFacts

FILE_NAME = "inspection.json"

__all__ = ["FILE_NAME", "Inspection", "Surroundings", "build", "read", "registration_part", "text", "write"]


@dataclass(frozen=True, eq=False)
class Surroundings:
    """How the inspection was run.

    Attributes
    ----------
    settings : dict
        All parameters, section by section.
    versions : dict of str to str
        Of this program and of the libraries that decide numbers.
    options : OptionsPart
        What was asked for.
    stages : sequence of StagePart
        What ran, in order.
    """

    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    seed: int
    options: schema.OptionsPart = field(default_factory=schema.OptionsPart)
    stages: Sequence[schema.StagePart] = ()


class Measured(Protocol):
    """What the document needs of a survey; `Survey` and `Cloud` both have it."""

    @property
    def facts(self) -> tuple[FileFacts, ...]:
        """Facts of each file."""
        ...

    @property
    def origin(self) -> Floats:
        """(3,) m, file axes: the local origin."""
        ...


class Compared(Protocol):
    """What the document needs of a `Deviation`."""

    @property
    def elements(self) -> tuple[ElementResult, ...]:
        """One for each element that counts."""
        ...

    @property
    def coverage(self) -> float:
        """Share of the exposed design surface that was seen."""
        ...

    @property
    def storey_coverage(self) -> Floats:
        """(s,) the same for each storey; NaN where a storey has no surface."""
        ...


def build(
    design: Design,
    survey: Measured,
    registration: Registration,
    deviation: Compared,
    judgement: Judgement,
    *,
    surroundings: Surroundings,
    permit: Permit | None = None,
    pictures: Mapping[str, Sequence[str]] | None = None,
    facades: Mapping[str, float] | None = None,
    roof: float | None = None,
    outline: Floats | None = None,
) -> Inspection:
    """The document of one inspection.

    Parameters
    ----------
    survey : Survey or Cloud
    deviation : Deviation
    pictures : dict of str to sequence of str, optional
        Paths inside the case folder by finding id; under "" those of the whole case.
    facades : dict of str to float, optional
        Coverage (0..1) by facade name; NaN where there is no surface.
    roof : float, optional
        Coverage (0..1) of the roof.
    outline : (k, 2) m, design frame, optional
        Of the approved ground storey.
    """
    language = surroundings.options.lang
    return Inspection(
        design=design_part(design, outline),
        survey=survey_part(survey.facts, language),
        permit=None if permit is None else schema.PermitPart(**_fields(schema.PermitPart, permit)),
        options=surroundings.options,
        registration=registration_part(registration, survey, language),
        coverage=_coverage(design, deviation, facades or {}, roof),
        storeys=tuple(schema.StoreyPart(**_fields(schema.StoreyPart, level)) for level in judgement.storeys),
        indicators=tuple(schema.IndicatorPart(**_fields(schema.IndicatorPart, row)) for row in judgement.indicators),
        elements=_elements(deviation.elements),
        findings=tuple(
            _finding(finding, (pictures or {}).get(finding.id, ()), _grid(design, finding, language))
            for finding in judgement.findings
        ),
        pictures=tuple((pictures or {}).get("", ())),
        verdict=judgement.verdict,
        notes=judgement.notes,
        stages=tuple(surroundings.stages),
        settings=dict(surroundings.settings),
        settings_sha256=digest.of_json(surroundings.settings),
        versions=dict(sorted(surroundings.versions.items())),
        seed=surroundings.seed,
    )


def design_part(design: Design, outline: Floats | None = None) -> schema.DesignPart:
    """What the document says of the design."""
    files = tuple(schema.DesignFilePart(**_fields(schema.DesignFilePart, file)) for file in design.files)
    georeference = design.georeference
    return schema.DesignPart(
        path=files[0].path,
        sha256=files[0].sha256 if len(files) == 1 else digest.of_json([file.sha256 for file in files]),
        ifc_schema=" ".join(dict.fromkeys(file.ifc_schema for file in files)),
        elements=len(design.elements),
        storeys=tuple(schema.DesignStoreyPart(**_fields(schema.DesignStoreyPart, level)) for level in design.storeys),
        files=files,
        georeference=schema.GeoreferencePart(
            crs=georeference.crs,
            source=georeference.source,
            map_from_design=None if georeference.map_from_design is None else _transform(georeference.map_from_design),
            true_north_deg=georeference.true_north_deg,
            conflicts=georeference.conflicts,
        ),
        notes=design.notes,
        outline=() if outline is None else tuple((float(x), float(y)) for x, y in outline),
    )


def survey_part(facts: Sequence[FileFacts], language: str = SOURCE) -> schema.SurveyPart:
    """What the document says of the clouds, its notes in a language."""
    files = tuple(_survey_file(file, language) for file in facts)
    return schema.SurveyPart(points=sum(file.points for file in files), files=files)


def _survey_file(facts: FileFacts, language: str) -> schema.SurveyFilePart:
    told = sum(scan.sigma_m is not None for scan in facts.scans)
    known = sum(scan.station is not None for scan in facts.scans) - told
    return schema.SurveyFilePart(
        path=facts.path,
        sha256=facts.sha256,
        format=facts.format,
        points=facts.points,
        scans=len(facts.scans),
        stations_known=known,
        stations_told=told,
        crs=facts.crs,
        unit=facts.unit,
        captured_on=facts.captured_on,
        notes=tuple(said(note, language) for note in facts.notes),
    )


def registration_part(registration: Registration, survey: Measured, language: str = SOURCE) -> schema.RegistrationPart:
    """What the document says of the pose, in coordinates of the survey's files, its notes in a language."""
    facts = survey.facts
    sigma = np.sqrt(np.maximum(np.diag(registration.covariance), 0.0))
    notes = registration.notes
    if any(file.unit != facts[0].unit for file in facts):
        mixed = phrase("the matrix maps coordinates in {unit}; other clouds are in other units", unit=facts[0].unit)
        notes += (mixed,)
    return schema.RegistrationPart(
        status=registration.status,
        mode=registration.mode,
        design_from_survey=_transform(file_pose(registration.design_from_survey, survey.origin, facts[0].unit_m)),
        scale=registration.scale,
        residual_rms_m=registration.residual_rms_m,
        overlap=registration.overlap,
        sigma_translation_m=_triple(sigma[:3]),
        sigma_rotation_deg=_triple(np.degrees(sigma[3:])),
        rivals=tuple(
            schema.RivalPart(
                design_from_survey=_transform(file_pose(rival.design_from_survey, survey.origin, facts[0].unit_m)),
                score_ratio=rival.score_ratio,
                kind=rival.kind,
            )
            for rival in registration.rivals
        ),
        may_judge_position=registration.may_judge_position,
        set_ups=tuple(_set_up(one) for one in registration.set_ups),
        files=tuple(
            schema.FilePosePart(path=one.path, design_from_survey=_transform(one.design_from_file))
            for one in registration.files
        ),
        notes=tuple(said(note, language) for note in notes),
    )


def _set_up(one: SetUp) -> schema.SetUpPart:
    return schema.SetUpPart(
        name=one.name,
        points=one.points,
        shared=one.shared,
        residual_m=None if np.isnan(one.residual_m) else one.residual_m,
        shift_m=one.shift_m,
        expanded_uncertainty_m=None if np.isnan(one.sigma_m) else 2.0 * one.sigma_m,
        agrees=one.agrees,
    )


def document(inspection: Inspection) -> dict[str, Any]:
    """The document as plain JSON values, keys in the order of the schema."""
    value: dict[str, Any] = inspection.model_dump(mode="json", by_alias=True)
    return value


def text(inspection: Inspection) -> str:
    """The document as UTF-8 text: equal documents are equal bytes."""
    return json.dumps(document(inspection), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def write(inspection: Inspection, folder: Path) -> Path:
    """Writes ``inspection.json`` into `folder`."""
    path = folder / FILE_NAME
    path.write_text(text(inspection), encoding="utf-8", newline="\n")
    return path


def read(path: Path) -> Inspection:
    """The document of a finished inspection; `path` is the case folder or the file.

    Raises
    ------
    EvidenceError
        No such file, no JSON, or not a document of this schema.
    """
    file = path / FILE_NAME if path.is_dir() else path
    found = read_document(file, Inspection, f"the file must follow {schema.SCHEMA}")
    if found is None:
        raise EvidenceError(f"{path}: holds no {FILE_NAME}", "give the folder that an inspection wrote")
    return found


def _coverage(
    design: Design, deviation: Compared, facades: Mapping[str, float], roof: float | None
) -> schema.CoveragePart:
    levels = zip(design.storeys, deviation.storey_coverage, strict=True)
    return schema.CoveragePart(
        design_surface=deviation.coverage,
        storeys=tuple(schema.NamedCoverage(name=level.name, coverage=_seen(share)) for level, share in levels),
        facades=tuple(schema.NamedCoverage(name=name, coverage=_seen(share)) for name, share in facades.items()),
        roof=None if roof is None else _seen(roof),
    )


def _seen(share: float) -> float | None:
    return float(share) if np.isfinite(share) else None


def _elements(results: Sequence[ElementResult]) -> schema.ElementsPart:
    counted = Counter(result.status for result in results)
    return schema.ElementsPart(total=len(results), **{status.value: counted[status] for status in ElementStatus})


def _finding(finding: Finding, pictures: Sequence[str], grid: schema.GridPart | None) -> schema.FindingPart:
    low, high = np.asarray(finding.box, float)
    simple = _fields(schema.FindingPart, finding)
    return schema.FindingPart(
        **{
            **simple,
            "box": schema.BoxPart(min=_triple(low), max=_triple(high)),
            "outline": tuple((float(x), float(y)) for x, y in finding.outline),
            "uncertainty": schema.UncertaintyPart(**finding.uncertainty),
            "at_least": schema.LeastPart(**finding.at_least),
            "points": len(finding.points),
            "pictures": tuple(pictures),
            "grid": grid,
        }
    )


def _grid(design: Design, finding: Finding, language: str) -> schema.GridPart | None:
    bays = bays_of_finding(design.axes, finding)
    ranges = tuple(
        schema.AxisRangePart(from_=bay.start, to=bay.end, beyond_from_m=bay.before_m, beyond_to_m=bay.after_m)
        for bay in bays
    )
    return schema.GridPart(text=axes_text(bays, language), ranges=ranges) if bays else None


def _fields(part: type[schema.Part], source: object) -> dict[str, Any]:
    return {name: getattr(source, name) for name in part.model_fields if hasattr(source, name)}


def _triple(values: Floats) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])


def _transform(matrix: Matrix4) -> Any:
    return tuple(tuple(float(entry) for entry in row) for row in matrix)
