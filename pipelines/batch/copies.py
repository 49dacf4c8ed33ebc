"""Begins processes of cases, as copies of a process that has the libraries loaded: one for each supervising thread."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_LONGEST = 4096


class Copy:
    """A case's process.

    Attributes
    ----------
    pid : int
        Its number, and that of its group.
    """

    def __init__(self, channel: socket.socket, pid: int, handle: int) -> None:
        self._channel, self.pid, self._handle = channel, pid, handle

    def is_over(self) -> bool:
        """Whether it has come to its end, of itself or killed."""
        return bool(select.select([self._handle], [], [], 0)[0])

    def ended(self) -> tuple[int, float, float]:
        """Ends it and all that it has started; its exit code, seconds of processor time, and most memory, bytes."""
        try:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            select.select([self._handle], [], [])
            if said := self._channel.recv(_LONGEST):
                code, seconds, most = json.loads(said)
                return int(code), float(seconds), float(most)
        finally:
            os.close(self._handle)
        return -signal.SIGKILL, 0.0, 0.0  # who could tell was killed, and it with that one


def begun(scratch: Path, environment: Mapping[str, str], handles: Sequence[int]) -> Copy:
    """A process of a case.

    Parameters
    ----------
    scratch : Path
        Where it works, and its folder for temporary files.
    environment : mapping
        Of the process that is copied.
    handles : sequence of int
        Its standard input, output and errors, and others that it shall hold while it lives.

    Raises
    ------
    OSError
        The system has no room for another one.
    """
    for _ in range(2):  # who was not needed for long has ended, and that shows when it is asked
        copy = _zygote(environment).copied(scratch, handles)
        if copy is not None:
            return copy
        _forget()
    raise OSError("the process that loads the libraries ended at once")


class _Zygote:
    """The process that is copied, seen from outside."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.made_for = (os.getpid(), dict(environment))
        self._channel, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "pipelines.batch.zygote", str(theirs.fileno()), str(os.getpid())]
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env=environment, pass_fds=(theirs.fileno(),), start_new_session=True,
            )  # fmt: skip

    def copied(self, scratch: Path, handles: Sequence[int]) -> Copy | None:
        """A copy of it; None where it has ended."""
        try:
            socket.send_fds(self._channel, [os.fsencode(scratch)], handles)
            said, known, _, _ = socket.recv_fds(self._channel, _LONGEST, 1)
        except ConnectionError:
            return None
        return Copy(self._channel, int(said), known[0]) if said else None

    def end(self) -> None:
        """Ends it."""
        self._channel.close()
        self._process.kill()
        self._process.wait()


class _Own(threading.local):
    """Of each thread its own: the system ends a process with the thread that has started it."""

    zygote: _Zygote | None = None


_OWN = _Own()


def _zygote(environment: Mapping[str, str]) -> _Zygote:
    made_for = (os.getpid(), dict(environment))
    if _OWN.zygote is None or _OWN.zygote.made_for != made_for:
        _forget()
        _OWN.zygote = _Zygote(environment)
    return _OWN.zygote


def _forget() -> None:
    zygote, _OWN.zygote = _OWN.zygote, None
    if zygote is not None and zygote.made_for[0] == os.getpid():
        zygote.end()
