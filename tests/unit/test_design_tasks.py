"""What is due by the model's own schedule."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from support.ifc_models import SCHEMAS, ModelWriter

from twin.design import read_design
from twin.design.cache import load, place_of, store
from twin.design.expected import Expected
from twin.design.model import Design
from twin.errors import DesignError


def finish(writer: ModelWriter, task: Any, day: str) -> None:
    """Says when a task ends, as its schema does."""
    if writer.schema != "IFC2X3":
        task.TaskTime = writer.file.create_entity("IfcTaskTime", ScheduleFinish=f"{day}T17:00:00")
        return
    year, month, number = (int(part) for part in day.split("-"))
    calendar = writer.file.create_entity("IfcCalendarDate", number, month, year)
    time = writer._rooted("IfcScheduleTimeControl", ScheduleFinish=calendar)
    plan = writer._rooted("IfcWorkSchedule", Identifier="1", CreationDate=calendar, StartTime=calendar)
    writer._rooted("IfcRelAssignsTasks", RelatedObjects=[task], RelatingControl=plan, TimeForTask=time)


def task(writer: ModelWriter, day: str | None, kind: str = "CONSTRUCTION") -> Any:
    made = writer._rooted("IfcTask", Name="Task", **({"TaskId": "1"} if writer.schema == "IFC2X3" else {}))
    made.IsMilestone = False
    if writer.schema != "IFC2X3":
        made.PredefinedType = kind
    if day is not None:
        finish(writer, made, day)
    return made


def assign(writer: ModelWriter, made: Any, *things: Any) -> None:
    writer._rooted("IfcRelAssignsToProcess", RelatedObjects=list(things), RelatingProcess=made)


def model(path: Path, schema: str) -> Path:
    writer = ModelWriter(schema)
    ground, upper = writer.storey("Ground", 0.0), writer.storey("Upper", 3.0)
    slab = writer.box("IfcSlab", "slab", (0, 0, -0.2), (8, 6, 0), ground)
    walls = [writer.box("IfcWall", f"wall {n}", (n, 0, 0), (n + 0.3, 6, 3), ground) for n in range(4)]
    roof = writer.box("IfcSlab", "roof", (0, 0, 3), (8, 6, 3.2), upper)
    writer.box("IfcWall", "unplanned", (6, 0, 0), (6.3, 6, 3), ground)
    assign(writer, task(writer, "2026-03-01"), slab)
    assign(writer, task(writer, "2026-05-01"), *walls[:2])
    assign(writer, task(writer, "2026-06-15"), walls[1])  # plastered later: that is when it is finished
    whole, part = task(writer, "2026-07-01"), task(writer, None)
    nests = "IfcRelNests"
    writer._rooted(nests, RelatingObject=whole, RelatedObjects=[part])
    assign(writer, part, walls[2])
    assign(writer, task(writer, None), walls[3])
    assign(writer, task(writer, "2026-09-30"), upper)
    if schema != "IFC2X3":
        assign(writer, task(writer, "2030-01-01", "DEMOLITION"), slab)
        product = task(writer, "2026-08-08")
        writer._rooted("IfcRelAssignsToProduct", RelatedObjects=[product], RelatingProduct=walls[3])
    assert roof is not None
    return writer.write(path)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_each_element_is_due_when_the_last_task_that_builds_it_ends(schema: str, tmp_path: Path) -> None:
    due = days(read_design([model(tmp_path / "plan.ifc", schema)]))
    assert due == {
        "slab": "2026-03-01",
        "wall 0": "2026-05-01",
        "wall 1": "2026-06-15",
        "wall 2": "2026-07-01",
        "wall 3": None if schema == "IFC2X3" else "2026-08-08",
        "roof": "2026-09-30",
        "unplanned": None,
    }


def days(design: Design) -> dict[str, str | None]:
    return {element.name: element.due_on for element in design.elements}


def test_the_kept_design_knows_the_days(tmp_path: Path) -> None:
    path = model(tmp_path / "plan.ifc", "IFC4")
    design = read_design([path])
    place = place_of(tmp_path, [path], ["0" * 64])
    store(place, design)
    kept = load(place, [path])
    assert kept is not None
    assert days(kept) == days(design)


def test_what_is_due_grows_with_time_and_what_nobody_planned_is_always_due(tmp_path: Path) -> None:
    design = read_design([model(tmp_path / "plan.ifc", "IFC4")])
    before: set[str] = set()
    for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 6, 1), date(2026, 12, 31)):
        due = {element.name for element in design.elements if Expected(on=day).is_due(element)}
        assert before <= due
        assert "unplanned" in due
        before = due
    assert before == set(days(design))
    assert {e.name for e in design.elements if Expected(on=date(2026, 3, 1)).is_due(e)} == {"slab", "unplanned"}


def test_a_level_and_a_day_must_both_allow_it(tmp_path: Path) -> None:
    design = read_design([model(tmp_path / "plan.ifc", "IFC4")])
    (roof,) = [element for element in design.elements if element.name == "roof"]
    late = date(2027, 1, 1)
    assert Expected(on=late).is_due(roof)
    assert not Expected(below_m=2.0, on=late).is_due(roof)
    assert not Expected(below_m=9.0, on=date(2026, 1, 1)).is_due(roof)


@pytest.mark.parametrize("day", ["soon", "", "2026-13-45"])
def test_a_day_that_is_none_says_nothing(day: str, tmp_path: Path) -> None:
    writer = ModelWriter("IFC4")
    wall = writer.box("IfcWall", "wall", (0, 0, 0), (4, 0.3, 3), writer.storey("Ground", 0.0))
    made = task(writer, None)
    made.TaskTime = writer.file.create_entity("IfcTaskTime", ScheduleFinish=day)
    assign(writer, made, wall)
    assert days(read_design([writer.write(tmp_path / "odd.ifc")])) == {"wall": None}


def test_tasks_in_a_circle_are_refused(tmp_path: Path) -> None:
    writer = ModelWriter("IFC4")
    wall = writer.box("IfcWall", "wall", (0, 0, 0), (4, 0.3, 3), writer.storey("Ground", 0.0))
    one, other = task(writer, None), task(writer, None)
    writer._rooted("IfcRelNests", RelatingObject=one, RelatedObjects=[other])
    writer._rooted("IfcRelNests", RelatingObject=other, RelatedObjects=[one])
    assign(writer, one, wall)
    with pytest.raises(DesignError, match="circle"):
        read_design([writer.write(tmp_path / "circle.ifc")])
