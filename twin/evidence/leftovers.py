"""Temporary folders whose process was killed: told from those still in use by a lock that dies with its holder."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ENDING, REPLACED = ".partial", ".replaced"


def is_leftover(path: Path) -> bool:
    """Whether `path` is named like a temporary folder, in use or not."""
    return path.name.startswith(".") and path.name.endswith(ENDING)


@contextmanager
def claimed(partial: Path) -> Iterator[None]:
    """Marks the folder as in use for the time of the block, or until the process dies."""
    handle = _locked(partial)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def sweep(place: Path, prefix: str) -> None:
    """Removes what killed processes left in `place` under that prefix; never fails."""
    with suppress(OSError):
        for path in place.iterdir():
            if path.name.startswith(prefix) and path.name.endswith(ENDING) and path.is_dir():
                handle = _locked(path)
                if handle is not None:
                    shutil.rmtree(path, ignore_errors=True)
                    os.close(handle)


def restore(target: Path) -> None:
    """Puts back the whole case that a killed process had moved aside, or removes it where one stands; never fails."""
    with suppress(OSError):
        for path in target.parent.iterdir():
            handle = _locked(path) if _was_aside(path, target) else None
            if handle is not None:
                with suppress(OSError):
                    if target.exists():
                        shutil.rmtree(path, ignore_errors=True)
                    else:
                        path.rename(target)
                os.close(handle)


def _was_aside(path: Path, target: Path) -> bool:
    """Whether `path` is named as `target` is while it stands aside; a random part without dots lies between."""
    head, _, end = path.name.removeprefix(f".{target.name}.").partition(".")
    return path.name == f".{target.name}.{head}{REPLACED}" and f".{end}" == REPLACED


def _locked(folder: Path) -> int | None:
    """A handle that holds the folder's lock; None where another process does or the system has no such locks."""
    if sys.platform == "win32":
        return None
    import fcntl

    handle = None
    try:
        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        if handle is not None:
            os.close(handle)
        return None
    return handle
