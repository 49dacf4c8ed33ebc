"""A process that has the libraries loaded and copies itself for each case: ``python -m pipelines.batch.zygote``.

Loading them takes as long as a small inspection does. It runs none of them, so that it has a single thread when it
copies itself; that is asked of it by tests. Started by `pipelines.batch.copies` alone.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

from twin.lifeline import end_with_parent

LIBRARIES = (
    "pipelines.inspection",
    *("open3d", "scipy.signal", "scipy.stats", "ifcopenshell.geom", "laspy", "structlog", "trimesh"),
)
"""What inspections load late, beside all that they load at once; none of it starts a thread."""
_IDLE_S = 60.0
"""After which it ends: a worker of a cluster outlives its batches."""
_LOADED = b"."
_MOST_BYTES, _MOST_HANDLES = 4096, 16


def main(channel: socket.socket, parent: int) -> None:
    """Serves until nobody asks any more; once only where not all could be loaded, for that may pass."""
    end_with_parent(parent)
    is_whole = load()
    channel.sendall(_LOADED)
    channel.settimeout(_IDLE_S)
    while True:
        try:
            scratch, handles, _, _ = socket.recv_fds(channel, _MOST_BYTES, _MOST_HANDLES)
        except TimeoutError:
            return
        if not scratch:
            return
        _serve(channel, os.fsdecode(scratch), handles)
        if not is_whole:
            return


def load() -> bool:
    """Loads what inspections need, and whether all of it could be; what could not is left to the case, which tells."""
    try:
        for name in LIBRARIES:
            import_module(name)
        from numba import njit

        njit(lambda: None)()  # the compiler sets itself up at the first call
    except Exception:
        return False
    gc.freeze()  # what lies still stays shared
    return True


def _serve(channel: socket.socket, scratch: str, handles: Sequence[int]) -> None:
    """One copy from its beginning to its end, of which the other side is told."""
    mine = os.getpid()
    pid = os.fork()
    if pid == 0:
        channel.close()
        _become(scratch, handles, mine)
    for handle in handles:
        os.close(handle)
    known = os.pidfd_open(pid)
    socket.send_fds(channel, [str(pid).encode()], [known])
    os.close(known)
    channel.sendall(json.dumps(_awaited(pid)).encode())


def _become(scratch: str, handles: Sequence[int], parent: int) -> None:
    """The copy: takes its standard streams and its place, and inspects. Never returns."""
    code = 1
    try:
        end_with_parent(parent)
        os.setsid()
        for own, given in enumerate(handles[:3]):
            os.dup2(given, own)
            os.close(given)
        for lock in handles[3:]:
            os.set_inheritable(lock, False)
        os.chdir(scratch)
        os.environ["TMPDIR"], tempfile.tempdir = scratch, None
        from pipelines.batch.case import main as inspect

        code = inspect()
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        os._exit(code)  # what has ended need not be taken apart: that takes another second


def _awaited(pid: int) -> tuple[int, float, float]:
    """Waits for its end and ends whatever it has started; exit code, seconds of processor, most memory in bytes."""
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, _most_bytes(usage)


def _most_bytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss * 1024.0


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]))
