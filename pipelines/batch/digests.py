"""Digests of inputs, kept in the results, so that a batch that goes on does not read years of clouds again.

A digest holds for as long as its file has the same device, inode, size and times (mtime and ctime). Times are no
finer than the file system's clock: what changed just before it was read may change again without a trace, and is read
anew the next time, as git does it with its index.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from pydantic import Field, ValidationError

from pipelines.batch.files import is_text
from pipelines.batch.model import Frozen
from twin import digest
from twin.evidence.case import FolderError, write_whole

SCHEMA: Literal["plumbline.digests/1"] = "plumbline.digests/1"
FILE_NAME = "digests.json"
_SETTLED_NS = 2_000_000_000
"""Coarsest clock of a file system: FAT counts in two seconds."""
_REST = 20.0
"""Writing is put off until so many times the length of the last writing has passed: it never costs more than 5 %."""

Version = tuple[int, int, int, int, int]
"""Device, inode, bytes, mtime and ctime in ns."""


class _Known(Frozen):
    version: Version
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class _Kept(Frozen):
    """The file; entries are checked one by one."""

    schema_: Literal["plumbline.digests/1"] = Field(default=SCHEMA, alias="schema")
    files: dict[str, Any]


class Digests:
    """Digests of files, of this process and of earlier ones with the same results.

    Parameters
    ----------
    results : Path
        Folder in which they are kept.
    """

    def __init__(self, results: Path) -> None:
        self._path = results / FILE_NAME
        self._lock = Lock()
        self._known = _read(self._path)
        self._is_new = False
        self._rests_until = 0.0

    def of(self, path: Path, between: Callable[[], object] = lambda: None) -> str:
        """SHA-256 of a file's bytes.

        Parameters
        ----------
        between : callable
            Called after each block that is read; what it raises ends the reading.

        Raises
        ------
        OSError
            It cannot be read.
        """
        name, before = str(path.resolve()), _version(path)
        known = self._known.get(name)
        if known is not None and known.version == before:
            return known.sha256
        began = time.time_ns()
        sha256 = digest.of_file(path, between)
        if _version(path) == before and max(before[3:]) < began - _SETTLED_NS:
            with self._lock:
                self._known[name], self._is_new = _Known(version=before, sha256=sha256), True
        return sha256

    def keep(self, *, at_once: bool = False) -> None:
        """Writes what is new, now and then; `at_once` without waiting. What others wrote there since stays.

        Where it cannot be written, nothing is lost but time.
        """
        with self._lock:
            if not self._is_new or (time.monotonic() < self._rests_until and not at_once):
                return
            began = time.monotonic()
            files = {**_read(self._path), **self._known}
            plain = {name: known.model_dump() for name, known in sorted(files.items()) if is_text(name)}
            with suppress(FolderError):
                write_whole(self._path, json.dumps({"schema": SCHEMA, "files": plain}, ensure_ascii=False) + "\n")
                self._is_new = False
            self._rests_until = time.monotonic() + _REST * (time.monotonic() - began)


@lru_cache(maxsize=16)
def digests_in(results: Path) -> Digests:
    """Those kept in a folder: one for all threads of a process."""
    return Digests(results)


def _read(path: Path) -> dict[str, _Known]:
    """What is kept there; nothing where the file is absent or damaged, and no entry that is."""
    try:
        kept = _Kept.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return {}
    known: dict[str, _Known] = {}
    for name, entry in kept.files.items():
        try:
            known[name] = _Known.model_validate(entry)
        except ValidationError:
            continue
    return known


def _version(path: Path) -> Version:
    facts = path.stat()
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns
