"""What a case's result depends on, as one digest."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from stat import S_ISREG

from pipelines.batch.model import Case
from twin import digest

_FILES = ("permit", "control", "pose", "stations", "settings")
_NOT_IN = {"name", "folder", "project"}
"""Where a result lies and what it is called changes no result."""


def key_of(case: Case, base: Path) -> str:
    """Digest of the bytes of all inputs, the options and the version of the program.

    A file that cannot be read counts as that: once it can, the key is another.
    """
    options = case.model_dump(mode="json", exclude=_NOT_IN)
    options["outputs"] = sorted(options["outputs"])
    files = [*case.design, *case.surveys, *(path for name in _FILES if (path := getattr(case, name)) is not None)]
    bytes_of = [_digest(base / file) for file in files]
    return digest.of_json({"version": version("plumbline"), "options": options, "files": bytes_of})


def _digest(path: Path) -> str:
    try:
        now = path.stat()
        if not S_ISREG(now.st_mode):
            return f"no file: {now.st_mode}"  # a pipe or device may have no end
        return _of_version(path, now.st_ino, now.st_size, now.st_mtime_ns)
    except OSError as error:
        return f"unreadable: {error.errno}"


@lru_cache(maxsize=4096)
def _of_version(path: Path, inode: int, size: int, changed_ns: int) -> str:
    """The digest of a file that several cases share is made once, for as long as it stays as it is."""
    return digest.of_file(path)
