"""The same survey comes to the same pose, bit for bit, on one processor core as on all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
SEARCH = """
import os, sys
os.sched_setaffinity(0, [int(core) for core in sys.argv[1].split(",")])
import numpy as np
from support.registration_house import View, approved, cloud_of, design_of, surveyed
from twin.frames import translation, yaw
from twin.registration import register

survey_from_design = translation(np.array([31.0, -17.0, 4.0])) @ yaw(2.1)
found = register(design_of(approved()), cloud_of(surveyed(approved(), View()), survey_from_design))
assert found.searched
print(found.design_from_survey.tobytes().hex(), found.status.value, len(found.rivals))
"""


def searched_on(cores: list[int]) -> str:
    command = [sys.executable, "-c", SEARCH, ",".join(map(str, cores))]
    paths = {**os.environ, "PYTHONPATH": f"{TESTS}:{TESTS.parent}"}
    return subprocess.run(command, cwd=TESTS.parent, env=paths, capture_output=True, check=True, text=True).stdout


def test_one_core_and_all_cores_come_to_the_same_bits() -> None:
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        pytest.skip("needs two processor cores")
    assert searched_on(cores[:1]) == searched_on(cores)
