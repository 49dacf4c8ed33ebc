"""What holds for every cloud: nothing is lost between file and columns, and thinning knows no order."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.survey_files import WRITERS, axes_of, cloud, write_e57, write_pcd, write_ply, write_rows

from twin.survey import decode, open_survey, thin

coordinate = st.floats(-1e6, 1e6, allow_nan=False, width=64).map(lambda value: value + 0.0)
clouds = arrays(np.float64, st.tuples(st.integers(1, 40), st.just(3)), elements=coordinate, unique=True)
sizes = st.integers(1, 50)


@settings(max_examples=25, deadline=None)
@given(
    points=clouds,
    size=sizes,
    kind=st.sampled_from(["ascii.ply", "big.ply", "a.pcd", "z.pcd", "t.xyz", "t.csv", "a.e57"]),
)
def test_every_double_comes_back_bit_by_bit(points: np.ndarray, size: int, kind: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / kind
        {
            "ascii.ply": lambda: write_ply(path, points),
            "big.ply": lambda: write_ply(path, points, encoding="binary_big_endian"),
            "a.pcd": lambda: write_pcd(path, points),
            "z.pcd": lambda: write_pcd(path, points, data="binary_compressed"),
            "t.xyz": lambda: write_rows(path, points),
            "t.csv": lambda: write_rows(path, points, ",", "x,y,z\n"),
            "a.e57": lambda: write_e57(path, [axes_of(points)]),
        }[kind]()
        read = np.concatenate([chunk.points for chunk in open_survey([path]).files[0].chunks(size)])
    np.testing.assert_array_equal(read, points)


@settings(max_examples=12, deadline=None)
@given(name=st.sampled_from(sorted(WRITERS)), size=sizes)
def test_chunks_never_exceed_their_size_and_change_no_byte(name: str, size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        survey = open_survey([WRITERS[name](Path(folder) / name, cloud(130))])
        assert max(len(chunk.points) for chunk in survey.files[0].chunks(size)) <= size
        small = decode(survey, Path(folder) / "small", size=size)
        large = decode(survey, Path(folder) / "large")
        assert small.points.tobytes() == large.points.tobytes()
        assert small.scan.tobytes() == large.scan.tobytes()
        assert small.facts == large.facts


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 3000), voxel=st.sampled_from([0.05, 0.3, 1.0, 7.0]))
def test_thinning_chooses_the_same_points_in_any_order(seed: int, count: int, voxel: float) -> None:
    dice = np.random.default_rng(seed)
    points = np.round(dice.normal(scale=3.0, size=(count, 3)), 2)
    order = dice.permutation(count)
    chosen, shuffled = points[thin(points, voxel)], points[order][thin(points[order], voxel)]
    np.testing.assert_array_equal(np.unique(chosen, axis=0), np.unique(shuffled, axis=0))
    assert len(chosen) == len(np.unique(np.floor(points / voxel), axis=0))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_what_is_thin_stays_as_it_is(seed: int) -> None:
    points = np.random.default_rng(seed).uniform(-4, 4, (2000, 3))
    once = points[thin(points, 0.5)]
    np.testing.assert_array_equal(thin(once, 0.5), np.arange(len(once)))
