"""How a case's process says what came of it."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from pipelines.batch.model import Frozen
from pipelines.batch.receipts import Status
from pipelines.exits import BUG, code_of
from twin.errors import TwinError

_MAY_PASS = {
    *(errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.ESTALE, errno.ETIMEDOUT, errno.EAGAIN, errno.EINTR, errno.ENFILE),
    *(errno.EMFILE, errno.EBUSY, errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN),
}
"""Of a disk, a share or a system that is short of something for now."""

TELLING = (
    *("bad_alloc", "allocate memory", "failed to map segment", "cannot map zero-fill pages"),
    *("cannot create shared object descriptor", "can't start new thread"),
)
"""By which libraries say that memory is short, where they raise no error of that kind."""


class Outcome(Frozen):
    """The end of one attempt.

    Attributes
    ----------
    keeps_log : bool
        Whether somebody needs what the process wrote beside.
    """

    status: Status
    reason: str = ""
    exit_code: int | None = None
    may_pass: bool = False
    keeps_log: bool = False


class Message(Frozen):
    """One line from a case's process: the stage it begins, or its end."""

    stage: str | None = None
    outcome: Outcome | None = None


def outcome_of(error: BaseException) -> Outcome:
    """What an error says of the attempt that it ended."""
    if _is_short_of_memory(error):
        return Outcome(status=Status.OUT_OF_MEMORY, reason="asked for more memory than it may take", exit_code=BUG)
    if not isinstance(error, TwinError):
        said = one_line(f"a bug ({type(error).__name__}: {error})")
        return Outcome(status=Status.FAILED, reason=said, exit_code=BUG, may_pass=_may_pass(error), keeps_log=True)
    said = one_line(str(error))
    return Outcome(status=Status.FAILED, reason=said, exit_code=code_of(error), may_pass=_may_pass(error))


def one_line(text: str) -> str:
    """`text` on a single line without control characters."""
    return "".join(char if char.isprintable() else " " for char in " ".join(text.split()))


def _may_pass(error: BaseException) -> bool:
    return any(isinstance(each, OSError) and each.errno in _MAY_PASS for each in _chain(error))


def _is_short_of_memory(error: BaseException) -> bool:
    return any(
        isinstance(each, MemoryError)
        or (isinstance(each, OSError) and each.errno == errno.ENOMEM)
        or any(text in str(each) for text in TELLING)
        for each in _chain(error)
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came from."""
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or each.__context__
