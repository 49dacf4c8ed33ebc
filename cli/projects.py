"""Lists and pages of projects on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from cli.console import cell, one_line
from cli.findings import COLOURS
from cli.following import progress_lines
from cli.project_words import words
from pipelines.projects.listing import open_questions
from twin.conformity.model import Verdict
from twin.evidence.sentences import said
from twin.supervision.counting import is_open
from twin.supervision.portfolio import latest_case
from twin.supervision.risk import accuses, upheld

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from pipelines.projects.rows import Entry
    from twin.conformity.milestone import Milestone
    from twin.supervision.decisions import Decision
    from twin.supervision.model import Due, FindingState, ProjectState

_NAMED = 10
TIERS = {"high": "bold red", "medium": "yellow", "low": "green"}


def show_list(entries: Sequence[Entry], lang: str, console: Console) -> None:
    """One row a project, and a line for each that cannot be read."""
    say = words(lang)
    if not entries:
        console.print(say["no_projects"])
        return
    table = _table(say, "number", "name", "tier", "score", "with_case", "verdict", "upheld", "next_due")
    for entry in entries:
        if entry.state is not None:
            table.add_row(*map(cell, _project_row(entry.state, say)))
    if table.row_count:
        console.print(table)
        console.print(f"{say['projects']}: {table.row_count}/{len(entries)}", markup=False)
    _show_count_of_unsettled(entries, say, console)
    _show_broken(entries, say, console)


def show_due(
    listed: Sequence[tuple[Entry, Due | None]],
    questions: Sequence[tuple[Entry, Milestone, str]],
    last: date,
    lang: str,
    console: Console,
) -> None:
    """One row for each inspection that is due, and lines for what an empty table does not tell: milestones left
    undecided or without a date, and projects that cannot be read.
    """
    say = words(lang)
    table = _table(say, "due", "overdue", "number", "name", "tier", "milestone", "why")
    for entry, due in listed:
        if entry.state is not None and due is not None:
            state = entry.state
            row = (due.due.isoformat(), _overdue(due), state.project.number, state.project.name)
            table.add_row(*map(cell, (*row, _tier(state, say), _stage(due, say), said(due.why, lang))))
    if table.row_count:
        console.print(table)
    else:
        console.print(f"{say['nothing_due']} {last.isoformat()}", markup=False)
    _show_questions(questions, lang, console)
    _show_broken([entry for entry, due in listed if due is None], say, console)


def _show_questions(questions: Sequence[tuple[Entry, Milestone, str]], lang: str, console: Console) -> None:
    """Each sentence once, with the projects of which it is true."""
    from rich.text import Text

    groups: dict[tuple[str, str], list[str]] = {}
    for entry, milestone, why in questions:
        groups.setdefault((milestone.code, said(why, lang)), []).append(entry.number or str(entry.folder))
    say = words(lang)
    for (code, why), numbers in groups.items():
        told = why if code in why else f"{code} {why}"
        more = f" … (+{len(numbers) - _NAMED})" if len(numbers) > _NAMED else ""
        line = f"{told}: {say['projects']} {len(numbers)}: {', '.join(numbers[:_NAMED])}{more}"
        console.print(Text(one_line(line), style="yellow"), soft_wrap=True)


def show_project(entry: Entry, lang: str, console: Console) -> None:
    """Record, risk, inspections, findings, what is due and what was decided."""
    from rich.text import Text

    state, say = entry.state, words(lang)
    if state is None:
        _show_broken([entry], say, console)
        return
    for name, value in _record(state, say):
        console.print(Text(f"{name}: {one_line(value)}"), soft_wrap=True)
    console.print(Text(f"{say['risk']}: ") + _tier(state, say) + Text(f", {state.risk.score:g} {say['points']}"))
    risk = [(say[f"ground.{each.name}"], said(each.why, lang), f"{each.points:g}") for each in state.risk.reasons]
    _show_part(console, say, "risk", ("ground", "why", "points"), risk)
    _show_part(console, say, "inspections", ("name", "milestone", "day", "verdict"), _inspections(state, say))
    findings = sorted(state.findings, key=accuses, reverse=True)
    shown = ("finding", "kind", "verdict", "storey", "state", "standing", "proposed", "first_seen", "last_seen")
    _show_part(console, say, "findings", shown, [_finding_row(each, say) for each in findings])
    _show_unsettled(entry, say, console)
    for line in progress_lines(entry.progress, say):
        console.print(Text(line), soft_wrap=True)
    due = [(each.due.isoformat(), _overdue(each), _stage(each, say), said(each.why, lang)) for each in state.due]
    due += [("-", "-", _named(at, say), said(why, lang)) for _, at, why in open_questions([entry])]
    due += [("-", "-", _named(each.milestone, say), say["passed_over"]) for each in state.checks if each.passed_over]
    _show_part(console, say, "due", ("due", "overdue", "milestone", "why"), due)
    decided = [
        (_time(each), each.finding, f"{say[each.before]} -> {say[each.after]}", each.by, each.why)
        for each in entry.decisions
    ]  # fmt: skip
    _show_part(console, say, "decisions", ("at", "finding", "from_to", "by", "why"), decided)


def _show_unsettled(entry: Entry, say: dict[str, str], console: Console) -> None:
    """What must be put right by a person: findings that cannot be followed, decisions that hang on nothing."""
    from rich.text import Text

    if entry.unfollowed is not None:
        console.print(Text(f"{say['unfollowed']}: {one_line(entry.unfollowed)}", style="bold red"), soft_wrap=True)
    last = {decision.finding: decision for decision in entry.decisions}
    for guid in entry.loose:
        line = f"{say['loose']}: {guid} ({say[last[guid].after]}, {_time(last[guid])}, {last[guid].by})"
        console.print(Text(one_line(line), style="bold red"), soft_wrap=True)


def _show_count_of_unsettled(entries: Sequence[Entry], say: dict[str, str], console: Console) -> None:
    from rich.text import Text

    unfollowed = [entry for entry in entries if entry.state is not None and entry.unfollowed is not None]
    if unfollowed:
        console.print(f"{say['projects_unfollowed']}: {len(unfollowed)}/{len(entries)}", markup=False)
    for entry in unfollowed:
        line = f"{say['unfollowed']}: {entry.number}: {entry.unfollowed}"
        console.print(Text(one_line(line), style="bold red"), soft_wrap=True)
    if loose := sum(len(entry.loose) for entry in entries):
        console.print(Text(f"{say['findings_loose']}: {loose}", style="bold red"))


def _time(decision: Decision) -> str:
    """By the clock by which it was given; by this machine's where that was not kept."""
    return (decision.time if decision.offset is not None else decision.time.astimezone()).isoformat()


def _project_row(state: ProjectState, say: dict[str, str]) -> tuple[RenderableType, ...]:
    due = state.due[0] if state.due else None
    cases = sum(each.verdict is not None for each in state.inspections)
    suspected = sum(accuses(each) for each in state.findings)
    return (
        one_line(state.project.number),
        one_line(state.project.name),
        _tier(state, say),
        f"{state.risk.score:g}",
        f"{cases}/{len(state.inspections)}",
        _status(state, say),
        f"{upheld(state.findings)}/{suspected}",
        "-" if due is None else f"{due.due.isoformat()} {due.milestone.code if due.milestone else _stage(due, say)}",
    )


def _record(state: ProjectState, say: dict[str, str]) -> Iterable[tuple[str, str]]:
    record = state.project
    yield say["number"], record.number
    yield say["name"], record.name
    yield say["design"], ", ".join(record.design)
    for key in ("permit", "location", "district", "grid_cell", "started_on"):
        if (value := getattr(record, key)) is not None:
            yield say[key], str(value)
    for party in record.responsible:
        yield say["responsible"], ", ".join(filter(None, (party.name, party.role, party.contact)))


def _inspections(state: ProjectState, say: dict[str, str]) -> list[tuple[RenderableType, ...]]:
    return [
        (
            each.name,
            _named(each.milestone, say),
            each.date.isoformat(),
            _verdict(each.verdict, say, each.failed_because),
        )
        for each in state.inspections
    ]


def _finding_row(finding: FindingState, say: dict[str, str]) -> tuple[RenderableType, ...]:
    return (
        finding.guid,
        say[finding.kind],
        _verdict(finding.verdict, say, None),
        finding.storey or "-",
        say[finding.state],
        say[finding.standing],
        "-" if finding.proposed is None else say[finding.proposed],
        finding.first_seen.isoformat(),
        finding.last_seen.isoformat(),
    )


def _show_part(
    console: Console, say: dict[str, str], title: str, columns: Sequence[str], rows: Sequence[Sequence[RenderableType]]
) -> None:
    if not rows:
        console.print(f"{say[title]}: {say['none']}", markup=False)
        return
    table = _table(say, *columns)
    table.title, table.title_justify = say[title], "left"
    for row in rows:
        table.add_row(*map(cell, row))
    console.print(table)


def _show_broken(entries: Sequence[Entry], say: dict[str, str], console: Console) -> None:
    from rich.text import Text

    for entry in entries:
        if entry.state is None:
            console.print(Text(f"{say['broken']}: {one_line(entry.broken or '')}", style="bold red"), soft_wrap=True)


def _table(say: dict[str, str], *columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.ROUNDED, header_style="bold")
    for column in columns:
        number = column in ("score", "points", "overdue")
        whole = column in ("number", "finding", "due", "first_seen", "last_seen", "at", "day")
        table.add_column(say[column], justify="right" if number else "left", no_wrap=whole)
    return table


def _tier(state: ProjectState, say: dict[str, str]) -> Any:
    from rich.text import Text

    return Text(say[state.risk.tier], style=TIERS[state.risk.tier])


def _verdict(verdict: str | None, say: dict[str, str], failed: str | None) -> Any:
    from rich.text import Text

    if verdict is None:
        return Text(say["no_case"] if failed is None else f"{say['gave_no_case']}: {one_line(failed)}")
    later = "" if failed is None else f"; {say['later_failed']}: {one_line(failed)}"
    return Text(say[verdict], style=COLOURS[verdict]) + Text(later)


def _status(state: ProjectState, say: dict[str, str]) -> Any:
    """The verdict of the last case; *inconsistent* while a confirmed finding is open, whatever that did not see."""
    last, still_open = latest_case(state), sum(map(is_open, state.findings))
    if not still_open:
        return _verdict(None if last is None else last.verdict, say, None)
    return _verdict(Verdict.INCONSISTENT, say, None).append(f"; {say['still_open']}: {still_open}")


def _overdue(due: Due) -> str:
    return str(due.overdue_days) if due.overdue_days else "-"


def _stage(due: Due, say: dict[str, str]) -> str:
    if due.milestone is None:
        return say["reinspection" if due.reinspection else "patrol"]
    return _named(due.milestone, say)


def _named(milestone: Milestone, say: dict[str, str]) -> str:
    return f"{milestone.code} {say[f'milestone.{milestone.value}']}"
