"""The survey in levels of detail: nothing is lost, nothing twice, everything in its cube."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import inspections
from support.survey_files import write_deviation

from twin.arrays import Floats
from twin.errors import EvidenceError
from twin.evidence.exchange import open_measured
from twin.evidence.inspection import write
from twin.evidence.tiles import TILESET, build_tiles
from twin.evidence.tiles.octree import DEEPEST, Counting, node_of, parent_of
from twin.evidence.viewer.serving import CaseServer

COUNT = 150_000
ORIGIN = np.array([1000.0, -2000.0, 10.0])


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Floats, Floats, Floats, Floats]:
    """A floor and a wall, far denser in one corner, as before a tripod."""
    random = np.random.default_rng(4)
    flat = random.random((COUNT, 2)) ** 3 * (40.0, 25.0)
    points = np.column_stack([flat, np.zeros(COUNT)])
    points[: COUNT // 3] = points[: COUNT // 3][:, [0, 2, 1]]
    points += random.normal(0.0, 0.002, points.shape) + ORIGIN + (3.0, 4.0, 5.0)
    deviation = random.normal(0.0, 0.03, COUNT).astype(np.float32)
    deviation[::11] = np.nan
    kind, rgb = random.integers(0, 7, COUNT), random.integers(0, 256, (COUNT, 3))
    path = write_deviation(tmp_path_factory.mktemp("survey") / "deviation.laz", points, deviation, kind, rgb)
    return path, points, deviation, kind, rgb


@pytest.fixture(scope="module")
def tiles(survey: tuple[Path, Any, Any, Any, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiles") / "made"
    build_tiles(open_measured(survey[0]), ORIGIN, folder)
    return folder


def _walk(tile: dict[str, Any], above: dict[str, Any] | None = None) -> Iterator[tuple[dict[str, Any], Any]]:
    yield tile, above
    for child in tile.get("children", ()):
        yield from _walk(child, tile)


def _read(path: Path) -> tuple[Floats, Floats, Floats, Floats]:
    """Points (design frame less the origin), deviations, classes and colours, by the words of the standard."""
    data = path.read_bytes()
    length = int.from_bytes(data[12:16], "little")
    document, body = json.loads(data[20 : 20 + length]), data[28 + length :]
    (primitive,) = document["meshes"][0]["primitives"]

    def table(name: str) -> Floats:
        accessor = document["accessors"][primitive["attributes"][name]]
        view = document["bufferViews"][accessor["bufferView"]]
        kind = {5121: np.dtype("u1"), 5123: np.dtype("<u2")}[accessor["componentType"]]
        width = {"SCALAR": 1, "VEC3": 3}[accessor["type"]]
        start = view["byteOffset"] + accessor["byteOffset"]
        strides = (view["byteStride"], kind.itemsize)
        return np.ndarray((accessor["count"], width), kind, body, start, strides).astype(float)

    matrix = np.array(document["nodes"][0]["matrix"]).reshape(4, 4).T
    y_up = table("POSITION") @ matrix[:3, :3].T + matrix[:3, 3]
    steps = table("_DEVIATION")[:, 0]
    deviation = np.where(steps == 0, np.nan, (steps - 32_768) * 1e-4)
    return y_up @ np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]]), deviation, table("_CLASS")[:, 0], table("COLOR_0")


def test_every_point_is_in_one_tile_with_what_is_known_of_it(
    tiles: Path, survey: tuple[Path, Floats, Floats, Floats, Floats]
) -> None:
    _, points, deviation, kind, rgb = survey
    parts = [_read(path) for path in sorted(tiles.glob("*.glb"))]
    assert sum(len(part[0]) for part in parts) == COUNT
    found = [np.concatenate(column) for column in zip(*parts, strict=True)]
    key = kind * 256.0**3 + rgb @ (65_536.0, 256.0, 1.0)  # few share class and colour: place and deviation must agree
    mine, theirs = np.argsort(key, kind="stable"), np.argsort(found[2] * 256.0**3 + found[3] @ (65_536.0, 256.0, 1.0))
    alone = np.flatnonzero(np.r_[True, np.diff(key[mine]) > 0] & np.r_[np.diff(key[mine]) > 0, True])
    assert len(alone) > 0.9 * COUNT
    width = json.loads((tiles / TILESET).read_text())["geometricError"]
    np.testing.assert_allclose(found[0][theirs[alone]], points[mine[alone]] - ORIGIN, atol=0.6 * width / 65_535 + 1e-4)
    np.testing.assert_allclose(found[1][theirs[alone]], deviation[mine[alone]], atol=0.6e-4)


def test_tiles_lie_in_their_boxes_and_these_in_the_boxes_above(tiles: Path) -> None:
    tileset = json.loads((tiles / TILESET).read_text(encoding="utf-8"))
    assert tileset["asset"] == {"version": "1.1", "generator": "plumbline", "extras": {"origin_m": ORIGIN.tolist()}}
    seen = 0
    for tile, above in _walk(tileset["root"]):
        box = np.array(tile["boundingVolume"]["box"])
        middle, half = box[:3], box[3]
        if above is not None:
            outer = np.array(above["boundingVolume"]["box"])
            assert (np.abs(middle - outer[:3]) + half <= outer[3] * (1.0 + 1e-9)).all()
            assert above["geometricError"] > tile["geometricError"]
        if "content" in tile:
            places = _read(tiles / tile["content"]["uri"])[0]
            assert (np.abs(places - middle) <= half * (1.0 + 1e-6)).all()
            assert len(places) < 90_000
            seen += 1
    assert seen == len(list(tiles.glob("*.glb")))


def test_the_coarsest_tile_shows_the_whole_evenly(tiles: Path) -> None:
    tileset = json.loads((tiles / TILESET).read_text(encoding="utf-8"))
    places = _read(tiles / tileset["root"]["content"]["uri"])[0]
    spacing = tileset["root"]["geometricError"]
    assert np.ptp(places, axis=0)[0] > 38.0
    from scipy.spatial import cKDTree

    near = cKDTree(places).query(places, 2)[0][:, 1]
    assert float(np.median(near)) > 0.3 * spacing


def test_the_same_survey_gives_the_same_tiles(
    tiles: Path, survey: tuple[Path, Any, Any, Any, Any], tmp_path: Path
) -> None:
    build_tiles(open_measured(survey[0]), ORIGIN, tmp_path / "again")
    names = sorted(path.name for path in tiles.iterdir())
    assert names == sorted(path.name for path in (tmp_path / "again").iterdir())
    assert all((tiles / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in names)


def test_a_survey_that_breaks_off_leaves_nothing(survey: tuple[Path, Any, Any, Any, Any], tmp_path: Path) -> None:
    broken = tmp_path / "deviation.laz"
    broken.write_bytes(survey[0].read_bytes()[:-5000])
    with pytest.raises(EvidenceError, match=r"deviation\.laz"):
        build_tiles(open_measured(broken), ORIGIN, tmp_path / "made")
    assert [path.name for path in tmp_path.iterdir()] == ["deviation.laz"]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 400))
def test_the_leaf_of_a_point_holds_it_and_lies_in_all_its_parents(seed: int, count: int) -> None:
    points = np.random.default_rng(seed).normal(0.0, 5.0, (count, 3))
    counting = Counting(points.min(axis=0), points.max(axis=0))
    counting.add(points)
    tree = counting.octree()
    leaves = tree.leaves_of(points)
    for leaf in np.unique(leaves).tolist():
        mine, node = points[leaves == leaf], node_of(leaf)
        assert 0 <= node[0] <= DEEPEST
        while True:
            low = tree.corner(node)
            assert (mine >= low - 1e-9).all()
            assert (mine <= low + tree.width_m(node[0]) + 1e-9).all()
            if node[0] == 0:
                break
            node = parent_of(node)


@pytest.fixture
def served(survey: tuple[Path, Any, Any, Any, Any], tmp_path: Path) -> Iterator[CaseServer]:
    folder = tmp_path / "case"
    folder.mkdir()
    write(inspections.inspection(), folder)
    (folder / "deviation.laz").write_bytes(survey[0].read_bytes())
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; script-src x">'
    (folder / "viewer.html").write_text(f'{policy}\n<meta name="referrer" content="no-referrer">rest', encoding="utf-8")
    server = CaseServer(folder, tmp_path / "cache")
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server
    server.close()
    thread.join(5.0)


def _get(server: CaseServer, path: str, host: str | None = None) -> tuple[int, bytes]:
    request = urllib.request.Request(server.address.rstrip("/") + path, headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, b""


def test_page_and_tiles_are_served_and_nothing_else(served: CaseServer) -> None:
    status, page = _get(served, "/")
    assert status == 200
    assert b"default-src 'none'; connect-src 'self'; script-src x" in page
    assert b'<meta name="plumbline-tiles" content="/tiles/tileset.json">' in page
    assert page.endswith(b"rest")
    assert served.wait_for_tiles(60.0)
    status, tileset = _get(served, "/tiles/tileset.json")
    assert status == 200
    root = json.loads(tileset)["root"]["content"]["uri"]
    assert _get(served, f"/tiles/{root}")[1][:4] == b"glTF"
    for path in ("/inspection.json", "/tiles/../inspection.json", "/tiles/9-9-9-9.glb", "/tiles/", "/x"):
        assert _get(served, path)[0] == 404
    assert _get(served, "/", host="elsewhere.example")[0] == 403


def test_tiles_are_kept_for_the_next_time(served: CaseServer, tmp_path: Path) -> None:
    assert served.wait_for_tiles(60.0)
    (kept,) = (tmp_path / "cache").iterdir()
    before = (kept / TILESET).stat().st_mtime_ns
    again = CaseServer(tmp_path / "case", tmp_path / "cache")
    assert again.wait_for_tiles(60.0)
    again.close_at_once()
    assert (kept / TILESET).stat().st_mtime_ns == before


def test_a_case_without_survey_is_not_served(tmp_path: Path) -> None:
    write(inspections.inspection(), tmp_path)
    (tmp_path / "viewer.html").touch()
    with pytest.raises(EvidenceError, match=r"holds no deviation\.laz"):
        CaseServer(tmp_path, tmp_path / "cache")
