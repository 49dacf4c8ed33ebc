"""Walls that are not there, told without stations by the floor and the ceiling that they would hide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.observing import registration_of
from support.shape_catalogue import HELD_OUT, TUNED
from support.shape_surveys import Look, cloud_of, surveyed
from support.shapes import Body, Shape, block, bodies, design_of

from twin.deviation import DeviationSettings, ElementStatus, measure

SHAPES = {shape.name: shape for shape in (*TUNED, *HELD_OUT)}
ELL = SHAPES["ell"]


def states(shape: Shape, built: list[Body], look: Look) -> dict[str, ElementStatus]:
    """State of each element by its name; no station is known."""
    points, scan, places = surveyed(shape, built, look)
    design = design_of(shape)
    known = replace(registration_of(design, np.eye(4)), residual_rms_m=look.noise_m)
    cloud = cloud_of(points, scan, places, np.eye(4), told=False)
    results = measure(design, cloud, known, DeviationSettings()).elements
    return {design.elements[result.element].name: result.status for result in results}


def walls(shape: Shape) -> list[Body]:
    return [body for body in bodies(shape) if body.ifc_class == "IfcWall" and np.ptp(body.vertices[:, 2]) > 2.0]


@pytest.mark.parametrize("noise_m", [0.002, 0.012])
@pytest.mark.parametrize("number", [0, 3])
def test_an_absent_wall_lays_its_foot_bare(number: int, noise_m: float) -> None:
    gone = walls(ELL)[number].name
    built = [body for body in bodies(ELL) if body.name != gone]
    found = states(ELL, built, Look("inside", noise_m))
    assert found[gone] is ElementStatus.MISSING
    assert [name for name, state in found.items() if state is ElementStatus.MISSING] == [gone]


@pytest.mark.parametrize("name", ["ell", "round tower", "terrace"])
def test_no_wall_that_stands_is_missing(name: str) -> None:
    shape = SHAPES[name]
    found = states(shape, bodies(shape), Look("inside", 0.005))
    assert ElementStatus.MISSING not in found.values()


def test_noise_as_wide_as_a_wall_tells_nothing_of_its_foot() -> None:
    gone = walls(ELL)[0].name
    built = [body for body in bodies(ELL) if body.name != gone]
    assert states(ELL, built, Look("inside", 0.06))[gone] is not ElementStatus.AS_DESIGNED


def test_a_wall_that_nobody_looked_at_is_not_observed() -> None:
    found = states(ELL, bodies(ELL), Look("facade", 0.003))
    assert ElementStatus.NOT_OBSERVED in found.values()
    assert ElementStatus.MISSING not in found.values()


def test_the_side_of_a_column_beside_a_partition_that_meets_it_is_in_sight() -> None:
    column = replace(block("column", (6.0, 2.0, 0.0), (6.4, 2.4, 2.9)), ifc_class="IfcColumn")
    partition = replace(block("partition", (6.4, 2.1, 0.0), (9.0, 2.3, 2.9)), ifc_class="IfcWall")
    approved = [*bodies(ELL), column, partition]
    design = design_of(ELL, approved)
    points, scan, places = surveyed(ELL, approved, Look("inside", 0.003))
    beside = (points[:, 0] > 6.35) & (np.abs(points[:, 0] - 6.4) < 0.02) & (points[:, 1] > 1.9) & (points[:, 1] < 2.5)
    about = (points[:, 0] > 5.9) & (points[:, 0] < 6.5) & (points[:, 1] > 1.9) & (points[:, 1] < 2.5)
    kept = ~about | beside  # of the column only the face is seen that the partition meets
    known = replace(registration_of(design, np.eye(4)), residual_rms_m=0.003)
    cloud = cloud_of(points[kept], scan[kept], places, np.eye(4), told=False)
    found = {
        design.elements[r.element].name: r.status for r in measure(design, cloud, known, DeviationSettings()).elements
    }
    assert found["column"] is not ElementStatus.MISSING
