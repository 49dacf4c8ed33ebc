"""Reads one part ahead: the next is unpacked while the last is worked on."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(parts: Iterator[T]) -> Iterator[T]:
    """The same parts in the same order, each made by another thread while the caller has the one before.

    What making a part raises is raised where that part is due. A caller that leaves early waits for the part that is
    being made, and no further one is.
    """
    with ThreadPoolExecutor(1) as thread:
        following = thread.submit(_next, parts)
        while (part := following.result()) is not None:
            following = thread.submit(_next, parts)
            yield part[0]


def _next(parts: Iterator[T]) -> tuple[T] | None:
    for part in parts:
        return (part,)
    return None
