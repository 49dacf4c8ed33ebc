"""Shapes as the programme meets them from a known pose: approved, built otherwise, surveyed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from shapely import MultiPoint, Polygon, union_all
from support.observing import Case, registration_of
from support.shape_changes import cluttered
from support.shape_edits import ShapeEdit
from support.shape_surveys import Look, anywhere, cloud_of, stations, surveyed
from support.shapes import Body, Shape, design_of

from twin.frames import inverse

APART_M = 1.6
"""Containers and cars stand farther off than this: one that touches a wall is an extension to any eye."""


def case_of(edit: ShapeEdit, look: Look) -> Case:
    """The design, the cloud in a frame of its own, and its pose."""
    shape = edit.shape
    places = stations(edit.scanned or shape, look)
    if edit.further is not None and look.kind == "inside":
        places = np.vstack([places, edit.further])
    points, scan, places = surveyed(shape, [*edit.built, *about(shape)], look, places)
    survey_from_design = anywhere(np.random.default_rng(shape.seed + 5), 0.0)
    cloud = cloud_of(points, scan, places, survey_from_design, look.told)
    design = design_of(shape, edit.approved)
    known = registration_of(design, inverse(survey_from_design))
    return Case(design, cloud, replace(known, residual_rms_m=look.noise_m))


def about(shape: Shape) -> list[Body]:
    """A neighbour, containers and cars, but for those that would touch the building."""
    plot = union_all([Polygon(tile) for tile in shape.tiles]).buffer(APART_M)
    things = cluttered(shape, [], shape.seed)
    return [thing for thing in things if not MultiPoint(thing.vertices[:, :2]).convex_hull.intersects(plot)]
