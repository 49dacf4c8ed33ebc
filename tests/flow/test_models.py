"""Models that architects wrote, built otherwise and inspected from any pose: a few trials of the benchmark."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.bench.models.trying import Trial, tried

DATA = Path(os.environ.get("PLUMBLINE_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
FZK = DATA / "models" / "AC20-FZK-Haus.ifc"

pytestmark = [
    pytest.mark.sites,
    pytest.mark.slow,
    pytest.mark.skipif(not FZK.is_file(), reason=f"no {FZK.name} in the data folder"),
]


def test_a_scaffold_before_the_eaves_does_not_turn_the_house_round() -> None:
    outcome = tried(Trial(str(FZK), "among things", "drone, no stations"))
    assert outcome is not None
    assert outcome.status == "accepted"
    assert outcome.accused == ()


@pytest.mark.parametrize("edit", ["wall left out", "wall moved"])
def test_a_wall_that_is_not_where_it_should_be_is_told_without_stations(edit: str) -> None:
    outcome = tried(Trial(str(FZK), edit, "inside, no stations"))
    assert outcome is not None
    assert outcome.found
    assert not outcome.silenced
    assert outcome.accused == ()
