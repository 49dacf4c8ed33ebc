"""Damaged files are read in a process of their own: a dangling reference can bring the geometry library down.

Whole files need none of this; their entities exist, and a wrong one is noticed and skipped.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from twin.errors import DesignError
from twin.lifeline import end_with_parent

_PATIENCE_S = 900.0
"""A damaged file may lead in circles; the largest whole ones are meshed in less."""
_CHILD = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from twin.design.isolation import child; child()"
_HINT = "export the model again"


def isolated_content(path: Path, cores: int) -> Any:
    """The file's `twin.design.reading.Content`, read by a child process.

    Raises
    ------
    DesignError
        What the child raised, or that it did not survive.
    """
    with TemporaryDirectory(prefix="plumbline-") as folder:
        answer = Path(folder) / "content"
        command = [
            sys.executable,
            "-c",
            _CHILD,
            json.dumps(sys.path),
            str(path),
            str(answer),
            str(cores),
            str(os.getpid()),
        ]
        try:
            ended = subprocess.run(command, capture_output=True, timeout=_PATIENCE_S, check=False)  # noqa: S603
        except subprocess.TimeoutExpired as error:
            raise DesignError(f"{path.name}: the damaged file could not be read in time", _HINT) from error
        if ended.returncode != 0 or not answer.exists():
            raise DesignError(f"{path.name}: too damaged, the geometry library does not survive it", _HINT)
        result = pickle.loads(answer.read_bytes())  # noqa: S301  (written by our own child a moment ago)
    if isinstance(result, DesignError):
        raise DesignError(result.message, result.hint)
    return result


def child() -> None:
    """Read the file that the command line names and leave its content, or the error, where the parent looks."""
    end_with_parent(int(sys.argv[5]))
    from twin.design.reading import content_of
    from twin.design.source import opened

    path, answer, cores = Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
    result: Any
    try:
        with opened(path) as source:
            result = content_of(source, path, cores)
    except DesignError as error:
        result = error
    answer.write_bytes(pickle.dumps(result))
