from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.ifc_models import SCHEMAS, UNITS, ModelWriter, small_building

from twin.design import read_design
from twin.design.bays import Bay, bays_of
from twin.design.model import Design, GridAxis

HOSTILE = "</text><script>window.harmed=1</script>\u202e\x07" + "A" * 10_000


class GridWriter:
    """Adds one grid to a model; lengths in metres, in the grid's own frame."""

    def __init__(self, model: ModelWriter, at: tuple[float, float, float] = (0.0, 0.0, 0.0), turn_deg: float = 0.0):
        self.model, self.make = model, model._make
        turn = np.radians(turn_deg)
        along = self.make("IfcDirection", (float(np.cos(turn)), float(np.sin(turn)), 0.0))
        up = self.make("IfcDirection", (0.0, 0.0, 1.0))
        axes = self.make("IfcAxis2Placement3D", model._point(at), up, along)
        self.placement = self.make("IfcLocalPlacement", model.building.ObjectPlacement, axes)
        self.axes: dict[str, list[Any]] = {"UAxes": [], "VAxes": [], "WAxes": []}

    def axis(self, tag: str | None, curve: Any, family: str = "UAxes") -> None:
        self.axes[family].append(self.make("IfcGridAxis", tag, curve, True))

    def line(self, tag: str | None, start: Any, end: Any, family: str = "UAxes") -> None:
        self.axis(tag, self.make("IfcPolyline", [self.flat(start), self.flat(end)]), family)

    def flat(self, at: Any) -> Any:
        return self.make("IfcCartesianPoint", tuple(float(c) / self.model.unit_m for c in at))

    def circle(self, radius: float, centre: Any = (0.0, 0.0)) -> Any:
        place = self.make("IfcAxis2Placement2D", self.flat(centre), None)
        return self.make("IfcCircle", place, radius / self.model.unit_m)

    def write(self, storey: Any = None) -> Any:
        grid = self.model._rooted("IfcGrid", Name="axes", ObjectPlacement=self.placement)
        for family, axes in self.axes.items():
            setattr(grid, family, axes or None)
        if storey is not None:
            self.model.contain(storey, [grid])
        return grid


def drawn(design: Design) -> dict[str, GridAxis]:
    assert len({axis.tag for axis in design.axes}) == len(design.axes)
    return {axis.tag: axis for axis in design.axes}


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("unit", UNITS)
def test_lines_lie_where_the_grid_is_placed_in_every_schema_and_unit(schema: str, unit: str, tmp_path: Path) -> None:
    model = small_building(schema, unit)
    grid = GridWriter(model, (10.0, 20.0, 3.0), 90.0)
    grid.line("1", (4.0, -1.0), (4.0, 10.0))
    grid.line("A", (-1.0, 3.0), (10.0, 3.0), "VAxes")
    grid.write(model.file.by_type("IfcBuildingStorey")[0])
    axes = drawn(read_design([model.write(tmp_path / "a.ifc")]))
    np.testing.assert_allclose(axes["1"].points, [[11.0, 24.0, 3.0], [0.0, 24.0, 3.0]], atol=1e-9)
    np.testing.assert_allclose(axes["A"].points, [[7.0, 19.0, 3.0], [7.0, 30.0, 3.0]], atol=1e-9)
    assert {axis.storey for axis in axes.values()} == {"Level 1"}


def test_arcs_and_what_is_put_together_become_lines_of_points(tmp_path: Path) -> None:
    model = small_building("IFC4", "mm")
    grid = GridWriter(model)
    make, circle = model._make, grid.circle(5.0, (1.0, 2.0))
    degrees = [model.file.create_entity("IfcParameterValue", np.radians(value)) for value in (0.0, 90.0)]
    quarter = make("IfcTrimmedCurve", circle, [degrees[0]], [degrees[1]], True, "PARAMETER")
    back = make("IfcTrimmedCurve", circle, [degrees[0]], [degrees[1]], False, "PARAMETER")
    grid.axis("quarter", quarter)
    grid.axis("back", back)
    vector = make("IfcVector", make("IfcDirection", (2.0, 0.0)), 1000.0)
    line = make("IfcLine", grid.flat((0.0, 7.0)), vector)
    ends = [[grid.flat((x, 7.0))] for x in (1.0, 6.0)]
    trimmed = make("IfcTrimmedCurve", line, *ends, True, "CARTESIAN")
    grid.axis("line", line)
    grid.axis("trimmed", trimmed)
    list_ = make("IfcCartesianPointList2D", [[0.0, 0.0], [5000.0, 5000.0], [10_000.0, 0.0], [20_000.0, 0.0]])
    parts = [model.file.create_entity("IfcArcIndex", (1, 2, 3)), model.file.create_entity("IfcLineIndex", (3, 4))]
    grid.axis("indexed", make("IfcIndexedPolyCurve", list_, parts, False), "VAxes")
    pieces = [make("IfcCompositeCurveSegment", "CONTINUOUS", same, curve) for same, curve in ((False, quarter),)]
    grid.axis("joined", make("IfcCompositeCurve", pieces, False), "WAxes")
    grid.write()
    axes = {tag: axis.points for tag, axis in drawn(read_design([model.write(tmp_path / "a.ifc")])).items()}
    for tag in ("quarter", "back", "joined"):
        np.testing.assert_allclose(np.linalg.norm(axes[tag][:, :2] - (1.0, 2.0), axis=1), 5.0, atol=1e-9)
    np.testing.assert_allclose(axes["quarter"][[0, -1], :2], [[6.0, 2.0], [1.0, 7.0]], atol=1e-9)
    assert axes["back"][:, 1].min() == pytest.approx(-3.0, abs=0.01)  # the long way round
    np.testing.assert_allclose(axes["joined"], axes["quarter"][::-1], atol=1e-9)
    np.testing.assert_allclose(axes["line"][:, :2], [[0.0, 7.0], [1.0, 7.0]], atol=1e-9)
    np.testing.assert_allclose(axes["trimmed"][:, :2], [[1.0, 7.0], [6.0, 7.0]], atol=1e-9)
    arc = axes["indexed"][:-1]
    np.testing.assert_allclose(np.linalg.norm(arc[:, :2] - (5.0, 0.0), axis=1), 5.0, atol=1e-9)
    assert axes["indexed"][:, 1].max() == pytest.approx(5.0, abs=0.01)


def test_a_grid_repeated_on_every_storey_is_one_at_the_lowest(tmp_path: Path) -> None:
    model = small_building(floors=3)
    for height, storey in zip((3.0, 0.0, 6.0), model.file.by_type("IfcBuildingStorey")[:3], strict=True):
        grid = GridWriter(model, (0.0, 0.0, height))
        grid.line("1", (1.0, 0.0), (1.0, 9.0))
        grid.line("2", (1.0, 0.0) if height else (2.0, 0.0), (5.0, 9.0), "VAxes")
        grid.write(storey)
    design = read_design([model.write(tmp_path / "a.ifc")])
    assert [axis.tag for axis in design.axes] == ["1", "2", "2"]
    assert design.axes[0].points[:, 2].tolist() == [0.0, 0.0]
    assert design.axes[0].storey is None
    assert {axis.storey for axis in design.axes if axis.tag == "2"} == {None, "Level 2"}


def test_odd_axes_are_left_out_and_said_hostile_tags_are_text(tmp_path: Path) -> None:
    model = small_building()
    grid = GridWriter(model)
    grid.line(HOSTILE, (0.0, 0.0), (0.0, 9.0))
    grid.line(None, (1.0, 0.0), (1.0, 9.0))
    grid.line("same", (1.0, 1.0), (1.0, 1.0))
    grid.line("far", (0.0, 0.0), (1e12, 0.0))
    grid.axis("straight", model._make("IfcOffsetCurve2D", grid.circle(1.0), 1.0, False))
    grid.axis("nothing", None)
    grid.write()
    design = read_design([model.write(tmp_path / "a.ifc")], tmp_path / "cache")
    (axis,) = design.axes
    assert len(axis.tag) == 200
    assert axis.tag.isprintable()
    assert any("4 grid axes cannot be read" in note for note in design.notes)
    assert any("1 grid axes have no tag" in note for note in design.notes)
    plain = read_design([small_building().write(tmp_path / "a.ifc")])
    assert [e.name for e in plain.elements] == [e.name for e in design.elements]
    assert plain.axes == ()


def test_grids_that_lead_back_to_themselves_or_never_end_are_left_out(tmp_path: Path) -> None:
    model = small_building()
    grid, make = GridWriter(model), model._make
    ring = make("IfcCompositeCurve", None, False)
    ring.Segments = [make("IfcCompositeCurveSegment", "CONTINUOUS", True, ring) for _ in range(50)]
    grid.axis("ring", ring)
    list_ = make("IfcCartesianPointList2D", [[0.0, 0.0], [1.0, 5.0]])
    back = [model.file.create_entity("IfcLineIndex", (1, 2) * 1000) for _ in range(2000)]
    grid.axis("long", make("IfcIndexedPolyCurve", list_, back, False))
    grid.axis("wrong", make("IfcIndexedPolyCurve", list_, [model.file.create_entity("IfcLineIndex", (1, 9))], False))
    for number in range(1200):
        grid.line(None if number % 2 else f"{number}", (number, 0.0), (number, 9.0), "VAxes")
    grid.write()
    design = read_design([model.write(tmp_path / "a.ifc")])
    assert 400 < len(design.axes) < 500
    assert {"ring", "long", "wrong"}.isdisjoint(axis.tag for axis in design.axes)
    assert any("more than 1000 grid axes" in note for note in design.notes)


def test_the_cache_carries_the_axes(tmp_path: Path) -> None:
    model = small_building()
    grid = GridWriter(model, (0.1, 0.2, 0.3), 17.0)
    grid.line("Ä 1", (1.0, 0.0), (1.0, 9.0))
    grid.axis("arc", grid.circle(3.3))
    grid.write()
    path = model.write(tmp_path / "a.ifc")
    first, second = (read_design([path], tmp_path / "cache") for _ in range(2))
    assert [axis.tag for axis in second.axes] == ["Ä 1", "arc"]
    for one, other in zip(first.axes, second.axes, strict=True):
        assert (one.tag, one.storey) == (other.tag, other.storey)
        assert one.points.tobytes() == other.points.tobytes()
        assert not other.points.flags.writeable


def axis(tag: str, start: tuple[float, float], end: tuple[float, float]) -> GridAxis:
    return GridAxis(tag, np.array([[*start, 0.0], [*end, 0.0]]))


def grid_of(turn_deg: float = 0.0) -> list[GridAxis]:
    """1 to 5 every 6 m along x, A to D every 5 m along y, turned about the origin."""
    axes = [axis(str(i + 1), (6.0 * i, -2.0), (6.0 * i, 17.0)) for i in range(5)]
    axes += [axis("ABCD"[i], (-2.0, 5.0 * i), (26.0, 5.0 * i)) for i in range(4)]
    return [GridAxis(one.tag, turned(one.points, turn_deg)) for one in axes]


def turned(points: Any, turn_deg: float) -> Any:
    turn = np.radians(turn_deg)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.column_stack([points[:, :2] @ matrix.T, points[:, 2:]])


def box(x0: float, y0: float, x1: float, y1: float) -> Any:
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])


@pytest.mark.parametrize("turn_deg", [0.0, 30.0, 90.0, 200.0])
@pytest.mark.parametrize(
    ("corners", "letters", "numbers"),
    [
        (box(6.3, 5.2, 17.8, 9.8), ("B", "C", 0.0, 0.0), ("2", "4", 0.0, 0.0)),
        (box(6.0, 5.0, 12.0, 10.0), ("B", "C", 0.0, 0.0), ("2", "3", 0.0, 0.0)),
        (box(-0.15, -0.15, 24.15, 15.15), ("A", "D", 0.0, 0.0), ("1", "5", 0.0, 0.0)),
        (box(8.0, 13.0, 10.0, 19.0), ("C", "D", 0.0, 4.0), ("2", "3", 0.0, 0.0)),
        (box(25.0, 6.0, 28.0, 7.0), ("B", "C", 0.0, 0.0), ("5", "5", 0.0, 4.0)),
        (box(-3.0, -3.0, 27.0, 18.0), ("A", "D", 3.0, 3.0), ("1", "5", 3.0, 3.0)),
        (box(-4.0, 1.0, -1.0, 2.0), ("A", "B", 0.0, 0.0), ("1", "1", 4.0, 0.0)),
    ],
)
def test_a_place_is_told_by_its_axes(
    corners: Any, letters: tuple[Any, ...], numbers: tuple[Any, ...], turn_deg: float
) -> None:
    found = bays_of(grid_of(turn_deg), turned(corners, turn_deg))
    for bay, wanted in zip(found, (letters, numbers), strict=True):
        assert (bay.start, bay.end) == wanted[:2]
        assert (bay.before_m, bay.after_m) == pytest.approx(wanted[2:], abs=1e-9)


@given(
    st.floats(-20.0, 40.0), st.floats(0.0, 30.0), st.floats(-20.0, 40.0), st.floats(0.0, 30.0), st.floats(-180.0, 180.0)
)
def test_what_a_bay_names_encloses_the_thing(x: float, width: float, y: float, depth: float, turn_deg: float) -> None:
    corners = box(x, y, x + width, y + depth)
    letters, numbers = bays_of(grid_of(turn_deg), turned(corners, turn_deg))
    for bay, names, pitch, low, high in ((letters, "ABCD", 5.0, y, y + depth), (numbers, "12345", 6.0, x, x + width)):
        start, end = pitch * names.index(bay.start), pitch * names.index(bay.end)
        assert start <= end
        assert start - bay.before_m <= low + 0.5 + 1e-6
        assert end + bay.after_m >= high - 0.5 - 1e-6
        assert bay.before_m == 0.0 or bay.start == names[0]
        assert bay.after_m == 0.0 or bay.end == names[-1]


def test_axes_that_bend_or_stand_alone_say_nothing() -> None:
    arc = GridAxis("R", np.column_stack([np.cos(np.linspace(0, 1, 9)), np.sin(np.linspace(0, 1, 9)), np.zeros(9)]))
    lone = axis("1", (0.0, 0.0), (0.0, 9.0))
    assert bays_of([arc, lone], box(1.0, 1.0, 2.0, 2.0)) == ()
    assert bays_of([], box(1.0, 1.0, 2.0, 2.0)) == ()


def test_each_wing_counts_by_its_own_axes() -> None:
    east = [axis(f"E{i}", (100.0 + i, 0.0), (100.0 + i, 20.0)) for i in range(3)]
    west = [axis(f"W{i}", (100.0 + i, 60.0), (100.0 + i, 80.0)) for i in range(3)]
    assert bays_of([*east, *west], box(100.1, 65.0, 100.9, 66.0)) == (Bay("W0", "W1", 0.0, 0.0),)
