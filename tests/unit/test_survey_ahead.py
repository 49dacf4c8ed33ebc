"""Parts that are read ahead: the same ones in the same order, their errors where they are due, none read in vain."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from twin.survey.ahead import ahead


def counted(count: int, made: list[int]) -> Iterator[int]:
    for number in range(count):
        made.append(number)
        yield number


@pytest.mark.parametrize("count", [0, 1, 2, 9])
def test_all_parts_come_in_their_order(count: int) -> None:
    assert list(ahead(counted(count, []))) == list(range(count))


def test_the_next_part_is_made_by_another_thread_while_the_caller_has_the_last() -> None:
    begun, makers = threading.Event(), set()

    def parts() -> Iterator[int]:
        makers.add(threading.get_ident())
        yield 0
        begun.set()
        yield 1

    read = ahead(parts())
    assert next(read) == 0
    assert begun.wait(10.0)
    assert list(read) == [1]
    assert makers.isdisjoint({threading.get_ident()})


def test_an_error_comes_after_the_parts_before_it() -> None:
    def broken() -> Iterator[int]:
        yield 0
        yield 1
        raise ValueError("cut off")

    read = ahead(broken())
    assert [next(read), next(read)] == [0, 1]
    with pytest.raises(ValueError, match="cut off"):
        next(read)


def test_a_caller_that_leaves_has_one_part_more_made_at_most() -> None:
    made: list[int] = []
    read = ahead(counted(100, made))
    next(read)
    read.close()
    assert len(made) <= 2
