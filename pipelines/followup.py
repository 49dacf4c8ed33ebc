"""Inspection against an earlier one: what is new, persists, changed, is gone, or was not looked at."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from pipelines.projects.settings import read_supervision_file, supervision_of
from twin.errors import EvidenceError, InputError, TwinError
from twin.evidence import inspection as document
from twin.supervision.following.entering import FILE_NAME, read_epoch, read_ledger, write_ledger
from twin.supervision.following.keeping import kept_with, read_kept, told_by, write_kept
from twin.supervision.following.kept import KeptFindings
from twin.supervision.following.ledger import Epoch, EpochPart, Ledger, epoch_part, followed, identity, opened
from twin.supervision.following.progress import ElementRow, progress_of, still_standing
from twin.supervision.records import CASES, Project, is_project, read_project
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
        The cases are one, have no approved element in common, or the later one was surveyed before the earlier one.
    EvidenceError
        A case is not finished or is damaged.
    """
    if earlier.resolve() == later.resolve():
        raise InputError(f"{later}: both cases are the same", "give the earlier case, then the later one")
    by = (supervision_of(later) if settings is None else read_supervision_file(settings)).follow_up
    before, now = (read_epoch(case, _day(case), language) for case in (earlier, later))
    if before[0].date and now[0].date and now[0].date < before[0].date:
        said = f"{later}: was surveyed on {now[0].date}, before {earlier} ({before[0].date})"
        raise InputError(said, "give the earlier case, then the later one")
    project = _project_of(later)
    kept = KeptFindings() if project is None else _kept_findings(project)
    ledger = _entered(_ledger_of(earlier, before, by, kept), before, now, (earlier, later), by, kept)
    write_ledger(ledger, output or later / FILE_NAME)
    return ledger


def follow_project(folder: Path, language: str | None = None) -> tuple[tuple[Path, Ledger], ...]:
    """Follow the findings of a project through all its finished inspections, by date.

    Only what is missing, older than its case or of other settings is written anew; GUIDs are those that the project
    keeps in ``findings.json``. Returns each case with its ledger.

    Parameters
    ----------
    language : str, optional
        In which reasons are given; that of the settings where it is left out.

    Raises
    ------
    TwinError
        The record or a case cannot be read.
    """
    project, by = read_project(folder), supervision_of(folder).follow_up
    lies_there, kept = read_kept(folder), _kept_findings(project)
    done: list[tuple[Path, Ledger]] = []
    last: tuple[Path, Read] | None = None
    is_stale = False  # after one that changed, all that rest on it are written anew
    for case, day in finished(project):
        now = read_epoch(case, day, language or by.language)
        before = done[-1][1] if done else None
        ledger = None if is_stale else _whole(case, now[0].part(), before, by)
        is_stale = ledger is None
        if ledger is None:
            ledger = _first(now, by, kept) if last is None or before is None else (
                _entered(before, last[1], now, (last[0], case), by, kept)
            )  # fmt: skip
            lies_there = kept = kept_with(kept, ledger)
            write_kept(kept, folder)  # first: what a ledger names is kept, whenever this ends
            write_ledger(ledger, case / FILE_NAME)
        kept = kept_with(kept, ledger)
        done.append((case, ledger))
        last = case, now
    if done and kept != lies_there:
        write_kept(kept, folder)
    return tuple(done)


def follow_missing(folder: Path, language: str | None = None) -> str | None:
    """Follows a project's findings where a ledger is missing, is of another state of its case or of other settings, or
    does not go on from the one before it.

    Returns
    -------
    str or None
        Why its findings cannot be followed, in one line; None where they are. Whatever is wrong with one project, a
        fault of this program among it, harms no other.
    """
    try:
        if not _is_followed(read_project(folder), supervision_of(folder).follow_up):
            follow_project(folder, language)
    except (TwinError, OSError) as error:
        return " ".join(str(error).split())
    except Exception as error:
        return f"sorry, this is a bug ({type(error).__name__}: {' '.join(str(error).split())})"
    return None


def finished(project: Project) -> tuple[tuple[Path, str], ...]:
    """Cases of a project that are there, with the day of the survey, in order of time."""
    from twin.evidence.case import is_case

    cases = [(project.case_of(record), record.date.isoformat()) for record in project.in_order()]
    return tuple((case, day) for case, day in cases if is_case(case))


def _is_followed(project: Project, by: FollowUpSettings) -> bool:
    """Whether each finished case has its ledger, every one goes on from the one before, and all GUIDs are kept."""
    before: Ledger | None = None
    for case, day in finished(project):
        if not (case / FILE_NAME).is_file():
            return False
        part = epoch_part(case.resolve().name, day, document.read(case))
        if (before := _whole(case, part, before, by)) is None:
            return False
    kept = read_kept(project.folder)
    return before is None or (kept is not None and _guids(before) <= {each.guid for each in kept.findings})


def _whole(case: Path, part: EpochPart, before: Ledger | None, by: FollowUpSettings) -> Ledger | None:
    """The ledger that lies there, where it was written for this case and goes on from what came before it."""
    try:
        ledger = read_ledger(case)
    except EvidenceError:  # it can be made again from the cases
        return None
    if ledger is None or ledger.later != part or ledger.settings != by.numbers() or ledger.stood is None:
        return None
    if before is None:
        return ledger if ledger.earlier is None else None
    return ledger if ledger.earlier == before.later and _guids(before) <= _guids(ledger) else None


def _guids(ledger: Ledger) -> set[str]:
    return {entry.guid for entry in ledger.tracked}


def _kept_findings(project: Project) -> KeptFindings:
    """What a project keeps, or what its ledgers tell where it keeps nothing yet."""
    kept = read_kept(project.folder)
    return told_by(case for case, _ in finished(project)) if kept is None else kept


def _ledger_of(folder: Path, read: Read, by: FollowUpSettings, kept: KeptFindings) -> Ledger:
    """What the earlier case had followed up, or its own findings where that was another state of it."""
    lies_there = read_ledger(folder)
    if lies_there is not None and lies_there.later.sha256 == identity(read[0].inspection):
        return lies_there
    return opened(read[0], by, kept.findings)


def _first(now: Read, by: FollowUpSettings, kept: KeptFindings) -> Ledger:
    return opened(now[0], by, kept.findings).model_copy(update={"progress": progress_of((), now[1]), "stood": ()})


def _entered(
    ledger: Ledger, before: Read, now: Read, folders: tuple[Path, Path], by: FollowUpSettings, kept: KeptFindings
) -> Ledger:
    common = {row.global_id for row in before[1]} & {row.global_id for row in now[1]}
    if before[1] and now[1] and not common:
        raise InputError(
            f"{folders[0]} and {folders[1]}: their designs share no element", "give two inspections of one building"
        )
    stood = ledger.stood or ()
    progress = progress_of(before[1], now[1], stood)
    told = {"progress": progress, "stood": still_standing(before[1], now[1], stood)}
    return followed(ledger, now[0], by, kept.findings).model_copy(update=told)


def _project_of(case: Path) -> Project | None:
    """The project in whose record a case is an inspection; None where there is none that can be read."""
    folder = case.resolve().parent
    if folder.name == CASES and is_project(folder.parent):
        with suppress(InputError):
            return read_project(folder.parent)
    return None


def _day(case: Path) -> str | None:
    """Day of a case's survey by the record of its project; None where that says none."""
    project, name = _project_of(case), case.resolve().name
    records = () if project is None else project.inspections
    return next((record.date.isoformat() for record in records if record.name == name), None)
