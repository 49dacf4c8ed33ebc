"""Which version of the sources of this package this is, for the cache of compiled kernels."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path


def _stamp() -> int:
    files = sorted(Path(__file__).parent.glob("*.py"))
    return int.from_bytes(sha256(b"".join(file.read_bytes() for file in files)).digest()[:6], "big")


STAMP = _stamp()
"""Default of an argument that kernels do not use. Numba looks for a compiled kernel by its own file and the types of
its arguments, a default being part of them; what the kernel calls in other files it does not look at. Without the
stamp a change there would not be run until the caller changed, too. For the same reason only kernels that are called
from outside are cached: those that they call are compiled into them.
"""
