"""Files and folders that a plan names, by name or by pattern."""

from __future__ import annotations

import glob
from pathlib import Path

_MAGIC = frozenset("*?[")


def is_there(path: Path) -> bool:
    """Whether something lies there, as far as one may look."""
    try:
        return path.exists()
    except OSError:
        return False


def is_text(path: str) -> bool:
    """Whether a name can be written down: those of files may hold bytes that are no text."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_pattern(base: Path, text: str) -> bool:
    """Whether `text` is a pattern, and no file whose name has such characters."""
    return bool(_MAGIC & set(text)) and not is_there(base / text)


def matching(base: Path, text: str) -> tuple[str, ...]:
    """Paths that a name or pattern stands for, in order, as the plan would have them; none where there are none."""
    if not is_pattern(base, text):
        return (text,) if is_there(base / text) else ()
    paths = glob.glob(text, root_dir=base, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute patterns
    return tuple(sorted(Path(path).as_posix() for path in paths))


def matching_folders(base: Path, text: str) -> tuple[str, ...]:
    """As `matching`, folders only."""
    return tuple(path for path in matching(base, text) if (base / path).is_dir())


def within(folder: str, path: str) -> str:
    """`path`, told from where `folder` is told from; absolute ones stay."""
    return (Path(folder) / path).as_posix()
