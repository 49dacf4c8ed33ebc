"""The building, part by part, as approved or as built."""

from __future__ import annotations

from samples import facade, interior, rooftop, structure
from samples import plan as p
from samples.plan import Plan
from samples.solids import Part


def parts(plan: Plan) -> tuple[Part, ...]:
    """All parts of the building; those that stand in both have the same keys in both."""
    made: list[Part] = []
    for level in plan.levels:
        made += structure.floor(level)
        if level.above_ground:
            made += facade.outer_walls(plan, level)
        else:
            made += facade.basement_walls(level)
        made += structure.columns(level) + structure.core(level) + structure.stair(level)
        made += interior.partitions(level) + interior.rails(level) + interior.rooms(level) + interior.furniture(level)
        if level.floor > 0.0 and level.key != "7F":
            made += facade.balconies(plan, level)
        if plan.has_violations and level.key == p.INFILLED_LEVEL:
            made += structure.infill(level)
    made += facade.entrance() + structure.roof(plan) + rooftop.rooftop(plan)
    keys = [part.key for part in made]
    assert len(set(keys)) == len(keys), "every part has a key of its own"
    return tuple(made)
