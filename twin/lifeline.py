"""Processes that end with the one that started them, however that one ends."""

from __future__ import annotations

import os
import signal
import sys

_SET_DEATH_SIGNAL = 1


def end_with_parent(parent: int) -> None:
    """From now on this process is killed when the one that started it dies, also by ``kill -9``.

    Linux alone keeps that promise; elsewhere this does nothing. The promise is bound to the thread that started this
    process: that thread must wait for it.

    Parameters
    ----------
    parent : int
        Process that must be alive; where it died before this call, this process ends at once.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
