"""Two folders change places in one instant, where the system can do that."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_HERE, _EXCHANGE = -100, 2
"""Of ``renameat2(2)``: paths from where the process stands; both names stay, and change what they name."""


def swapped(one: Path, other: Path) -> bool:
    """Whether the two have changed places; False where system or file system cannot do it, and nothing happened."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:  # a C library that does not know it
        return False
    return bool(rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)
