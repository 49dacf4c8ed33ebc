"""The case folder: it appears whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from twin.errors import EvidenceError
from twin.evidence.inspection import FILE_NAME
from twin.evidence.leftovers import REPLACED, claimed, is_leftover, restore, sweep
from twin.evidence.swap import swapped

_FAMILY = "plumbline.inspection/"
_DEVICE_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}


class FolderError(EvidenceError):
    """The folder that was asked for cannot be used or written."""


@contextmanager
def new_case(folder: Path) -> Iterator[Path]:
    """A temporary folder to write a case into; it takes the place of `folder` when the block ends well.

    Nothing is left of it where the block fails. A killed process leaves at most a hidden ``*.partial``, which nobody
    takes for a case and the next run sweeps away; a case that stood there before stays untouched, or is put back by the
    next run where the process was killed while it stood aside. Where `folder`
    exists but cannot be renamed (a mounted disk, a parent without rights), the temporary folder lies inside it and
    its files are moved up one by one, ``inspection.json`` last.

    Parameters
    ----------
    folder : Path
        Where the case shall stand: nothing yet, an empty folder, or an earlier case, which is replaced.

    Raises
    ------
    FolderError
        The folder holds something else, cannot be written, or the disk is full.
    """
    check_replaceable(folder)
    target = folder.resolve()
    restore(target)
    partial = _partial_for(target)
    try:
        with claimed(partial):
            yield partial
            if partial.parent == target:
                _move_up(partial, target)
            else:
                _move_into_place(partial, target)
    except OSError as error:
        if not _is_ours(error, partial, target):
            raise
        raise FolderError(f"{folder}: cannot be written ({error.strerror})", _hint(error)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes a single file that appears whole or not at all; text as UTF-8. Raises as `whole_file` does."""
    with whole_file(path) as partial:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A name beside `path` to write to; it takes the place of `path` when the block ends well, and else goes.

    Raises
    ------
    FolderError
        It cannot be written.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        partial.replace(path)
    except OSError as error:
        raise FolderError(f"{path}: cannot be written ({error.strerror})", _hint(error)) from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def check_replaceable(folder: Path) -> None:
    """Refuses a folder that holds anything but an earlier case, so that no stranger's files are lost.

    Raises
    ------
    FolderError
    """
    try:
        if not folder.exists() and not folder.is_symlink():
            return
        if not folder.is_dir():
            raise FolderError(f"{folder}: is a file", "give a folder to write the case into")
        if any(not is_leftover(path) for path in folder.iterdir()) and not is_case(folder):
            raise FolderError(f"{folder}: holds files that are no case", "give a new or an empty folder")
    except OSError as error:
        raise FolderError(f"{folder}: cannot be read ({error.strerror})", "check its rights") from error


def is_case(folder: Path) -> bool:
    """Whether `folder` holds a finished case."""
    try:
        head = json.loads((folder / FILE_NAME).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(head, dict) and str(head.get("schema", "")).startswith(_FAMILY)


def _partial_for(target: Path) -> Path:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        inside = target.is_dir() and (target.is_mount() or not os.access(target.parent, os.W_OK))
        place, prefix = (target, ".") if inside else (target.parent, f".{target.name}.")
        sweep(place, prefix)
        partial = Path(tempfile.mkdtemp(prefix=prefix, suffix=".partial", dir=place))
        partial.chmod(0o755)
    except OSError as error:
        raise FolderError(f"{target}: cannot be written ({error.strerror})", _hint(error)) from error
    return partial


def _move_up(partial: Path, target: Path) -> None:
    """Inside `target`: the earlier case goes first, its document before all, and the new document comes last."""
    (target / FILE_NAME).unlink(missing_ok=True)
    for old in target.iterdir():
        if old != partial:
            shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
    for new in sorted(partial.iterdir(), key=lambda path: (path.name == FILE_NAME, path.name)):
        new.rename(target / new.name)


def _move_into_place(partial: Path, target: Path) -> None:
    """The rename is the moment at which the case exists. An earlier case takes the name of the temporary folder.

    Where the two cannot change places at once, the earlier one steps aside first, and back if that fails; a process
    that is killed between leaves that to the next one (`restore`).
    """
    if not target.exists():
        partial.rename(target)
        return
    check_replaceable(target)
    if swapped(partial, target):
        return
    aside = partial.with_suffix(REPLACED)
    with claimed(target):
        target.rename(aside)
        try:
            partial.rename(target)
        except OSError:
            with suppress(OSError):
                aside.rename(target)
            raise
        aside.rename(partial)  # it may be removed now: under the other name it is always whole


def _is_ours(error: OSError, partial: Path, target: Path) -> bool:
    """Whether writing the case failed, rather than reading something else."""
    if error.errno in _DEVICE_ERRORS:
        return True
    named = str(error.filename or "")
    return named.startswith((str(partial), str(target)))


def _hint(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "free some space or give a folder on another disk"
    return "give a folder that you may write to"
