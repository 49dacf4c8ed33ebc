"""Everything that is wrong with a plan, collected before anything runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, ClassVar

from pydantic import ValidationError

from pipelines.batch.model import Frozen
from twin.errors import ManyFaults


class PlanError(ManyFaults):
    """A plan that cannot run, with all its faults."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: a file and what it is in there, such as ``cases 2 (tower)`` or ``line 4``."""

    path: Path
    part: str = ""

    def says(self, key: str, what: str, hint: str) -> str:
        """A fault in one line."""
        said = " ".join(f"{what}: {hint}".split())
        return ": ".join([*filter(None, [str(self.path), self.part, key]), said])


@dataclass(frozen=True, slots=True)
class Faults:
    """Collects what is wrong; nothing is raised before all is read."""

    lines: list[str] = field(default_factory=list)

    def add(self, place: Place, key: str, what: str, hint: str) -> None:
        """Notes one fault, once."""
        line = place.says(key, what, hint)
        if line not in self.lines:
            self.lines.append(line)

    def end(self) -> None:
        """Raises `PlanError` where anything was noted."""
        if self.lines:
            raise PlanError(self.lines)


class Checked(Frozen):
    """Base of what people write: no key is required of the type, so that what is there can be read without the rest."""

    REQUIRED: ClassVar[tuple[str, ...]] = ()


def sound(model: type[Checked], values: dict[str, Any], place: Place, faults: Faults) -> dict[str, Any]:
    """The values that are right by themselves; what is wrong with the others, or missing, is noted."""
    for key in model.REQUIRED:
        if key not in values:
            faults.add(place, key, "is missing", "see docs/reference/plan.md")
    try:
        return model.model_validate(values).model_dump(exclude_unset=True)
    except ValidationError as error:
        for each in error.errors():
            _note(model, each, place, faults)
        wrong = {str(each["loc"][0]) for each in error.errors()}
    kept = {key: value for key, value in values.items() if key not in wrong}
    return model.model_validate(kept).model_dump(exclude_unset=True)


def _note(model: type[Checked], error: Any, place: Place, faults: Faults) -> None:
    names = [str(part + 1) if isinstance(part, int) else str(part) for part in error["loc"]]
    key, known = ".".join(names[:2]), [each.alias or name for name, each in model.model_fields.items()]
    if error["type"] == "extra_forbidden":
        near = get_close_matches(names[-1], known, 1)
        hint = f"is {near[0]} meant?" if near else f"the keys here are {', '.join(known)}"
        faults.add(place, key, "there is no such key", hint)
    else:
        what = error["msg"].removeprefix("Value error, ")
        faults.add(place, key, what[:1].lower() + what[1:], "see docs/reference/plan.md")
