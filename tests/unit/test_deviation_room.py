"""The sweep fits into the memory that is free, says what that cost, and refuses a design that cannot fit."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.observing import observed
from support.worlds import honest

from twin.deviation import DeviationSettings, measure
from twin.deviation.room import Room, free_bytes, given_up, room_for
from twin.errors import DesignError

PLENTY = 1 << 40
LEAST = Room(1, 1 << 16, 32 << 20, 12_500_000)
MODULE = sys.modules["twin.deviation.measure"]


@given(st.integers(0, 20_000_000), st.integers(1 << 20, 1 << 36))
def test_what_is_planned_fits_or_is_refused(triangles: int, free: int) -> None:
    least = 450 * triangles + LEAST.needed_bytes
    if 0.8 * free < least:
        with pytest.raises(DesignError, match=f"{triangles:,} triangles take about .* GB are free"):
            room_for(triangles, free)
        return
    room = room_for(triangles, free)
    assert 450 * triangles + room.needed_bytes <= free
    assert room.workers >= 1


@given(st.integers(0, 10_000_000), st.integers(1 << 28, 1 << 36), st.integers(1, 1 << 34))
def test_more_memory_never_gives_less_room(triangles: int, free: int, more: int) -> None:
    try:
        less = room_for(triangles, free)
    except DesignError:
        return
    assert room_for(triangles, free + more).needed_bytes >= less.needed_bytes


def test_nothing_is_given_up_where_memory_is_plenty() -> None:
    assert given_up(room_for(1000, PLENTY), 0.2, 0.2) == ()


def test_free_memory_is_counted_in_bytes() -> None:
    assert 1 << 20 < free_bytes() < 1 << 50


def test_a_short_memory_changes_no_distance_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    case = observed(honest(), density=20.0)
    settings = DeviationSettings()
    ample = measure(case.design, case.cloud, case.registration, settings)
    small = Room(1, 1 << 16, 1 << 20, 400_000_000)
    monkeypatch.setattr(MODULE, "room_for", lambda triangles: small)
    short = measure(case.design, case.cloud, case.registration, settings)
    assert np.array_equal(ample.distance, short.distance, equal_nan=True)
    assert np.array_equal(ample.element, short.element)
    assert np.array_equal(ample.sample_pierced, short.sample_pierced)
    assert ample.elements == short.elements
    assert ample.notes == ()
    assert short.notes[0].startswith("memory is short: 1 of ")


def test_larger_cells_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    case = observed(honest(), density=20.0)
    monkeypatch.setattr(MODULE, "room_for", lambda triangles: Room(1, 1 << 16, 1 << 20, 10_000))
    short = measure(case.design, case.cloud, case.registration, DeviationSettings())
    assert short.passage.rays.size <= 2 * 10_000
    assert short.notes[1].startswith("the passage of rays is noted in cells of ")


def test_a_limit_of_the_process_counts_as_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    monkeypatch.setattr(resource, "getrlimit", lambda _: (20_000_000_000, resource.RLIM_INFINITY))
    plenty = free_bytes()
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_000, resource.RLIM_INFINITY))
    assert free_bytes() == 0
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert free_bytes() >= plenty > 0


def test_threads_are_as_many_as_the_process_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numba.config.NUMBA_NUM_THREADS", 1)
    assert room_for(1000, PLENTY).workers == 1
    assert given_up(room_for(1000, PLENTY), 0.2, 0.2) == ()
    monkeypatch.setattr("numba.config.NUMBA_NUM_THREADS", 99)
    assert room_for(1000, PLENTY).workers == 16
