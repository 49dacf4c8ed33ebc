"""The sample site, written and inspected: the whole product in one call."""

from __future__ import annotations

from pathlib import Path

from pipelines.choices import Language
from pipelines.inspection import inspect
from pipelines.job import CaseResult, InspectionJob
from pipelines.progress import Progress
from samples import write_sample_site
from twin.evidence.case import FolderError

SITE, CASE = "site", "case"


def run_demo(folder: Path, lang: Language, progress: Progress) -> CaseResult:
    """Writes the sample site into ``folder/site`` and its inspection into ``folder/case``."""
    stage = "sample site"
    progress.started(stage)
    try:
        site = write_sample_site(folder / SITE)
    except OSError as error:
        raise FolderError(f"{folder}: cannot be written ({error.strerror})", "give another folder") from error
    progress.finished(stage)
    job = InspectionJob(design=(site.design,), survey=site.surveys, folder=folder / CASE, permit=site.permit, lang=lang)
    return inspect(job, progress)
