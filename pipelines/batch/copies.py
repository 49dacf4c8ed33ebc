"""Begins processes of cases, as copies of a process that has the libraries loaded: one for each supervising thread."""

from __future__ import annotations

import errno
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_LONGEST = 4096
_GLANCE_S = 0.1
_LOADING_S = 600.0
"""Within which the libraries must be loaded; they may lie on a share that is slow for now."""
_ANSWER_S = 30.0
"""Within which a process that waits must copy itself, and one that is killed must be gone."""


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
        return _has_news(self._handle, 0.0)

    def ended(self) -> tuple[int, float, float]:
        """Ends it and all that it has started; its exit code, seconds of processor time, and most memory, bytes."""
        try:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            if _has_news(self._channel.fileno(), _ANSWER_S) and (said := self._channel.recv(_LONGEST)):
                code, seconds, most = json.loads(said)
                return int(code), float(seconds), float(most)
        except (OSError, ValueError):
            pass  # as where nothing was said
        finally:
            os.close(self._handle)
        # Who could tell was killed, or does not answer: the copy dies with it, and its group by our hand.
        _forget()
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        return -signal.SIGKILL, 0.0, 0.0


def begun(
    scratch: Path, environment: Mapping[str, str], handles: Sequence[int], stopped: Callable[[], bool]
) -> Copy | None:
    """A process of a case; None where the batch was stopped before there was one.

    Parameters
    ----------
    scratch : Path
        Where it works, and its folder for temporary files.
    environment : mapping
        Of the process that is copied.
    handles : sequence of int
        Its standard input, output and errors, and others that it shall hold while it lives.
    stopped : callable
        Whether the batch was stopped.

    Raises
    ------
    OSError
        The system has no room for another one, or the libraries could not be loaded in time.
    """
    for _ in range(2):  # who was not needed for long has ended, and that shows when it is asked
        try:
            return _zygote(environment, handles[2]).copied(scratch, handles, stopped)
        except (ConnectionError, EOFError):
            _forget()
        except _Stopped:
            _forget()
            return None
        except BaseException:  # nobody knows what it would say next
            _forget()
            raise
    raise OSError("the process that loads the libraries ended at once")


class _Stopped(Exception):
    """The batch was stopped while one waited."""


class _Zygote:
    """The process that is copied, seen from outside."""

    def __init__(self, environment: Mapping[str, str], errors: int) -> None:
        self.made_for = (os.getpid(), dict(environment))
        self._is_loaded = False
        self._channel, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "pipelines.batch.zygote", str(theirs.fileno()), str(os.getpid())]
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
                env=environment, pass_fds=(theirs.fileno(),), start_new_session=True,
            )  # fmt: skip

    def copied(self, scratch: Path, handles: Sequence[int], stopped: Callable[[], bool]) -> Copy:
        """A copy of it.

        Raises
        ------
        ConnectionError, EOFError
            It has ended.
        TimeoutError
            It does not answer.
        """
        if not self._is_loaded:
            self._await(_LOADING_S, stopped)
            if not self._channel.recv(1):
                raise EOFError
            self._is_loaded = True
        socket.send_fds(self._channel, [os.fsencode(scratch)], handles)
        self._await(_ANSWER_S, stopped)
        said, known, _, _ = socket.recv_fds(self._channel, _LONGEST, 1)
        if not said:
            raise EOFError
        if not known:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        os.set_inheritable(known[0], False)
        return Copy(self._channel, int(said), known[0])

    def end(self) -> None:
        """Ends it."""
        self._channel.close()
        self._process.kill()
        self._process.wait()

    def _await(self, seconds: float, stopped: Callable[[], bool]) -> None:
        until = time.monotonic() + seconds
        while not _has_news(self._channel.fileno(), _GLANCE_S):
            if stopped():
                raise _Stopped
            if time.monotonic() > until:
                raise TimeoutError(errno.ETIMEDOUT, f"no answer within {seconds:g} s")


def _has_news(handle: int, seconds: float) -> bool:
    """Whether something can be read, or was closed, within that time; `select.select` knows low handles alone."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(1000.0 * seconds))


class _Own(threading.local):
    """Of each thread its own: the system ends a process with the thread that has started it."""

    zygote: _Zygote | None = None


_OWN = _Own()


def _zygote(environment: Mapping[str, str], errors: int) -> _Zygote:
    made_for = (os.getpid(), dict(environment))
    if _OWN.zygote is None or _OWN.zygote.made_for != made_for:
        _forget()
        _OWN.zygote = _Zygote(environment, errors)
    return _OWN.zygote


def _forget() -> None:
    zygote, _OWN.zygote = _OWN.zygote, None
    if zygote is not None and zygote.made_for[0] == os.getpid():
        zygote.end()
