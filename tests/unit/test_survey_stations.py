"""Where an instrument stood, told by nothing but the points that it left, or by a list."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from support.shapes import block
from support.survey_files import write_las

from twin.arrays import Floats
from twin.design.model import Surface
from twin.deviation.rays import Rays
from twin.errors import InputError
from twin.survey import decode, open_survey, read_stations, thin, with_stations
from twin.survey.model import Cloud
from twin.survey.stations import station_of

NOISE_M = 0.003
YARD = (
    block("ground", (-25.0, -25.0, -0.5), (25.0, 25.0, 0.0)),
    block("house", (0.0, 0.0, 0.0), (9.0, 7.0, 5.5)),
    block("shed", (-9.0, 3.0, 0.0), (-5.0, 6.0, 2.4)),
)
ROOM = (
    block("floor", (-3.0, -2.2, -0.3), (3.0, 2.2, 0.0)),
    block("ceiling", (-3.0, -2.2, 2.5), (3.0, 2.2, 2.8)),
    block("west", (-3.2, -2.4, -0.3), (-3.0, 2.4, 2.8)),
    block("east", (3.0, -2.4, -0.3), (3.2, 2.4, 2.8)),
    block("south", (-3.2, -2.4, -0.3), (3.2, -2.2, 2.8)),
    block("north", (-3.2, 2.2, -0.3), (3.2, 2.4, 2.8)),
    block("cupboard", (1.8, 1.0, 0.0), (2.9, 2.1, 2.0)),
)
NOBODY = np.zeros(12, dtype=np.int32)
PLACES = {"yard": (YARD, (4.0, -8.0, 1.6)), "room": (ROOM, (-1.2, 0.6, 1.5))}


def _ways(by_steps: bool, count: int, random: np.random.Generator) -> Floats:
    """Of a scanner that turns by even steps, or of one that sends as many rays into every solid angle."""
    if by_steps:
        step = np.sqrt(2.0 * np.pi * np.radians(150.0) / count)
        turn, rise = np.meshgrid(np.arange(0, 2 * np.pi, step), np.arange(np.radians(-60.0), np.pi / 2, step))
        turn, level = turn.ravel(), np.sin(rise.ravel())
    else:
        turn, level = random.uniform(0.0, 2.0 * np.pi, count), random.uniform(-0.9, 1.0, count)
    flat = np.sqrt(1.0 - level**2)
    return np.column_stack([flat * np.cos(turn), flat * np.sin(turn), level])


@cache
def _scanned(
    what: str, by_steps: bool = True, count: int = 150_000, at: tuple[float, float, float] | None = None
) -> Floats:
    import open3d as o3d

    bodies, place = PLACES[what]
    scene = o3d.t.geometry.RaycastingScene()
    for body in bodies:
        vertices, triangles = body.vertices.astype(np.float32), body.triangles.astype(np.uint32)
        scene.add_triangles(o3d.core.Tensor(vertices), o3d.core.Tensor(triangles))
    random = np.random.default_rng(3)
    way, start = _ways(by_steps, count, random), np.array(at or place)
    rays = np.hstack([np.broadcast_to(start, way.shape), way]).astype(np.float32)
    length = scene.cast_rays(o3d.core.Tensor(rays))["t_hit"].numpy().astype(np.float64)
    hit = np.isfinite(length)
    return start + (length[hit] + random.normal(0.0, NOISE_M, hit.sum()))[:, None] * way[hit]


@pytest.mark.parametrize("what", PLACES)
@pytest.mark.parametrize("by_steps", [True, False])
def test_the_station_is_told_within_its_uncertainty(what: str, by_steps: bool) -> None:
    found = station_of(_scanned(what, by_steps))
    assert found is not None
    off = np.abs(found.position - PLACES[what][1])
    assert off.max() < 3.0 * found.sigma_m
    assert found.sigma_m < 0.1


def test_a_station_is_told_of_a_random_part_and_in_any_frame() -> None:
    points = _scanned("yard")
    part = points[np.random.default_rng(1).random(len(points)) < 0.6]
    turn = np.array([[0.6, -0.8, 0.0], [0.8, 0.6, 0.0], [0.0, 0.0, 1.0]])
    shift = np.array([40.0, -15.0, 3.0])
    found = station_of(part @ turn.T + shift)
    assert found is not None
    assert np.abs(found.position - (turn @ PLACES["yard"][1] + shift)).max() < 3.0 * found.sigma_m


def _drawn_evenly() -> Floats:
    random = np.random.default_rng(5)
    parts = []
    for body in YARD:
        corners = body.vertices[body.triangles]
        area = 0.5 * np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
        chosen = random.choice(len(area), int(30 * area.sum()), p=area / area.sum())
        weight = random.dirichlet((1.0, 1.0, 1.0), len(chosen))
        parts.append(np.einsum("nk,nki->ni", weight, corners[chosen]))
    return np.vstack(parts)


def _thinned() -> Floats:
    points = _scanned("yard")
    return points[thin(points, 0.08)]


def _of_two() -> Floats:
    return np.vstack([_scanned("yard"), _scanned("yard", at=(-8.0, 9.0, 1.6))])


UNTOLD = {
    "drawn evenly on all surfaces": _drawn_evenly,
    "thinned to even spacing": _thinned,
    "two set-ups in one": _of_two,
    "too few points": lambda: _scanned("yard", count=2_000),
    "no points": lambda: np.zeros((0, 3)),
}


@pytest.mark.parametrize("flaw", UNTOLD)
def test_no_station_is_told_of_what_no_single_set_up_left(flaw: str) -> None:
    assert station_of(UNTOLD[flaw]()) is None


def _mixed(path: Path) -> tuple[Path, Floats]:
    """Two set-ups of a yard in one file, point by point in any order, by the number of their source."""
    places = np.array([PLACES["yard"][1], (-8.0, 9.0, 1.6)])
    parts = [_scanned("yard", at=tuple(place)) for place in places]
    points, source = np.vstack(parts), np.repeat([7, 12], [len(part) for part in parts])
    order = np.random.default_rng(2).permutation(len(points))
    order = np.concatenate([[0], order[order != 0]])
    return write_las(path, points[order], version="1.4", source=source[order]), places


def _read(path: Path, folder: Path) -> Cloud:
    return decode(open_survey([path]), folder)


def test_set_ups_of_a_mixed_file_are_told_apart_and_their_stations_found(tmp_path: Path) -> None:
    path, places = _mixed(tmp_path / "site.laz")
    cloud = with_stations(_read(path, tmp_path / "c"))
    assert [scan.name for scan in cloud.scans] == ["site 7", "site 12"]
    assert sum(scan.points for scan in cloud.scans) == len(cloud.points)
    for number, place in enumerate(places):
        sigma = cloud.scans[number].sigma_m
        assert sigma is not None
        assert np.abs(cloud.stations[number] - place).max() < 3.0 * sigma
    assert any(note.startswith("stations of 2 of 2 scans are told") for note in cloud.facts[0].notes)


def test_the_order_of_the_file_changes_nothing_of_what_rays_passed_through(tmp_path: Path) -> None:
    path, places = _mixed(tmp_path / "site.laz")
    cloud = replace(_read(path, tmp_path / "c"), stations=places)
    order = np.argsort(np.asarray(cloud.scan), kind="stable")
    sorted_ = replace(cloud, points=np.asarray(cloud.points)[order], scan=np.asarray(cloud.scan)[order])
    crossed = []
    for one in (cloud, sorted_):
        rays = Rays(Surface(YARD[1].vertices, YARD[1].triangles, NOBODY), one, np.eye(4), 0.2, 10**7)
        for start in range(0, len(one.points), 50_000):
            rays.add(rays.drawn(np.asarray(one.points[start : start + 50_000]), start))
        crossed.append(rays.passage().rays)
    assert crossed[0].any()
    np.testing.assert_array_equal(*crossed)


def test_a_list_of_stations_goes_before_what_points_tell(tmp_path: Path) -> None:
    path, _ = _mixed(tmp_path / "site.laz")
    listed = tmp_path / "stations.csv"
    listed.write_text("name,x,y,z\n12,1.5,2.5,3.5\nsite 7,4,-8,1.6\n", encoding="utf-8")
    cloud = with_stations(_read(path, tmp_path / "c"), read_stations(listed))
    np.testing.assert_allclose(cloud.stations, [[4.0, -8.0, 1.6], [1.5, 2.5, 3.5]])
    assert [scan.sigma_m for scan in cloud.scans] == [None, None]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,x,y\n7,1,2\n", "lacks the column z"),
        ("", "lacks the column name"),
        ("name,x,y,z\n7,1,2,high\n", "line 2: z is not a number"),
        ("name,x,y,z\n7,1,2,inf\n", "line 2: z is not finite"),
        ("name,x,y,z\n7,1,2,3\n7,1,2,4\n", "line 3: 7 is named twice"),
        ("name,x,y,z\n9,1,2,3\n", "no set-up is named '9'"),
    ],
)
def test_a_list_that_is_wrong_is_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    points = np.random.default_rng(1).random((40, 3))
    path = write_las(tmp_path / "site.las", points, source=np.repeat([7, 8], 20))
    listed = tmp_path / "stations.csv"
    listed.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        with_stations(_read(path, tmp_path / "c"), read_stations(listed))
