"""What a survey shows does not depend on how much of it is looked at together."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from support.observing import Inspected, inspected, observed
from support.worlds import COTTAGE, enclosure, honest

from twin.errors import SurveyError
from twin.evidence import compose
from twin.evidence.settings import EvidenceSettings
from twin.massing import MassingSettings
from twin.massing import survey as massing_survey
from twin.survey.columns import column


@cache
def _all() -> Inspected:
    return inspected(observed(honest().plus(enclosure(COTTAGE, 1)), density=60.0))


def test_labels_of_small_blocks_on_disk_are_those_of_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of, case = _all(), _all().case
    arguments = (case.design, case.cloud, case.registration, of.deviation, of.massing, of.judgement)
    whole = compose.label_points(*arguments)
    assert len(np.unique(whole.point_class)) > 3
    added = compose._added(whole, 1000)
    monkeypatch.setattr(compose, "_BLOCK", 4999)
    parts = compose.label_points(*arguments, tmp_path)
    assert isinstance(parts.point_class, np.memmap)
    assert np.array_equal(whole.point_class, parts.point_class)
    assert np.array_equal(whole.finding, parts.finding)
    assert np.array_equal(added, compose._added(parts, 1000))


def test_points_kept_for_sight_and_for_massing_stay_few_however_many_blocks_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of, case = _all(), _all().case
    arguments = (case.design, case.cloud, case.registration, of.deviation)
    labels = compose.label_points(*arguments, of.massing, of.judgement)
    settings, sight = MassingSettings(), EvidenceSettings()
    around = massing_survey._around(*arguments, settings)
    visible = compose._visible_rows(case.design, case.cloud, case.registration, labels, sight)
    for module in (compose, massing_survey):
        monkeypatch.setattr(module, "_BLOCK", 5000)
        monkeypatch.setattr(module, "_MOST_KEPT", 10_000)
    some = massing_survey._around(*arguments, settings)
    shown = compose._visible_rows(case.design, case.cloud, case.registration, labels, sight)
    for flag in (True, False):
        cells = [{tuple(cell) for cell in np.floor(a[0][a[2] == flag] / settings.thinning_m)} for a in (around, some)]
        assert len(cells[0] ^ cells[1]) < 0.05 * len(cells[0])
        assert (some[2] == flag).sum() < 1.05 * (around[2] == flag).sum()
    assert len(shown) == pytest.approx(len(visible), rel=0.02)


def test_a_column_takes_its_room_at_once_and_says_where_it_cannot(tmp_path: Path) -> None:
    numbers = column(tmp_path, "a.f32", np.dtype(np.float32), 1000)
    assert (tmp_path / "a.f32").stat().st_size == 4000
    numbers[:] = 3.0
    numbers.flush()
    assert (np.fromfile(tmp_path / "a.f32", np.float32) == 3.0).all()
    with pytest.raises(SurveyError, match="cannot be written"):
        column(tmp_path / "absent", "a.f32", np.dtype(np.float32), 1)
    assert column(tmp_path / "absent", "a.f32", np.dtype(np.float32), 0).tolist() == []
