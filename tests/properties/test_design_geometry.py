from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ifc_models import CUBE, CUBE_OUTWARD

from twin.design.columns import columns
from twin.design.floors import levels, plan_area_m2
from twin.design.georeference import Conversion
from twin.design.mapping import map_from_design
from twin.design.placing import Bands
from twin.design.surface import solid
from twin.design.tessellation import Body
from twin.design.text import MAX_NAME, plain
from twin.frames import checked_similarity, move

TRIANGLES = np.array([t for a, b, c, d in CUBE_OUTWARD for t in ((a, b, c), (a, c, d))], dtype=np.int32)
FINITE = st.floats(-50.0, 50.0, allow_nan=False)


def box(low: np.ndarray, size: np.ndarray) -> np.ndarray:
    """(12, 3, 3) outward triangles of a box."""
    return (np.array(CUBE) * size + low)[TRIANGLES]


def volume(vertices: np.ndarray, triangles: np.ndarray) -> float:
    corners = vertices[triangles] - vertices[0]
    return float(np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6.0)


@given(
    st.lists(
        st.tuples(st.floats(0.05, 5.0), st.floats(0.05, 5.0), st.floats(0.05, 5.0), st.booleans()),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([0.0, 3e6, 4.5e7]),
    st.randoms(use_true_random=False),
)
@settings(max_examples=80, deadline=None)
def test_every_shell_ends_outward_however_it_came(shells: list, far: float, random: object) -> None:
    """Separate boxes, some inside out, unwelded and shuffled: the volume is the sum of the boxes."""
    corners = []
    for i, (a, b, c, inside_out) in enumerate(shells):
        shell = box(np.array([far + 10.0 * i, far, 0.0]), np.array([a, b, c]))
        corners.append(shell[:, ::-1] if inside_out else shell)
    soup = np.concatenate(corners)
    random.shuffle(order := list(range(len(soup))))  # type: ignore[attr-defined]
    soup = soup[order]
    built = solid(Body(soup.reshape(-1, 3), np.arange(len(soup) * 3, dtype=np.int32).reshape(-1, 3)))
    assert built is not None
    assert built.is_closed
    expected = sum(a * b * c for a, b, c, _ in shells)
    assert abs(volume(built.vertices, built.triangles) - expected) <= 1e-5 * max(1.0, expected) + far * 1e-12
    assert built.was_inside_out == any(inside_out for *_, inside_out in shells)


@given(st.floats(0.5, 3.0), st.booleans())
@settings(max_examples=30, deadline=None)
def test_a_cavity_stays_a_cavity(size: float, all_turned: bool) -> None:
    outer = box(np.zeros(3), np.full(3, 10.0))
    inner = box(np.full(3, 3.0), np.full(3, size))[:, ::-1]
    soup = np.concatenate([outer, inner])
    soup = soup[:, ::-1] if all_turned else soup
    built = solid(Body(soup.reshape(-1, 3), np.arange(len(soup) * 3, dtype=np.int32).reshape(-1, 3)))
    assert built is not None
    assert abs(volume(built.vertices, built.triangles) - (1000.0 - size**3)) < 1e-6
    assert built.was_inside_out == all_turned


@given(FINITE, FINITE, st.floats(4.0, 25.0), st.floats(4.0, 25.0), st.floats(2.5, 5.0), st.floats(0.0, 6.28))
@settings(max_examples=60, deadline=None)
def test_floors_do_not_depend_on_where_the_building_lies(
    x: float, y: float, a: float, b: float, storey: float, turn: float
) -> None:
    slabs = [box(np.array([0.0, 0.0, i * storey - 0.2]), np.array([a, b, 0.2])) for i in range(3)]
    corners = np.concatenate(slabs)
    element = np.repeat(np.arange(3, dtype=np.int32), 12)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    moved = corners.copy()
    moved[:, :, :2] = corners[:, :, :2] @ matrix.T + [x, y]
    found = levels(columns(moved, element, np.ones(36, dtype=np.bool_)))
    np.testing.assert_allclose([level.elevation_m for level in found], [0.0, storey, 2 * storey], atol=1e-9)
    areas = [plan_area_m2(moved, element, level) for level in found]
    np.testing.assert_allclose(areas, a * b, rtol=1e-3)
    assert [level.covered_m2 > 0.0 for level in found] == [True, True, False]
    edge = 2.0 * (a + b) * 0.2
    np.testing.assert_allclose([found[0].covered_m2, found[2].open_m2], a * b, atol=edge)


@given(FINITE, FINITE, st.floats(0.3, 9.0), st.floats(0.3, 9.0))
@settings(max_examples=60, deadline=None)
def test_columns_meet_a_diagonal_once(x: float, y: float, a: float, b: float) -> None:
    """No column is lost or doubled on the edge that two triangles share."""
    corners = box(np.array([x, y, 0.0]), np.array([a, b, 1.0]))
    met = columns(corners, np.zeros(12, dtype=np.int32), np.ones(12, dtype=np.bool_))
    assert len(np.unique(met.column)) == len(met.column)
    assert (met.height == 1.0).all()
    assert np.isinf(met.clear_m).all()
    assert abs(len(met.column) * met.cell_m**2 - a * b) <= met.cell_m * (a + b) + met.cell_m**2


@given(
    st.floats(-1e6, 5e7), st.floats(-1e6, 1e7), st.floats(-500, 9000), st.floats(0, 6.28), st.floats(0.9995, 1.0005),
    st.sampled_from([(1.0, 1.0), (0.001, 1.0), (0.3048, 1.0), (0.001, 0.001), (0.3048, 0.3048)]),
    st.floats(0.1, 10.0),
)  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_units_never_move_the_building(
    east: float, north: float, height: float, turn: float, grid: float, units: tuple[float, float], stretch: float
) -> None:
    length, unit = units
    axis = (float(np.cos(turn)) * stretch, float(np.sin(turn)) * stretch)
    stated = Conversion(
        "x", east / unit, north / unit, height / unit, axis, grid * length / unit, (1.0, 1.0, 1.0), None, unit
    )
    matrix, conflicts = map_from_design(stated, length, None)
    assert conflicts == []
    checked_similarity(matrix, "matrix")
    place = move(matrix, np.array([[10.0, 0.0, 2.0]]))[0]
    expected = [east + 10 * grid * np.cos(turn), north + 10 * grid * np.sin(turn), height + 2 * grid]
    np.testing.assert_allclose(place, expected, atol=1e-6)


@given(
    st.lists(st.floats(2.2, 6.0), min_size=1, max_size=8), st.integers(0, 7), st.floats(0.0, 1.0), st.floats(0.1, 20.0),
    st.one_of(st.none(), st.integers(0, 7)),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_what_stands_on_a_floor_belongs_to_it_whatever_the_file_says(
    heights: list[float], floor: int, share: float, tall: float, container: int | None
) -> None:
    elevations = tuple(float(z) for z in np.cumsum([0.0, *heights]))
    floor = min(floor, len(heights) - 1)
    opinion = None if container is None else min(container, len(elevations) - 1)
    bands = Bands(elevations, (True,) * len(elevations), (frozenset(),) * len(elevations))
    room = heights[floor] - 0.6 - 0.5
    base = elevations[floor] + share * room * 0.999
    assert bands.storey(0, base, base + tall, opinion) == floor


@given(st.text(max_size=400))
def test_names_end_up_printable_in_one_line(text: str) -> None:
    found = plain(text)
    assert len(found) <= MAX_NAME
    assert found.isprintable() or all(c.isprintable() or c.isspace() or not c.isascii() for c in found)
    assert "\n" not in found
    assert "\x1b" not in found
    assert plain(found) == found
