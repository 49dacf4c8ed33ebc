"""Opening and decoding: several files, the local origin, columns on disk, and refusals."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from support.survey_files import axes_of, cloud, colours, write_e57, write_las, write_pcd, write_ply, write_rows

from twin.errors import SurveyError
from twin.survey import decode, open_survey
from twin.survey.model import Chunk, FileFacts, Survey
from twin.survey.opening import origin_near


def test_several_files_become_one_cloud(tmp_path: Path) -> None:
    plain = write_rows(tmp_path / "a.csv", cloud(100, 1), ",", "x,y,z\n")
    coloured = write_ply(tmp_path / "b.ply", cloud(200, 2), colours(200))
    scans = write_e57(
        tmp_path / "c.e57", [axes_of(cloud(30, 3)), {**axes_of(cloud(20, 4)), "pose": (1, 0, 0, 0, 4, 5, 6)}]
    )
    whole = decode(open_survey([plain, coloured, scans]), tmp_path / "c", size=64)
    parts = [cloud(100, 1), cloud(200, 2), cloud(30, 3), np.add(cloud(20, 4), (4, 5, 6))]
    np.testing.assert_allclose(whole.points, np.concatenate(parts), atol=1e-12)
    np.testing.assert_array_equal(whole.scan, np.repeat([0, 1, 2, 3], [100, 200, 30, 20]))
    assert whole.rgb is not None
    np.testing.assert_array_equal(whole.rgb[100:300], colours(200))
    assert (whole.rgb[:100] == 128).all()
    assert (whole.rgb[300:] == 128).all()
    np.testing.assert_array_equal(np.isnan(whole.stations).any(axis=1), [True, True, True, False])
    assert [facts.points for facts in whole.facts] == [100, 200, 50]


def test_columns_are_mapped_read_only_with_the_bytes_they_promise(tmp_path: Path) -> None:
    whole = decode(open_survey([write_ply(tmp_path / "a.ply", cloud(), colours(500))]), tmp_path / "deep" / "columns")
    assert isinstance(whole.points, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        whole.points[0, 0] = 1.0
    sizes = {path.name: path.stat().st_size for path in (tmp_path / "deep" / "columns").iterdir()}
    assert sizes == {"points.f64": 12_000, "scan.i16": 1_000, "rgb.u8": 1_500}


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    paths = [write_rows(tmp_path / "a.csv", cloud(100, 1), ",", "x,y,z\n"), write_ply(tmp_path / "b.ply", cloud(50, 2))]
    steps: list[tuple[int, int]] = []
    decode(open_survey(paths), tmp_path / "c", size=40, on_progress=lambda done, total: steps.append((done, total)))
    assert steps[-1] == (150, 150)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)


@pytest.mark.parametrize(
    ("point", "origin"),
    [
        ((0.0, -999.0, 30.0), (0.0, 0.0, 0.0)),
        ((1001.0, 0.0, 0.0), (1000.0, 0.0, 0.0)),
        ((500_049.0, 3_400_051.0, -149.0), (500_000.0, 3_400_100.0, -100.0)),
    ],
)
def test_the_origin_is_a_whole_number_near_the_cloud(point: tuple[float, ...], origin: tuple[float, ...]) -> None:
    found = origin_near(np.array(point))
    np.testing.assert_array_equal(found, origin)
    assert not np.signbit(found[found == 0.0]).any()


def test_the_origin_takes_no_digit(tmp_path: Path) -> None:
    points = np.add(cloud(), (512_345.0, 3_456_789.0, 40.0))
    whole = decode(open_survey([write_pcd(tmp_path / "a.pcd", points)]), tmp_path / "c")
    np.testing.assert_array_equal(whole.origin, [512_300.0, 3_456_800.0, 0.0])
    np.testing.assert_array_equal(whole.points + whole.origin, points)


def test_measured_boxes_replace_those_of_headers(tmp_path: Path) -> None:
    survey = open_survey([write_las(tmp_path / "a.las", cloud())])
    box = (*cloud().min(axis=0), *cloud().max(axis=0))
    np.testing.assert_allclose(survey.facts[0].box, box, atol=1e-9)
    np.testing.assert_allclose(decode(survey, tmp_path / "c").facts[0].box, box, atol=1e-9)


def test_millimetres_taken_for_metres_are_noted_once(tmp_path: Path) -> None:
    path = write_ply(tmp_path / "a.ply", cloud() * 1000.0)
    survey = open_survey([path])
    (note,) = survey.facts[0].notes
    assert note.endswith(" m across, more than any site: in millimetres perhaps, then give the unit mm")
    assert decode(survey, tmp_path / "c").facts[0].notes == (note,)
    assert open_survey([path], unit="mm").facts[0].notes == ()


def test_clouds_far_apart_are_refused(tmp_path: Path) -> None:
    near, far = (
        write_ply(tmp_path / "a.ply", cloud()),
        write_ply(tmp_path / "b.ply", np.add(cloud(seed=2), (500_000.0, 0, 0))),
    )
    with pytest.raises(SurveyError, match=r"b\.ply: lies 500 km from .*a\.ply"):
        open_survey([near, far])


def test_a_file_given_twice_is_refused(tmp_path: Path) -> None:
    path = write_ply(tmp_path / "a.ply", cloud())
    copy = tmp_path / "b.ply"
    shutil.copy(path, copy)
    with pytest.raises(SurveyError, match=r"b\.ply: is the same as .*a\.ply"):
        open_survey([path, copy])


def test_nothing_given_and_units_unknown_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SurveyError, match="no cloud was given"):
        open_survey([])
    with pytest.raises(SurveyError, match="unit 'inch' is not known"):
        open_survey([write_ply(tmp_path / "a.ply", cloud())], unit="inch")


def test_a_full_disk_is_told_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    survey = open_survey([write_ply(tmp_path / "a.ply", cloud())])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(SurveyError, match="GB are needed to decode"):
        decode(survey, tmp_path / "columns")
    assert not (tmp_path / "columns").exists()


@dataclass(frozen=True)
class ShortFile:
    """A file that ends early without a word, as some readers let it."""

    facts: FileFacts
    inner: object

    def chunks(self, size: int) -> Iterator[Chunk]:
        yield next(iter(self.inner.chunks(size)))  # type: ignore[attr-defined]
        raise SurveyError(f"{self.facts.path}: breaks off")


def test_a_file_that_breaks_off_leaves_no_columns(tmp_path: Path) -> None:
    survey = open_survey([write_ply(tmp_path / "a.ply", cloud())])
    broken = Survey((ShortFile(survey.facts[0], survey.files[0]),), survey.origin)
    with pytest.raises(SurveyError, match="breaks off"):
        decode(broken, tmp_path / "columns", size=100)
    assert list((tmp_path / "columns").iterdir()) == []


def test_a_count_that_the_records_do_not_reach_is_refused(tmp_path: Path) -> None:
    file = open_survey([write_ply(tmp_path / "a.ply", cloud())]).files[0]
    claimed = replace(file, facts=replace(file.facts, points=501))  # type: ignore[type-var]
    with pytest.raises(SurveyError, match="counts 501 points, the file holds 500"):
        list(claimed.chunks(100))


def test_a_cloud_of_invalid_points_only_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SurveyError, match="none of its 10 points is valid"):
        open_survey([write_ply(tmp_path / "a.ply", np.full((10, 3), np.nan))])
