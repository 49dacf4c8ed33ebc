"""Many inspections unattended: a plan, a process for each case, receipts, and a table of what came out."""

from __future__ import annotations

import sys

from twin.errors import InputError


def check_system() -> None:
    """Refuses systems on which a case could outlive its batch; the modules of this room cannot be imported there.

    Raises
    ------
    InputError
    """
    if not sys.platform.startswith("linux"):
        raise InputError("a batch needs Linux, where no case outlives it", "inspect one by one with plumbline inspect")
