"""The narrow band against a slow reference: nothing missed, the right triangle among equals, the right side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from twin.arrays import Floats, Floats32, Ints
from twin.design.feet import foot_on_triangle
from twin.design.model import Surface
from twin.deviation.band import Band, Worker
from twin.frames import inverse, move, translation, yaw

SEEDS = st.integers(0, 2**32 - 1)
KINDS = st.sampled_from(["random", "slivers", "coincident", "walls", "small and large"])
BAND = 0.5
TIE, SQUARELY = 1e-6, 1e-3


def surface_of(corners: Floats, element: Ints | None = None) -> Surface:
    """Triangles that share no corner."""
    triangles = np.arange(3 * len(corners), dtype=np.int32).reshape(-1, 3)
    owner = np.zeros(len(corners), dtype=np.int32) if element is None else element
    return Surface(corners.reshape(-1, 3), triangles, owner)


def triangles_of(kind: str, random: np.random.Generator) -> Floats:
    """(t, 3, 3) m: corners in a few cubic metres."""
    corners = random.uniform(-2.0, 2.0, (24, 3, 3))
    if kind == "slivers":
        share = random.uniform(0.0, 1.0, (24, 1))
        apart = 10.0 ** random.uniform(-9.0, -3.0, (24, 1)) * random.normal(size=(24, 3))
        corners[:, 2] = corners[:, 0] + share * (corners[:, 1] - corners[:, 0]) + apart
        corners[0, 2], corners[1, 1:] = corners[0, 0], corners[1, 0]
    if kind == "coincident":
        corners[12:] = corners[:12, ::-1]
        corners[8:12] = corners[:4]
    if kind == "walls":  # axis-parallel, sharing edges and planes as buildings do
        low = random.integers(-2, 2, (6, 3)).astype(np.float64)
        size = random.integers(1, 3, (6, 3)) * np.array([1.0, 1.0, 0.5])
        corners = np.concatenate([_box(a, a + b) for a, b in zip(low, size, strict=True)])
    if kind == "small and large":
        corners[6:] = corners[6:, :1] + 0.02 * corners[6:]
        corners[:2] *= 200.0
    return corners


def _box(low: Floats, high: Floats) -> Floats:
    hull = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
    faces = ConvexHull(hull)
    return np.array([_turned(hull[s], e[:3]) for s, e in zip(faces.simplices, faces.equations, strict=True)])


def _turned(corners: Floats, outward: Floats) -> Floats:
    side = np.cross(corners[1] - corners[0], corners[2] - corners[0]) @ outward
    return corners if side > 0.0 else corners[::-1]


def points_about(corners: Floats, random: np.random.Generator) -> Floats:
    """Everywhere, on the surfaces with noise, straight off edges and corners, and many in one place."""
    share = random.dirichlet(np.ones(3), 120)
    share[80:, 2] = 0.0
    share[100:] = [1.0, 0.0, 0.0]
    on = np.einsum(
        "pk,pki->pi", share / share.sum(axis=1, keepdims=True), corners[random.integers(0, len(corners), 120)]
    )
    noise = random.normal(0.0, 1.0, (120, 3)) * random.choice([0.0, 1e-7, 0.003, 0.3], (120, 1))
    axis = np.eye(3)[random.integers(0, 3, 60)] * random.choice([-0.25, -0.01, 0.01, 0.25], (60, 1))
    crowd = on[0] + random.normal(0.0, 0.06, (1500, 3))
    return np.vstack([random.uniform(-3.0, 3.0, (100, 3)), on + noise, on[:60] + axis, crowd])


def measured(band: Band | Worker, points: Floats, pose: Floats | None = None) -> tuple[Floats32, Ints]:
    distance, triangle = np.zeros(len(points), dtype=np.float32), np.zeros(len(points), dtype=np.int32)
    worker = band.worker() if isinstance(band, Band) else band
    worker.measure(points, np.eye(4) if pose is None else pose, distance, triangle)
    return distance, triangle


def reference(points: Floats, corners: Floats) -> tuple[Floats, Floats]:
    """(n, t) distances, and heights over the triangles' planes; slivers have none.

    In extended precision: the foot on the plane of a sliver of a nanometre costs double precision ten digits.
    """
    count, many = len(points), len(corners)
    pairs = np.repeat(points, many, axis=0).astype(np.longdouble), np.tile(corners, (count, 1, 1)).astype(np.longdouble)
    feet = foot_on_triangle(*pairs).reshape(count, many, 3).astype(np.float64)  # type: ignore[arg-type]
    way = points[:, None] - feet
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    unit = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-300)
    return np.linalg.norm(way, axis=2), np.einsum("pti,ti->pt", way, unit)


@settings(max_examples=60, deadline=None)
@given(SEEDS, KINDS)
def test_the_nearest_triangle_is_found_wherever_there_is_one_in_the_band(seed: int, kind: str) -> None:
    random = np.random.default_rng(seed)
    corners = triangles_of(kind, random)
    points = points_about(corners, random)
    distance, triangle = measured(Band(surface_of(corners), BAND), points)
    gaps = reference(points, corners)[0]
    least = gaps.min(axis=1)
    clear = np.abs(least - BAND) > 1e-6
    assert np.array_equal((triangle >= 0)[clear], (least < BAND)[clear])
    assert np.array_equal(triangle >= 0, np.isfinite(distance))
    near = triangle >= 0
    assert np.abs(np.abs(distance[near]) - least[near]).max(initial=0.0) < 1e-6
    assert np.abs(gaps[near, triangle[near]] - least[near]).max(initial=0.0) < 2e-6


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.sampled_from(["random", "coincident", "walls"]))
def test_of_equally_near_triangles_the_stated_one_counts(seed: int, kind: str) -> None:
    random = np.random.default_rng(seed)
    corners = triangles_of(kind, random)
    points = points_about(corners, random)
    _, triangle = measured(Band(surface_of(corners), BAND), points)
    gaps, heights = reference(points, corners)
    least = gaps.min(axis=1, keepdims=True)
    tied = gaps <= least + TIE
    square = np.where(tied, np.abs(heights), 0.0)
    worst = square.max(axis=1, keepdims=True) - np.maximum(SQUARELY * least, TIE)
    chosen = tied & (square >= worst)
    rank = np.where(chosen, np.arange(len(corners)) + np.where(heights < -TIE, len(corners), 0), 1 << 30)
    # Left out: points for which rounding decides whether two are equal.
    sure = ~((np.abs(gaps - least - TIE) < 1e-9) | (tied & (np.abs(square - worst) < 1e-9))).any(axis=1)
    sure &= ~(np.abs(heights + TIE) < 1e-9).any(axis=1) & (triangle >= 0)
    assert sure.sum() > 300
    assert np.array_equal(triangle[sure], rank.argmin(axis=1)[sure])


@settings(max_examples=25, deadline=None)
@given(SEEDS, KINDS, st.integers(1, 5))
def test_order_parts_workers_and_what_was_asked_before_change_no_bit(seed: int, kind: str, workers: int) -> None:
    random = np.random.default_rng(seed)
    corners = triangles_of(kind, random)
    points = points_about(corners, random)
    surface = surface_of(corners)
    band = Band(surface, BAND)
    distance, triangle = measured(band, points)
    asked = [band.worker() for _ in range(workers)]
    order = random.permutation(len(points))
    for part in np.array_split(order, random.integers(1, 9)):
        one, two = measured(asked[random.integers(workers)], points[part])
        assert one.tobytes() == distance[part].tobytes()
        assert two.tobytes() == triangle[part].tobytes()


@settings(max_examples=4, deadline=None)
@given(SEEDS)
def test_fine_meshes_of_which_no_list_is_kept_are_searched_as_exactly(seed: int) -> None:
    random = np.random.default_rng(seed)
    middle = random.uniform(-0.6, 0.6, (2500, 1, 3)) * np.array([1.0, 1.0, 0.05])
    corners = middle + random.normal(0.0, 0.02, (2500, 3, 3))
    points = random.uniform(-0.8, 0.8, (260, 3)) * np.array([1.0, 1.0, 0.6])
    points[200:] = points[0] + random.normal(0.0, 0.01, (60, 3))
    least = reference(points, corners)[0].min(axis=1)
    band = Band(surface_of(corners), BAND).worker()
    for part in (slice(0, 20), slice(0, 260), slice(200, 260), slice(200, 260)):
        distance, triangle = measured(band, points[part])
        near = least[part] <= BAND
        assert np.array_equal(triangle >= 0, near)
        assert np.abs(np.abs(distance[near]) - least[part][near]).max() < 1e-6
    assert measured(band, points)[1].tobytes() == measured(Band(surface_of(corners), BAND), points)[1].tobytes()


def test_bricks_that_are_forgotten_and_made_again_give_the_same_answers() -> None:
    random = np.random.default_rng(8)
    corners = triangles_of("small and large", random)
    points = points_about(corners, random)
    distance, triangle = measured(Band(surface_of(corners), BAND), points)
    band = Band(surface_of(corners), BAND).worker(most_bytes=0)
    for part in np.array_split(np.arange(len(points)), 5):
        one, two = measured(band, points[part])
        assert one.tobytes() == distance[part].tobytes()
        assert two.tobytes() == triangle[part].tobytes()


def convex(random: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Outward triangles of a convex body, and normals and offsets of its faces."""
    hull = ConvexHull(random.normal(size=(12, 3)) * random.uniform(0.2, 2.0, 3))
    corners = np.array([_turned(hull.points[s], e[:3]) for s, e in zip(hull.simplices, hull.equations, strict=True)])
    return corners, hull.equations[:, :3], hull.equations[:, 3]


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.booleans())
def test_a_point_is_negative_exactly_inside_and_the_other_way_round_where_a_shell_is_inside_out(
    seed: int, inside_out: bool
) -> None:
    random = np.random.default_rng(seed)
    corners, normals, offsets = convex(random)
    points = points_about(corners, random)
    distance, _ = measured(Band(surface_of(corners[:, ::-1] if inside_out else corners), BAND), points)
    depth = (points @ normals.T + offsets).max(axis=1)
    clear = np.isfinite(distance) & (np.abs(distance) > 1e-6)
    assert ((distance < 0.0) == ((depth < 0.0) != inside_out))[clear].all()


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_a_point_is_negative_exactly_inside_a_star_with_notches_and_spikes(seed: int) -> None:
    random = np.random.default_rng(seed)
    hull = ConvexHull(random.normal(size=(14, 3)))
    if hull.equations[:, 3].max() > -0.1:
        return  # the middle is not well inside
    pulled = hull.points * random.uniform(0.15, 1.5, (len(hull.points), 1))
    outward = [np.linalg.det(hull.points[s]) > 0.0 for s in hull.simplices]
    corners = np.array([pulled[s if out else s[::-1]] for s, out in zip(hull.simplices, outward, strict=True)])
    points = points_about(corners, random)
    distance, _ = measured(Band(surface_of(corners), BAND), points)
    clear = np.isfinite(distance) & (np.abs(distance) > 1e-6)
    inside = np.array([_reaches(point, corners) for point in points])
    assert np.array_equal(distance[clear] < 0.0, inside[clear])


def _reaches(point: Floats, corners: Floats) -> bool:
    """Whether the triangle that the ray from zero through a point meets lies beyond the point."""
    weights = np.linalg.solve(corners.transpose(0, 2, 1), np.broadcast_to(point[:, None], (len(corners), 3, 1)))[..., 0]
    ahead = weights[(weights >= -1e-12).all(axis=1)]
    return bool(ahead.sum(axis=1).min(initial=np.inf) < 1.0)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_on_an_open_or_flipped_shell_the_side_is_that_of_the_triangle_over_which_a_point_stands(seed: int) -> None:
    random = np.random.default_rng(seed)
    corners = convex(random)[0]
    corners = corners[random.random(len(corners)) < 0.6]
    if not len(corners):
        return
    flipped = random.random(len(corners)) < 0.5
    corners[flipped] = corners[flipped, ::-1]
    points = points_about(corners, random)
    distance, triangle = measured(Band(surface_of(corners), BAND), points)
    gaps, heights = reference(points, corners)
    rows = np.flatnonzero(triangle >= 0)
    gap, height = gaps[rows, triangle[rows]], heights[rows, triangle[rows]]
    over = (np.abs(np.abs(height) - gap) < 1e-12) & (gap > 1e-6)
    assert ((distance[rows] < 0.0) == (height < 0.0))[over].all()


def test_a_sheet_with_two_sides_lies_in_front_of_every_point() -> None:
    sheet = np.array([[[0.0, 0, 0], [1, 0, 0], [1, 1, 0]], [[0, 0, 0], [1, 1, 0], [0, 1, 0]]])
    both = np.concatenate([sheet, sheet[:, ::-1]])
    points = np.random.default_rng(5).uniform([-0.2, -0.2, -0.4], [1.2, 1.2, 0.4], (2000, 3))
    distance, _ = measured(Band(surface_of(both), BAND), points)
    assert (distance[np.abs(points[:, 2]) > 1e-5] > 0.0).all()


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.floats(-180.0, 180.0), st.floats(1e3, 4e7))
def test_map_coordinates_of_millions_of_metres_cost_a_micrometre_at_most(seed: int, angle: float, far: float) -> None:
    random = np.random.default_rng(seed)
    corners = triangles_of("random", random)
    points = points_about(corners, random)
    here, _ = measured(Band(surface_of(corners), BAND), points)
    pose = translation(np.array([far, -0.37 * far, 11.0])) @ yaw(np.radians(angle))
    there, _ = measured(Band(surface_of(move(pose, corners.reshape(-1, 3)).reshape(-1, 3, 3)), BAND), points, pose)
    off = translation(np.array([-0.5 * far, far, 0.0]))
    other, _ = measured(Band(surface_of(corners), BAND), move(off, points), inverse(off))
    step = 4.0 * float(np.spacing(far)) + 1e-6
    for answer in (there, other):
        both = np.isfinite(here) & np.isfinite(answer)
        assert both.sum() >= np.isfinite(here).sum() - 20
        assert np.abs(np.abs(here[both]) - np.abs(answer[both])).max(initial=0.0) < step


@pytest.mark.parametrize("distance_m", [30.0, 5e3, 2e5])
def test_a_stray_triangle_far_away_costs_neither_memory_nor_exactness(distance_m: float) -> None:
    random = np.random.default_rng(11)
    corners = triangles_of("walls", random)
    corners = np.concatenate([corners, corners[:1] + np.array([distance_m, 0.3 * distance_m, -7.0])])
    points = points_about(corners, random)
    distance, _ = measured(Band(surface_of(corners), BAND), points)
    least = reference(points, corners)[0].min(axis=1)
    near = np.isfinite(distance)
    assert np.array_equal(near, least <= BAND)
    assert np.abs(np.abs(distance[near]) - least[near]).max() < 1e-6


def test_points_that_are_no_numbers_lie_nowhere() -> None:
    corners = triangles_of("walls", np.random.default_rng(2))
    points = np.array([[np.nan, 0.0, 0.0], [np.inf, 0.0, 0.0], [1e300, 0.0, 0.0], [0.0, -np.inf, np.nan]])
    distance, triangle = measured(Band(surface_of(corners), BAND), points)
    assert np.isnan(distance).all()
    assert (triangle == -1).all()
