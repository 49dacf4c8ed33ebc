"""Inspection against an earlier one: what is new, persists, changed, is gone, or was not looked at."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from pipelines.projects.settings import read_supervision_file, supervision_of
from twin.errors import EvidenceError, InputError, TwinError
from twin.supervision.following.entering import FILE_NAME, read_epoch, read_ledger, write_ledger
from twin.supervision.following.ledger import Epoch, Ledger, followed, identity, opened
from twin.supervision.following.progress import ElementRow, progress_of
from twin.supervision.records import Project, read_project
from twin.supervision.settings import FollowUpSettings

Read = tuple[Epoch, tuple[ElementRow, ...]]


def follow_up(
    earlier: Path, later: Path, output: Path | None = None, language: str = "en", settings: Path | None = None
) -> Ledger:
    """Follow the findings of one case into another, and write the ledger beside the later one.

    Parameters
    ----------
    earlier, later : Path
        Case folders of one building. What the earlier one had followed up itself goes on.
    output : Path, optional
        File to write; ``follow_up.json`` in the later case where it is left out.
    language : str
        In which reasons are given.
    settings : Path, optional
        A ``supervision.toml``; the nearest at or above the later case where it is left out.

    Raises
    ------
    SettingsError
        The settings are wrong.
    InputError
        The cases are one, or have no approved element in common.
    EvidenceError
        A case is not finished or is damaged.
    """
    if earlier.resolve() == later.resolve():
        raise InputError(f"{later}: both cases are the same", "give the earlier case, then the later one")
    by = (supervision_of(later) if settings is None else read_supervision_file(settings)).follow_up
    before, now = read_epoch(earlier, language=language), read_epoch(later, language=language)
    ledger = _entered(_ledger_of(earlier, before, by), before, now, (earlier, later), by)
    write_ledger(ledger, output or later / FILE_NAME)
    return ledger


def follow_project(folder: Path, language: str = "en") -> tuple[tuple[Path, Ledger], ...]:
    """Follow the findings of a project through all its finished inspections, by date.

    Only what is missing, older than its case or of other settings is written anew. Returns each case with its ledger.

    Raises
    ------
    TwinError
        The record or a case cannot be read.
    """
    project, by = read_project(folder), supervision_of(folder).follow_up
    done: list[tuple[Path, Ledger]] = []
    last: tuple[Path, Read] | None = None
    is_stale = False  # after one that changed, all that rest on it are written anew
    for case, day in finished(project):
        now = read_epoch(case, day, language)
        ledger = None if is_stale else _kept(case, now, done[-1][1] if done else None, by)
        if ledger is None:
            is_stale = True
            ledger = _first(now, by) if last is None else _entered(done[-1][1], last[1], now, (last[0], case), by)
            write_ledger(ledger, case / FILE_NAME)
        done.append((case, ledger))
        last = case, now
    return tuple(done)


def follow_missing(folder: Path, language: str = "en") -> None:
    """Follows a project's findings where a finished case has no ledger yet, or one by other settings.

    What cannot be followed counts by itself: whatever is wrong with a case is told where its project is shown.
    """
    with suppress(TwinError, OSError):
        by = asdict(supervision_of(folder).follow_up)
        ledgers = (read_ledger(case) for case, _ in finished(read_project(folder)))
        if any(ledger is None or ledger.settings != by for ledger in ledgers):
            follow_project(folder, language)


def finished(project: Project) -> tuple[tuple[Path, str], ...]:
    """Cases of a project that are there, with the day of the survey, in order of time."""
    from twin.evidence.case import is_case

    cases = [(project.case_of(record), record.date.isoformat()) for record in project.in_order()]
    return tuple((case, day) for case, day in cases if is_case(case))


def _ledger_of(folder: Path, read: Read, by: FollowUpSettings) -> Ledger:
    """What the earlier case had followed up, or its own findings where that was another state of it."""
    kept = read_ledger(folder)
    if kept is not None and kept.later.sha256 == identity(read[0].inspection):
        return kept
    return opened(read[0], by)


def _kept(case: Path, now: Read, before: Ledger | None, by: FollowUpSettings) -> Ledger | None:
    """The ledger that lies there, where it was written for this case and what came before it."""
    try:
        kept = read_ledger(case)
    except EvidenceError:  # it can be made again from the cases
        return None
    if kept is None or kept.later != now[0].part() or kept.settings != asdict(by):
        return None
    return kept if kept.earlier == (None if before is None else before.later) else None


def _first(now: Read, by: FollowUpSettings) -> Ledger:
    return opened(now[0], by).model_copy(update={"progress": progress_of((), now[1])})


def _entered(ledger: Ledger, before: Read, now: Read, folders: tuple[Path, Path], by: FollowUpSettings) -> Ledger:
    common = {row.global_id for row in before[1]} & {row.global_id for row in now[1]}
    if before[1] and now[1] and not common:
        raise InputError(
            f"{folders[0]} and {folders[1]}: their designs share no element", "give two inspections of one building"
        )
    progress = progress_of(before[1], now[1])
    return followed(ledger, now[0], by).model_copy(update={"progress": progress})
