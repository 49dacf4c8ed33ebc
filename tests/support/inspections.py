"""A small building, inspected by hand: every number is known without running a stage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin import frames
from twin.conformity.model import (
    Change,
    Finding,
    FindingVerdict,
    Indicator,
    Judgement,
    Kind,
    StoreyResult,
    StoreyStatus,
    Verdict,
)
from twin.design.model import Design, DesignFile, Element, Georeference, Role, Storey, Surface
from twin.deviation.model import ElementResult, ElementStatus
from twin.evidence.inspection import Inspection, Surroundings, build
from twin.evidence.schema import StagePart
from twin.registration.model import Mode, Registration, Rival, Status
from twin.survey.model import FileFacts, Scan

DIGEST = "ab" * 32


@dataclass(frozen=True, eq=False)
class Measured:
    """The facts of a survey without its points."""

    facts: tuple[FileFacts, ...]
    origin: np.ndarray


def design(files: int = 1) -> Design:
    box = (0.0, 0.0, 0.0, 4.0, 3.0, 0.2)
    return Design(
        files=tuple(DesignFile(f"house-{number}.ifc", f"{number:02d}" * 32, "IFC4", 0.001) for number in range(files)),
        name="House",
        elements=(
            Element(0, "0Aslab", "IfcSlab", "Slab", Role.BUILDING, 0, box, True),
            Element(1, "0Awall", "IfcWall", "Wall", Role.BUILDING, 0, box, True),
        ),
        storeys=(
            Storey("EG", "0Astorey", 0.2, True, "a slab lies here", 12.0),
            Storey("Top", None, 3.0, False, "none"),
        ),
        surface=Surface(np.zeros((3, 3)), np.zeros((1, 3), np.int32), np.zeros(1, np.int32)),
        georeference=Georeference(None, None, 0.0, None, None, None, "none"),
        notes=("a note",),
    )


def survey(unit_m: float = 0.001, origin: tuple[float, float, float] = (500_000.0, 3_000_000.0, 0.0)) -> Measured:
    unit = {0.001: "mm", 1.0: "m", 0.3048: "ft"}[unit_m]
    scan = Scan("one", (1.0, 2.0, 3.0), 5)
    facts = FileFacts("site.e57", DIGEST, "E57", 5, (scan, scan), unit, unit_m, None, "2025-05-01")
    return Measured((facts,), np.array(origin))


def registration() -> Registration:
    pose = frames.translation(np.array([1.0, 2.0, 3.0])) @ frames.yaw(0.5)
    return Registration(
        status=Status.ACCEPTED,
        mode=Mode.GIVEN,
        design_from_survey=pose,
        scale=1.0,
        residual_rms_m=0.0031234,
        overlap=0.9,
        covariance=np.diag([1e-6, 4e-6, 9e-6, 1e-8, 1e-8, 4e-8]),
        centre=np.zeros(3),
        rivals=(Rival(pose @ frames.yaw(np.pi), 0.98, "half turn"),),
        may_judge_position=True,
    )


@dataclass(frozen=True, eq=False)
class Compared:
    """What the document takes from a deviation."""

    elements: tuple[ElementResult, ...]
    coverage: float
    storey_coverage: np.ndarray


def deviation() -> Compared:
    return Compared(
        elements=(
            ElementResult(0, ElementStatus.AS_DESIGNED, 0.001, 0.004, 0.8, 5),
            ElementResult(1, ElementStatus.NOT_OBSERVED, None, None, 0.0, 0),
        ),
        coverage=0.75,
        storey_coverage=np.array([0.8, np.nan]),
    )


def finding() -> Finding:
    return Finding(
        id="F-001",
        kind=Kind.EXTRA_STOREY,
        verdict=FindingVerdict.INCONSISTENT,
        change=Change.ADDED,
        storey="EG",
        title="A storey more than approved",
        box=np.array([[0.0, 0.0, 3.0], [4.0, 3.0, 6.00004]]),
        outline=np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 3.0], [0.0, 3.0]]),
        area_m2=12.0,
        volume_m3=36.00048,
        height_m=3.00004,
        uncertainty={"area_m2": 0.2, "volume_m3": None, "height_m": 0.01},
        confidence=0.95,
        global_ids=(),
        points=np.arange(3, dtype=np.int64),
        body=None,
        caveats=("seen from outside only",),
        rule="every storey needs approval",
    )


def judgement(*findings: Finding, verdict: Verdict = Verdict.INCONSISTENT) -> Judgement:
    return Judgement(
        verdict=verdict,
        findings=findings,
        storeys=(
            StoreyResult("EG", "0Astorey", StoreyStatus.AS_DESIGNED, 0.2, 0.201, 0.006, 2.8),
            StoreyResult(None, None, StoreyStatus.UNAPPROVED, None, 3.0, 0.006, 3.0),
        ),
        indicators=(Indicator("building_height", 3.0, 3.0, 6.0, 0.02, "m", "nonconforming", "GB 55031-2022 3.2"),),
        notes=("the permit names another model",),
    )


def surroundings(seconds: float = 1.0) -> Surroundings:
    stage = StagePart(name="register", status="COMPLETE", why="", seconds=seconds, peak_rss_mb=300.0)
    return Surroundings({"deviation": {"band_m": 0.5}}, {"plumbline": "0.1.0"}, 0, stages=(stage,))


def inspection(verdict: Verdict = Verdict.INCONSISTENT, *, seconds: float = 1.0) -> Inspection:
    """The document with one finding where it is inconsistent, else with none."""
    found = (finding(),) if verdict is Verdict.INCONSISTENT else ()
    return build(
        design(),
        survey(),
        registration(),
        deviation(),
        judgement(*found, verdict=verdict),
        surroundings=surroundings(seconds),
        pictures={"F-001": ["pictures/F-001.png"], "": ["pictures/overview.png"]},
        facades={"N": 0.5, "E": float("nan")},
        roof=0.25,
    )
