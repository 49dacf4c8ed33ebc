"""Writes the parts of the reference that the code itself knows: ``python -m pipelines.reference docs/reference``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from pipelines.described import section_tables
from pipelines.projects import reference as projects
from pipelines.settings import Settings
from twin.evidence.schema import SCHEMA, Inspection
from twin.supervision.following.ledger import SCHEMA as FOLLOW_UP
from twin.supervision.following.ledger import Ledger

if TYPE_CHECKING:
    pass

SCHEMA_FILE, FOLLOW_UP_FILE, SETTINGS_FILE = "inspection.schema.json", "follow-up.schema.json", "settings.md"


def schema_text(document: type[BaseModel] = Inspection, name: str = SCHEMA) -> str:
    """JSON Schema of ``inspection.json``, or of another document."""
    schema = document.model_json_schema(by_alias=True, mode="serialization")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": name, **schema}
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def settings_text() -> str:
    """A table of every setting: default, range, reason."""
    lines = [
        "# Settings",
        "",
        "Every parameter of every stage. `plumbline inspect --settings FILE` reads a TOML file with one table for each",
        "section; what it does not name keeps its default. A name ends in its unit; one without a unit is a share, a",
        "count or a factor. All values and their digest stand in `inspection.json`.",
        "",
        "    [deviation]",
        "    tolerance_m = 0.03",
    ]
    return "\n".join([*lines, *section_tables(Settings())]) + "\n"


def write(folder: Path) -> None:
    """Writes every page into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SCHEMA_FILE).write_text(schema_text(), encoding="utf-8", newline="\n")
    follow_up = schema_text(Ledger, FOLLOW_UP)
    (folder / FOLLOW_UP_FILE).write_text(follow_up, encoding="utf-8", newline="\n")
    (folder / SETTINGS_FILE).write_text(settings_text(), encoding="utf-8", newline="\n")
    (folder / projects.PROJECT_FILE).write_text(projects.project_text(), encoding="utf-8", newline="\n")
    (folder / projects.SUPERVISION_FILE).write_text(projects.supervision_text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
