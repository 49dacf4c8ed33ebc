"""Gaps on the map that look like a known mistake are named."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.registration.anchors.misplaced import fault

DESIGN = np.array([432_100.0, 3_345_200.0, 12.0])
NEAR = np.array([8.0, -5.0, 0.4])


@pytest.mark.parametrize(
    ("survey", "said"),
    [
        pytest.param(DESIGN[[1, 0, 2]], "exchanged", id="northing before easting"),
        pytest.param(
            np.add(DESIGN, [38e6, 0.0, 0.0]), "survey's eastings bear the zone number 38", id="zone in the survey"
        ),
        pytest.param(DESIGN - [39e6, 0.0, 0.0], "design's eastings bear the zone number 39", id="zone in the design"),
        pytest.param(DESIGN - [5e5, 0.0, 0.0], "survey's coordinates lack the false easting", id="no false easting"),
        pytest.param(
            np.add(DESIGN, [0.0, 1e7, 0.0]), "design's coordinates lack the false northing", id="southern half"
        ),
        pytest.param(DESIGN / 0.3048, "--unit ft", id="feet"),
        pytest.param(DESIGN * 1000.0, "--unit mm", id="millimetres"),
        pytest.param(np.add(DESIGN, [0.0, 0.0, 43.7]), r"height \+44", id="ellipsoidal heights"),
    ],
)
def test_a_known_mistake_is_named(survey: np.ndarray, said: str) -> None:
    import re

    told = fault(survey + NEAR, DESIGN, 60.0)
    assert told is not None
    assert re.search(said, told)


@given(st.floats(200.0, 90_000.0), st.floats(0.0, 6.28))
def test_another_site_is_no_mistake(away: float, direction: float) -> None:
    gap = away * np.array([np.cos(direction), np.sin(direction), 0.0])
    assert fault(DESIGN + gap, DESIGN, 60.0) is None
