"""Additions of which a side was hidden: their sizes are bounds."""

from __future__ import annotations

import numpy as np
from support.observing import inspected, observed, stations_of
from support.worlds import ELL, GROUND, honest, roof_room

from twin.conformity.model import Kind


def test_what_nobody_saw_the_whole_of_is_stated_as_a_least() -> None:
    """The extension from one corner, so that a side stays hidden; from all sides its size is a number."""
    world = honest(ELL).plus(roof_room((9, 0.5), (12, 4), GROUND, 3.0))
    true = 3.0 * 3.5
    places = stations_of(world)
    front = (places[:, 0] > 12.5) & (places[:, 1] > 6.0)
    for keep, is_whole in ((front, False), (np.ones(len(places), dtype=bool), True)):
        result = inspected(observed(world, density=60.0, keep=keep))
        (finding,) = (f for f in result.judgement.findings if f.kind is Kind.LATERAL_EXTENSION)
        assert bool(finding.at_least) is not is_whole
        if not is_whole:
            assert 0.0 < finding.at_least["area_m2"] <= true
            assert 0.0 < finding.at_least["volume_m3"] <= true * 3.0
            assert "at least" in finding.title
