"""Locks that die with their holder: one batch in a results folder, one supervisor for a case."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from twin.evidence.case import FolderError

_PATIENCE_S, _GLANCE_S = 5.0, 0.1
_BATCH = ".lock"
_CASES = "locks"


@contextmanager
def batch_lock(results: Path) -> Iterator[int]:
    """Holds the results folder; its handle goes on to the processes of cases, which hold it too while they live.

    Raises
    ------
    FolderError
        Another batch has it, or the folder cannot be written.
    """
    try:
        results.mkdir(parents=True, exist_ok=True)
        handle = _opened(results / _BATCH)
    except OSError as error:
        raise FolderError(f"{results}: cannot be written ({error.strerror})", "name another folder") from error
    try:
        if not _taken(handle, time.monotonic() + _PATIENCE_S):
            raise FolderError(f"{results}: another batch is at work there", "wait for its end, or name other results")
        yield handle
    finally:
        os.close(handle)


@contextmanager
def case_lock(results: Path, name: str, stopped: Callable[[], bool]) -> Iterator[int | None]:
    """Holds one case, as soon as whoever else has it is done; yields None where the batch was stopped before."""
    (results / _CASES).mkdir(parents=True, exist_ok=True)
    handle = _opened(results / _CASES / name)
    try:
        while not _try(handle, fcntl.LOCK_EX):
            if stopped():
                yield None
                return
            time.sleep(_GLANCE_S)
        yield handle
    finally:
        os.close(handle)


def is_batch_gone(results: Path) -> bool:
    """Whether nobody holds the results folder any more."""
    handle = _opened(results / _BATCH)
    try:
        return _try(handle, fcntl.LOCK_SH)
    finally:
        os.close(handle)


def clear_locks(results: Path) -> None:
    """Removes the files of case locks; only for who holds the batch, after its end."""
    for path in (results / _CASES).glob("*"):
        path.unlink(missing_ok=True)
    if (results / _CASES).is_dir():
        (results / _CASES).rmdir()


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)


def _taken(handle: int, until: float) -> bool:
    while not _try(handle, fcntl.LOCK_EX):
        if time.monotonic() >= until:
            return False
        time.sleep(_GLANCE_S)
    return True


def _try(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
