"""General-purpose global registration on the same cases: ``python -m tests.bench.rivals``.

Open3D's fast point feature histograms with RANSAC and its fast global registration, and KISS-Matcher where it is
installed, each followed by Open3D's point-to-plane refinement, against ours. Writes ``docs/benchmarks-rivals.md``.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from twin.arrays import Floats, Matrix4
from twin.errors import RegistrationError
from twin.frames import angle_between_deg, inverse
from twin.registration import register
from twin.registration.fit.coarse import surface_samples

from . import machine
from .registration import RIGHT_DEG, RIGHT_M, Case, all_cases, scene_of
from .tables import table

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks-rivals.md"
_VOXEL_M = 0.25
_REACHES = (2.0, 5.0)
"""Radii of normals and features in voxels, as Open3D's own guide to global registration has them."""
_COARSE_M, _COARSE_DEG = 0.25, 0.5
_AT_ONCE = 2
_GROUPS = ("held out: whole", "tuned: whole")

_INTRO = """\
# Registration against general methods

Written by `python -m tests.bench.rivals`; run by hand. The cases *as approved* of
[registration from any pose](benchmarks-registration.md): twelve buildings, from around, inside and above. The general
methods are given points sampled evenly from the model's exposed surface and the survey, both at a point every
{voxel} m, and a point-to-plane refinement by Open3D after them. They were not tuned beyond the radii of their own
guides. *Coarse* is within {coarse_m} m and {coarse_deg} degrees before refinement, *right* within {right_m} m and
{right_deg} degrees after it; ours counts as right only where it was accepted."""


@dataclass(frozen=True, eq=False)
class Scene:
    """Points of the design and of the survey, and the pose that brings them together."""

    design: Floats
    survey: Floats
    truth: Matrix4
    middle: Floats


Method = Callable[[Scene], Matrix4]


def methods() -> dict[str, Method]:
    """The general methods that this machine has."""
    found: dict[str, Method] = {"FPFH and RANSAC": _ransac, "fast global registration": _fast}
    if importlib.util.find_spec("kiss_matcher") is not None:
        found["KISS-Matcher"] = _kiss
    return found


def _cloud(points: Floats) -> tuple[Any, Any]:
    import open3d as o3d

    cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(points)).voxel_down_sample(_VOXEL_M)
    cloud.estimate_normals(o3d.geometry.KDTreeSearchParamHybrid(_REACHES[0] * _VOXEL_M, 30))
    search = o3d.geometry.KDTreeSearchParamHybrid(_REACHES[1] * _VOXEL_M, 100)
    return cloud, o3d.pipelines.registration.compute_fpfh_feature(cloud, search)


def _ransac(scene: Scene) -> Matrix4:
    import open3d as o3d

    module = o3d.pipelines.registration
    o3d.utility.random.seed(0)
    (source, first), (target, second) = _cloud(scene.survey), _cloud(scene.design)
    reach = 1.5 * _VOXEL_M
    checks = [
        module.CorrespondenceCheckerBasedOnEdgeLength(0.9),
        module.CorrespondenceCheckerBasedOnDistance(reach),
    ]
    found = module.registration_ransac_based_on_feature_matching(
        source,
        target,
        first,
        second,
        True,
        reach,
        module.TransformationEstimationPointToPoint(False),
        3,
        checks,
        module.RANSACConvergenceCriteria(1_000_000, 0.999),
    )
    return np.asarray(found.transformation)


def _fast(scene: Scene) -> Matrix4:
    import open3d as o3d

    module = o3d.pipelines.registration
    (source, first), (target, second) = _cloud(scene.survey), _cloud(scene.design)
    option = module.FastGlobalRegistrationOption(maximum_correspondence_distance=0.5 * _VOXEL_M)
    found = module.registration_fgr_based_on_feature_matching(source, target, first, second, option)
    return np.asarray(found.transformation)


def _kiss(scene: Scene) -> Matrix4:
    import kiss_matcher

    matcher = kiss_matcher.KISSMatcher(kiss_matcher.KISSMatcherConfig(_VOXEL_M))
    found = matcher.estimate(scene.survey, scene.design)
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = np.asarray(found.rotation), np.asarray(found.translation).reshape(3)
    return pose


def _refined(scene: Scene, pose: Matrix4) -> Matrix4:
    import open3d as o3d

    module = o3d.pipelines.registration
    source = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(scene.survey)).voxel_down_sample(0.1)
    target = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(scene.design)).voxel_down_sample(0.05)
    target.estimate_normals(o3d.geometry.KDTreeSearchParamHybrid(0.2, 30))
    for reach in (0.5, 0.2, 0.05):
        estimate = module.TransformationEstimationPointToPlane()
        pose = module.registration_icp(source, target, reach, pose, estimate).transformation
    return np.asarray(pose)


def _off(scene: Scene, pose: Matrix4) -> tuple[float, float]:
    place = (pose @ inverse(scene.truth) @ np.array([*scene.middle, 1.0]))[:3]
    return float(np.linalg.norm(place - scene.middle)), angle_between_deg(pose, scene.truth)


def tried(case: Case) -> dict[str, tuple[bool, bool, float]]:
    """Of each method: coarse, right, seconds."""
    design, cloud, survey_from_design = scene_of(case)
    points, _ = surface_samples(design.surface, 0.1)
    vertices = design.surface.vertices
    middle = 0.5 * (vertices.min(axis=0) + vertices.max(axis=0))
    scene = Scene(points, np.asarray(cloud.points), inverse(survey_from_design), middle)
    out: dict[str, tuple[bool, bool, float]] = {}
    for name, method in methods().items():
        start = time.perf_counter()
        pose = method(scene)
        refined = _refined(scene, pose)
        seconds = time.perf_counter() - start
        out[name] = (_within(scene, pose, _COARSE_M, _COARSE_DEG), _within(scene, refined, RIGHT_M, RIGHT_DEG), seconds)
    start = time.perf_counter()
    try:
        found = register(design, cloud)
        right = found.status == "accepted" and _within(scene, found.design_from_survey, RIGHT_M, RIGHT_DEG)
    except RegistrationError:
        right = False
    out["Plumbline"] = (right, right, time.perf_counter() - start)
    return out


def _within(scene: Scene, pose: Matrix4, metres: float, degrees: float) -> bool:
    off, turned = _off(scene, pose)
    return off < metres and turned < degrees


def main() -> int:
    """Tries all and writes the document."""
    cases = [case for case in all_cases() if case.group in _GROUPS]
    load = machine.load()
    with ProcessPoolExecutor(_AT_ONCE) as pool:
        outcomes = list(pool.map(tried, cases))
    rows = []
    for name in outcomes[0]:
        coarse, right, seconds = zip(*(outcome[name] for outcome in outcomes), strict=True)
        share = "-" if name == "Plumbline" else f"{sum(coarse)} of {len(cases)}"
        rows.append((name, share, f"{sum(right)} of {len(cases)}", f"{np.median(seconds):.1f}", f"{max(seconds):.1f}"))
    where = f"{machine.description()}. Load before the run: {load:.1f}. Two cases at a time."
    absent = "" if "KISS-Matcher" in outcomes[0] else " KISS-Matcher was not installed; TEASER++ has no wheel."
    intro = _INTRO.format(
        voxel=_VOXEL_M, coarse_m=_COARSE_M, coarse_deg=_COARSE_DEG, right_m=RIGHT_M, right_deg=RIGHT_DEG
    )
    head = ("method", "coarse", "right", "median s", "longest s")
    DOCUMENT.write_text("\n\n".join([intro, where + absent, table(head, rows)]) + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
