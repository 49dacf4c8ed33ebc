"""Registration from any pose, on generated buildings: ``python -m tests.bench.registration [NAME...]``.

Without names all cases run and ``docs/benchmarks-registration.md`` is written; with names only the cases whose group or
shape begins so, printed. Half of the shapes were held out while the method was made.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support.shape_catalogue import HELD_OUT, SYMMETRIC, TUNED  # noqa: E402
from support.shape_changes import (  # noqa: E402
    Change,
    as_approved,
    cluttered,
    extended,
    facade_moved,
    lifted_from,
    one_storey_more,
    scaffolded,
    without_some,
)
from support.shape_surveys import Look, anywhere, cloud_of, surveyed  # noqa: E402
from support.shapes import Shape, bodies, design_of  # noqa: E402

from twin.arrays import Matrix4  # noqa: E402
from twin.design.model import Design  # noqa: E402
from twin.errors import RegistrationError  # noqa: E402
from twin.frames import angle_between_deg, inverse, scale_of, scaling  # noqa: E402
from twin.registration import register  # noqa: E402
from twin.registration.settings import RegistrationSettings  # noqa: E402
from twin.survey.model import Cloud  # noqa: E402

from . import machine  # noqa: E402
from .tables import table  # noqa: E402

DOCUMENT = ROOT / "docs" / "benchmarks-registration.md"
RIGHT_M, RIGHT_DEG, RIGHT_SCALE = 0.02, 0.02, 5e-4
SIZES = (1.0 / 3.0, 1.0 / 0.3)
_LISTED_M, _LISTED_DEG = 0.1, 0.5
_DRONE_NOISE_M = 0.015
_AT_ONCE = 2
"""Cases at a time: each has one core."""

AS_APPROVED = "as approved"
CHANGES: dict[str, Change] = {
    AS_APPROVED: as_approved,
    "a storey more": one_storey_more,
    "first floor 0.4 m higher": lifted_from(1, 0.4),
    "two fifths missing": without_some(0.4),
    "facade 0.2 m out": facade_moved(0.2),
    "extension": extended,
    "scaffolding": scaffolded,
}

_INTRO = """\
# Registration from any pose

Written by `python -m tests.bench.registration`; run by hand. Buildings of code, each surveyed by rays from stations, in
a frame with any yaw, up to 80 m off on each axis and leaning up to 1.5 degrees; about each stand a neighbour,
containers and cars. Laser noise 3 mm, from above 15 mm; half of the laser surveys name their stations. No pose is
given. Half of the shapes were held out while the method was made. *Any attitude* is any rotation at all; *any size* a
survey 0.3 to 3 times as large as it says, with `--scale free`.

*Right* is accepted within 2 cm, 0.02 degrees and 0.05 % of the scale at the middle of the design, *wrong* accepted
beyond. Of those called
ambiguous, *true listed* counts where the true pose is the one given or among the rivals. *Error* is over what was
accepted: median, 95th percentile."""


@dataclass(frozen=True, eq=False)
class Case:
    """A survey of `built` against the design of `approved`; they differ only where the building is another one.

    `change` is a name of CHANGES.
    """

    group: str
    approved: Shape
    built: Shape
    change: str
    look: Look
    seed: int
    frame: str = "level"


@dataclass(frozen=True)
class Outcome:
    """What came of a case: `error_m`, `turn_deg` and `growth` (relative error of the scale) of the pose, whether the
    true one is that or among the rivals.
    """

    case: Case
    status: str
    error_m: float
    turn_deg: float
    growth: float
    listed: bool
    seconds: float
    why: str

    @property
    def right(self) -> bool:
        return (
            self.status == "accepted"
            and self.error_m < RIGHT_M
            and self.turn_deg < RIGHT_DEG
            and abs(self.growth) < RIGHT_SCALE
        )

    @property
    def wrong(self) -> bool:
        return self.status == "accepted" and not self.right


def all_cases() -> Iterator[Case]:
    """Every case, in a fixed order."""
    for k, shape in enumerate(SYMMETRIC):
        for n, kind in enumerate(("around", "drone")):
            yield Case("symmetric", shape, shape, AS_APPROVED, _look(kind, 3000 + 2 * k + n), 3000 + 2 * k + n)
    for part, shapes in (("held out", HELD_OUT), ("tuned", TUNED)):
        for k, shape in enumerate(shapes):
            seed = 100 + 20 * k + 1000 * (part == "held out")
            for n, kind in enumerate(("around", "inside", "drone")):
                yield Case(f"{part}: whole", shape, shape, AS_APPROVED, _look(kind, seed + n), seed + n)
            for n, change in enumerate(list(CHANGES)[1:]):
                look = _look(("around", "drone")[n % 2 if k % 2 else 0], seed + 3 + n)
                yield Case(f"{part}: built otherwise", shape, shape, change, look, seed + 3 + n)
            for n, kind in enumerate(("street", "rooms")):
                yield Case(f"{part}: a part seen", shape, shape, AS_APPROVED, _look(kind, seed + 9 + n), seed + 9 + n)
            for n, frame in enumerate(("any attitude", "any size")):
                for m, kind in enumerate(("around", "inside", "drone")):
                    change = list(CHANGES)[1 + (k + m) % (len(CHANGES) - 1)] if m == 0 else AS_APPROVED
                    at = seed + 500 + 3 * n + m
                    yield Case(f"{part}: {frame}", shape, shape, change, _look(kind, at), at, frame)
            other = shapes[(k + 1) % len(shapes)]
            yield Case("another building", shape, other, AS_APPROVED, _look("around", seed + 11), seed + 11)


def _look(kind: str, seed: int) -> Look:
    noise = _DRONE_NOISE_M if kind == "drone" else 0.003
    return Look(kind, noise_m=noise, told=kind != "drone" and seed % 2 == 0, storey=0, seed=seed)


def scene_of(case: Case) -> tuple[Design, Cloud, Matrix4]:
    """The design, the survey, and survey_from_design."""
    built = cluttered(case.built, CHANGES[case.change](case.built, bodies(case.built)), case.seed)
    points, scan, places = surveyed(case.built, built, case.look)
    survey_from_design = _frame(case)
    cloud = cloud_of(points, scan, places, survey_from_design, case.look.told)
    return design_of(case.approved), cloud, survey_from_design


def tried(case: Case) -> Outcome:
    """Survey, registration, comparison."""
    design, cloud, survey_from_design = scene_of(case)
    settings = RegistrationSettings(scale="free" if case.frame == "any size" else "fixed")
    vertices = design.surface.vertices
    middle = 0.5 * (vertices.min(axis=0) + vertices.max(axis=0))

    def error(pose: Matrix4) -> tuple[float, float]:
        place = (pose @ survey_from_design @ np.array([*middle, 1.0]))[:3]
        return float(np.linalg.norm(place - middle)), angle_between_deg(pose, inverse(survey_from_design))

    start = time.perf_counter()
    try:
        found = register(design, cloud, settings=settings)
    except RegistrationError as refusal:
        return Outcome(case, "refused", np.nan, np.nan, np.nan, False, time.perf_counter() - start, refusal.message)
    seconds = time.perf_counter() - start
    poses = [error(pose) for pose in (found.design_from_survey, *(r.design_from_survey for r in found.rivals))]
    listed = any(m < _LISTED_M and deg < _LISTED_DEG for m, deg in poses)
    growth = found.scale * scale_of(survey_from_design) - 1.0
    return Outcome(case, str(found.status), *poses[0], growth, listed, seconds, "; ".join(found.notes))


def _frame(case: Case) -> Matrix4:
    """The frame in which a survey comes: survey_from_design."""
    random = np.random.default_rng([case.seed, 99])
    if case.frame == "any attitude":
        frame = np.eye(4)
        frame[:3, :3] = Rotation.random(random_state=random).as_matrix()
        frame[:3, 3] = random.uniform(-80.0, 80.0, 3)
        return frame
    level = anywhere(random)
    return scaling(float(np.exp(random.uniform(*np.log(SIZES))))) @ level if case.frame == "any size" else level


def report(outcomes: list[Outcome], where: str) -> str:
    """The document."""
    head = ("cases", "", "right", "wrong", "ambiguous", "true listed", "refused", "error mm", "median s", "longest s")
    groups = list(dict.fromkeys(each.case.group for each in outcomes))
    rows = [_row(group, [each for each in outcomes if each.case.group == group]) for group in groups]
    rows.append(_row("all", outcomes))
    odd = [each for each in outcomes if each.wrong or (not each.right and _clear(each))]
    lines = [_described(each) for each in odd]
    return "\n\n".join([_INTRO, where, table(head, rows), "## Not right", *(lines or ["None."])]) + "\n"


def _clear(each: Outcome) -> bool:
    """Whether a right pose was to be had."""
    return each.case.group not in ("another building", "symmetric")


def _row(name: str, outcomes: list[Outcome]) -> tuple[str, ...]:
    of = [each for each in outcomes if each.status == "ambiguous"]
    good = [1000.0 * each.error_m for each in outcomes if each.status == "accepted"]
    error = f"{np.median(good):.1f}, {np.percentile(good, 95):.1f}" if good else "-"
    seconds = [each.seconds for each in outcomes]
    return (
        name,
        str(len(outcomes)),
        str(sum(each.right for each in outcomes)),
        str(sum(each.wrong for each in outcomes)),
        str(len(of)),
        str(sum(each.listed for each in of)),
        str(sum(each.status == "refused" for each in outcomes)),
        error,
        f"{np.median(seconds):.1f}",
        f"{max(seconds):.1f}",
    )


def _described(each: Outcome) -> str:
    case = each.case
    size = "" if np.isnan(each.error_m) else f", {1000.0 * each.error_m:.0f} mm and {each.turn_deg:.3f} degrees off"
    return f"- {case.group}, {case.built.name}, {case.change}, seen from {case.look.kind}: {each.status}{size}"


def main(arguments: list[str]) -> int:
    """Tries and reports, what was tried so far where it is broken off; 1 where a wrong pose was accepted."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.registration", description=__doc__)
    parser.add_argument("name", nargs="*", help="groups or shapes to try, by the beginning of their names; prints only")
    names = parser.parse_args(arguments).name
    chosen = [
        case
        for case in all_cases()
        if not names or any(case.group.startswith(n) or case.built.name.startswith(n) for n in names)
    ]
    load, outcomes = machine.load(), []
    with ProcessPoolExecutor(_AT_ONCE) as pool:
        try:
            for outcome in pool.map(tried, chosen):
                outcomes.append(outcome)
                sys.stderr.write(f"{_described(outcome)[2:]}, {outcome.seconds:.1f} s\n")
                sys.stderr.flush()
        except KeyboardInterrupt:
            sys.stderr.write("broken off: what was tried so far is reported\n")
    where = f"{machine.description()}. Load before the run: {load:.1f}. Tried {len(outcomes)} of {len(chosen)} cases."
    text = report(outcomes, where)
    if names:
        sys.stdout.write(text)
    else:
        DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
    return int(any(each.wrong for each in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
