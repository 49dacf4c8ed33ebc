"""When each element is to stand, where the model carries a schedule: IfcTask and what is assigned to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from twin.design.text import plain

_TAKEN_AWAY = {"DEMOLITION", "DISMANTLE", "DISPOSAL", "REMOVAL"}
_NOT_BUILDING = {"MAINTENANCE", "OPERATION", "ATTENDANCE", "LOGISTIC", "MOVE", "RENOVATION"}


def due_dates(model: Any) -> dict[str, str]:
    """ISO day by GlobalId on which each element is to stand: the latest end of the tasks that build it.

    Elements are assigned to a task by IfcRelAssignsToProcess, or as its product by IfcRelAssignsToProduct, themselves
    or with the whole of which they are part. A task without a time of its own ends with the one that it is part of.
    Tasks that take away, maintain or move build nothing. In IFC2X3 the time stands in IfcRelAssignsTasks.

    Parameters
    ----------
    model : ifcopenshell.file
    """
    dates: dict[str, str] = {}
    ends: dict[int, str | None] = {}
    for task, thing in _assignments(model):
        if task.id() not in ends:
            ends[task.id()] = _end(task)
        if (day := ends[task.id()]) is None:
            continue
        for element in _with_parts(thing):
            name = plain(element.GlobalId)
            dates[name] = max(dates.get(name, ""), day)
    return dates


def _assignments(model: Any) -> Iterator[tuple[Any, Any]]:
    """Each task that builds, with each thing assigned to it."""
    for relation in _all(model, "IfcRelAssignsToProcess"):
        task = relation.RelatingProcess
        if _builds(task):
            yield from ((task, thing) for thing in relation.RelatedObjects or () if thing.is_a("IfcObjectDefinition"))
    for relation in _all(model, "IfcRelAssignsToProduct"):
        product = relation.RelatingProduct
        for task in relation.RelatedObjects or ():
            if _builds(task) and product is not None and product.is_a("IfcObjectDefinition"):
                yield task, product


def _all(model: Any, name: str) -> Iterable[Any]:
    try:
        found: Iterable[Any] = model.by_type(name)
    except RuntimeError:  # the schema has no such entity
        return ()
    return found


def _builds(task: Any) -> bool:
    if task is None or not task.is_a("IfcTask"):
        return False
    kind = str(getattr(task, "PredefinedType", None) or "")
    return kind not in _TAKEN_AWAY | _NOT_BUILDING


def _end(task: Any) -> str | None:
    """ISO day on which a task ends, by its own time or that of a task above it; none nest in a circle by now."""
    if day := _own_end(task):
        return day
    relations = (*(getattr(task, "Nests", None) or ()), *(getattr(task, "Decomposes", None) or ()))
    above = [relation.RelatingObject for relation in relations]
    return _end(above[0]) if above and above[0].is_a("IfcTask") else None


def _own_end(task: Any) -> str | None:
    time = getattr(task, "TaskTime", None)
    if time is not None:
        return _day(time.ScheduleFinish) or _day(getattr(time, "EarlyFinish", None))
    for relation in getattr(task, "HasAssignments", None) or ():
        if relation.is_a("IfcRelAssignsTasks") and getattr(relation, "TimeForTask", None) is not None:
            return _day(relation.TimeForTask.ScheduleFinish)
    return None


def _day(value: Any) -> str | None:
    """ISO day of a date of IFC4, which is text, or of IFC2X3, which is an entity."""
    if value is None:
        return None
    if isinstance(value, str):
        return _checked(value[:10])
    calendar = getattr(value, "DateComponent", value)
    try:
        year, month, day = calendar.YearComponent, calendar.MonthComponent, calendar.DayComponent
    except AttributeError:
        return None
    return _checked(f"{year:04d}-{month:02d}-{day:02d}")


def _checked(text: str) -> str | None:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _with_parts(thing: Any) -> Iterator[Any]:
    """A thing with all that it consists of or contains, each once."""
    waiting, seen = [thing], set()
    while waiting:
        one = waiting.pop()
        if one.id() in seen:
            continue
        seen.add(one.id())
        yield one
        for relation in (*(getattr(one, "IsDecomposedBy", None) or ()), *(getattr(one, "IsNestedBy", None) or ())):
            waiting += relation.RelatedObjects or ()
        for relation in getattr(one, "ContainsElements", None) or ():
            waiting += relation.RelatedElements or ()
