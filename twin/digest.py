"""Digests that tie every result to the bytes it came from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

_BLOCK_BYTES = 1 << 22


def of_file(path: Path, between: Callable[[], object] = lambda: None) -> str:
    """SHA-256 of a file's bytes, as hexadecimal text; `between` is called after each block and may raise."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
            between()
    return digest.hexdigest()


def of_json(value: Any) -> str:
    """SHA-256 of a JSON value in canonical form: sorted keys, no blanks, UTF-8, no NaN."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
