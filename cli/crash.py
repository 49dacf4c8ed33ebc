"""What remains of a bug: a file with everything that somebody needs to mend it."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


def crash_log(error: BaseException) -> str:
    """Writes traceback, versions and arguments into a new file and returns its path, or says why there is none."""
    now = datetime.now(UTC)
    lines = [
        f"plumbline {version('plumbline')}, Python {platform.python_version()}, {platform.platform()}",
        f"{now.isoformat()}  {' '.join(sys.argv)}",
        "",
        *traceback.format_exception(error),
    ]
    try:
        stem = f"plumbline-{now:%Y%m%dT%H%M%S}-"
        handle, name = tempfile.mkstemp(prefix=stem, suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write("\n".join(lines))
    except OSError as reason:
        return f"no file, since none could be written ({reason.strerror})"
    return str(Path(name))
