"""Pages of the reference on projects and supervision, from the types themselves."""

from __future__ import annotations

from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipelines.described import described, section_tables
from pipelines.projects.importing import COLUMNS, REQUIRED
from twin.conformity.milestone import Milestone
from twin.supervision.moves import MOVES
from twin.supervision.records import InspectionRecord, MilestoneDue, Party, Place, Project, RiskInputs
from twin.supervision.settings import SupervisionSettings

PROJECT_FILE, SUPERVISION_FILE = "project.md", "supervision.md"

_PARTS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("project.toml", Project),
    ("[place]", Place),
    ("[risk]", RiskInputs),
    ("[[responsible]]", Party),
    ("[[milestones]]", MilestoneDue),
    ("[[inspections]]", InspectionRecord),
)
_NAMES = {str: "text", float: "number", int: "whole number", date: "day", Milestone: "milestone"}

_RECORD = """# The record of a project

A folder for each project holds all that is known of it, in plain files:

    project.toml          who and where, permit and design, milestones and surveys: written by people
    decisions.jsonl       what persons decided about findings: only ever added to, by `plumbline project decide`
    decisions.head        where the decisions end, so that none can be cut off unseen
    inspections/          one case folder for each inspection, named MILESTONE-DATE, and MILESTONE-DATE.failed.json
                          where the last run of a batch gave none, with the reason

`plumbline project init FOLDER` writes a record, `plumbline project import` many. Everything else is an editor's work.
Unknown keys are refused. Paths are relative to the project folder.

    schema = "plumbline.project/1"
    number = "2026-017"
    name = "Office building at the canal"
    design = ["../models/approved.ifc"]
    permit = "permit.toml"
    started_on = 2026-01-05

    [risk]
    use = "mixed"
    storey_height_m = 4.8

    [[milestones]]
    milestone = "topping-out"
    due = 2026-05-05

    [[inspections]]
    milestone = "topping-out"
    date = 2026-05-01
    surveys = ["surveys/2026-05-01.e57"]
"""

_COLUMNS = """
## Tables for `plumbline project import`

CSV in UTF-8 with a line of names, one project a line. A project goes into a folder named by its number; one whose
number is there already is left alone. Whatever is wrong with any line is told at once, and then nothing is written.

| column | required | what stands in it |
|---|---|---|"""

_PERMITS = """
## Permit files for `plumbline project import`

Number, project, location and holder of a [permit record](permit.md) become a record; uses and the largest storey height
become grounds of risk. The design is the model beside the permit whose SHA-256 the permit names, or all models there.

## decisions.jsonl

One JSON object a line, in the order in which they were entered:

| key | what stands in it |
|---|---|
| `finding` | GUID, as `plumbline project show` lists it |
| `from`, `to` | state before and after |
| `by` | name of who decided |
| `at` | UTC, as 2026-05-06T07:08:09Z; not in the future, nor before the last decision about the finding |
| `offset` | of the clock by which the time was given, as +08:00; not in logs of earlier versions |
| `why` | the reason; never empty |
| `inspection` | the last that showed the finding; for `rectified` and `closed` that which saw it gone; or null |
| `previous` | SHA-256 of the line before, without its line end; 64 zeros in the first |

A line that was changed, removed, moved or added by another hand is named, and nothing more is decided until the log is
restored: exit code 5. `decisions.head` has the number of lines and the SHA-256 of the last. Who can write both files
can still forge the whole: what protects against that is a sealed copy elsewhere.

## findings.json

Written by follow-up, not by persons: every finding of the project that was ever followed, so that it has its GUID again
when an inspection is made anew or comes late. Nothing is removed from it.

| key | what stands in it |
|---|---|
| `guid` | of the finding |
| `inspection` | the inspection that first showed it |
| `first`, `finding` | as that inspection, and as the last that showed it, states it |

## States of a finding

A survey proposes, a person decides. A new finding is a *candidate*.

| from | to | because |
|---|---|---|"""

_SUPERVISION = """# supervision.toml

An optional file at the root of a portfolio: how closely this office watches, and when a finding counts as changed or
gone. For each project the nearest file at or above its folder holds, from wherever one asks. One table for each
section; what it does not name keeps its default. No rule was found that says how often a project of which risk is to
be inspected, so every number is a proposal. What is asked of a higher tier includes what is asked of a lower one.

    [risk]
    high_from_score = 70

    [schedule]
    high_patrol_days = 14
"""


def project_text() -> str:
    """The page on records, tables and decisions."""
    lines = [_RECORD.rstrip()]
    for title, part in _PARTS:
        lines += _part(title, part)
    lines += [_COLUMNS]
    lines += [f"| `{name}` | {'yes' if name in REQUIRED else ''} | {what} |" for name, what in COLUMNS.items()]
    lines += [_PERMITS]
    lines += [f"| {before} | {after} | {why} |" for before, moves in MOVES.items() for after, why in moves.items()]
    return "\n".join(lines) + "\n"


def supervision_text() -> str:
    """The page on settings of supervision."""
    return "\n".join([_SUPERVISION.rstrip(), *section_tables(SupervisionSettings())]) + "\n"


def _part(title: str, part: type[BaseModel]) -> list[str]:
    summary, reasons = described(part)
    lines = ["", f"## {title}", "", summary, "", "| key | what | default | meaning |", "|---|---|---|---|"]
    for name, field in part.model_fields.items():
        if name != "folder":
            lines.append(f"| `{name}` | {_kind(field.annotation)} | {_default(field)} | {reasons.get(name, '')} |")
    return lines


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    plain = isinstance(field.default, (str, int, float)) and field.default is not None
    return f"`{field.default}`" if plain else ""


def _kind(annotation: Any) -> str:
    """What a key takes, in words."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(inner[0])
    if origin in (Union, UnionType):
        return _kind(next(each for each in inner if each is not NoneType))
    if origin is tuple:
        return f"list of {_kind(inner[0])}s"
    if origin is Literal:
        return " or ".join(f"`{each}`" for each in inner)
    return "table" if issubclass(annotation, BaseModel) else _NAMES[annotation]
