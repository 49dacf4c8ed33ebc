"""What a case's result depends on, as one digest."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from stat import S_ISREG

from pipelines.batch.model import Case
from twin import digest

_FILES = ("permit", "control", "pose", "stations", "settings")
_NOT_IN = {"name", "folder", "project"}
"""Where a result lies and what it is called changes no result."""


def key_of(case: Case, base: Path, digest_of: Callable[[Path], str] = digest.of_file) -> str:
    """Digest of the bytes of all inputs, the options and the version of the program.

    A file that cannot be read counts as that: once it can, the key is another.

    Parameters
    ----------
    digest_of : callable
        Gives the digest of a file.
    """
    options = case.model_dump(mode="json", exclude=_NOT_IN)
    options["outputs"] = sorted(options["outputs"])
    files = [*case.design, *case.surveys, *(path for name in _FILES if (path := getattr(case, name)) is not None)]
    bytes_of = [_digest(base / file, digest_of) for file in files]
    return digest.of_json({"version": version("plumbline"), "options": options, "files": bytes_of})


def _digest(path: Path, digest_of: Callable[[Path], str]) -> str:
    try:
        kind = path.stat().st_mode
        if not S_ISREG(kind):
            return f"no file: {kind}"  # a pipe or device may have no end
        return digest_of(path)
    except OSError as error:
        return f"unreadable: {error.errno}"
