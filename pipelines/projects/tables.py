"""Tables of the index: what the files of projects say, laid out for questions."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, Float, ForeignKey, Integer, MetaData, String, Table, Text

EDITION = 5
"""Of the tables; an index of another edition is made anew."""

PREFIX = "plumbline_"
"""Of each table's name, so that none is taken for a stranger's in a database that others use too."""

metadata = MetaData()

edition = Table(f"{PREFIX}edition", metadata, Column("number", Integer, primary_key=True, autoincrement=False))

project = Table(
    f"{PREFIX}project",
    metadata,
    Column("folder", String, primary_key=True),
    Column("stamp", String, nullable=False),
    Column("day", Date, nullable=False, comment="of which risk and due dates are"),
    Column("settings", String, nullable=False, comment="digest of the settings they rest on"),
    Column("broken", Text, comment="why its files cannot be read"),
    Column("unfollowed", Text, comment="why its findings cannot be followed"),
    Column("number", String, index=True),
    Column("name", Text),
    Column("district", Text),
    Column("grid_cell", Text),
    Column("record", JSON),
    Column("tier", String, index=True),
    Column("score", Float),
    Column("reasons", JSON),
    Column("checks", JSON, comment="asked of it by the day: milestone, due, made, passed_over"),
    Column("undated", JSON, comment="milestones asked of it without a day"),
    Column("undecided", JSON, comment="names of inspections that left their milestone undecided"),
    Column("place", JSON, comment="outline, map_from_design and crs of the design; null where no case tells"),
    Column("progress", JSON, comment="elements that stand, by storey and class"),
)


def _of_project(name: str, *columns: Column[object]) -> Table:
    """A table with rows of projects, in the order of `position`; they go with their project."""
    owner = ForeignKey(f"{PREFIX}project.folder", ondelete="CASCADE")
    return Table(
        f"{PREFIX}{name}",
        metadata,
        Column("folder", String, owner, primary_key=True),
        Column("position", Integer, primary_key=True, autoincrement=False),
        *columns,
    )


milestone = _of_project(
    "milestone",
    Column("milestone", String, nullable=False),
    Column("due", Date, nullable=False, index=True),
    Column("built_to", Text),
)
inspection = _of_project(
    "inspection",
    Column("name", String, nullable=False),
    Column("milestone", String, nullable=False),
    Column("date", Date, nullable=False),
    Column("verdict", String, comment="null while there is no case that can be read"),
    Column("failed_because", Text),
)
finding = _of_project(
    "finding",
    Column("guid", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("storey", Text),
    Column("state", String, nullable=False),
    Column("standing", String, nullable=False),
    Column("proposed", String),
    Column("first_seen", Date, nullable=False),
    Column("last_seen", Date, nullable=False),
    Column("inspection", String, nullable=False),
    Column("area_m2", Float),
    Column("volume_m3", Float),
    Column("height_m", Float),
    Column("outline", JSON, nullable=False),
    Column("part_of", String, comment="GUID of the finding into which it grew"),
    Column("resolved_by", String),
)
decision = _of_project(
    "decision",
    Column("finding", String, nullable=False, index=True),
    Column("before", String, nullable=False),
    Column("after", String, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", String, nullable=False),
    Column("why", Text, nullable=False),
    Column("inspection", String),
    Column("offset", String),
)
due = _of_project(
    "due",
    Column("milestone", String, comment="null for a patrol or a re-inspection"),
    Column("due", Date, nullable=False, index=True),
    Column("why", JSON, nullable=False),
    Column("overdue_days", Integer, nullable=False),
    Column("reinspection", Boolean, nullable=False),
)

PARTS = {"milestone": milestone, "inspection": inspection, "finding": finding, "decision": decision, "due": due}
"""Tables with rows of projects, by what they hold."""
