"""Bodies of findings, cameras, parallel views and shadows obey geometry."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from support.picture_scenes import approved_design, box_mesh, findings_of, picture_scene

from twin.arrays import Floats, Ints
from twin.conformity.model import Change
from twin.evidence.pictures.cameras import Camera, box_corners, framing, toward
from twin.evidence.pictures.cut import Plane
from twin.evidence.pictures.perspectives import thinned
from twin.evidence.pictures.plans import plan_page
from twin.evidence.pictures.shade import contact_shadows
from twin.evidence.pictures.sight import Sight
from twin.evidence.pictures.solids import body_of, extruded
from twin.evidence.pictures.subject import Subject, main_axis_rad, mesh_of, subject_of
from twin.evidence.pictures.words import words
from twin.evidence.scene import Scene


@pytest.fixture(scope="module")
def scene() -> Scene:
    return picture_scene(step_deg=1.0)


@pytest.fixture(scope="module")
def subject(scene: Scene) -> Subject:
    return subject_of(scene, words("en"))


def _volume(vertices: Floats, triangles: Ints) -> float:
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)


@pytest.mark.parametrize("turned", [False, True])
def test_a_prism_over_an_l_has_its_area_times_its_height(turned: bool) -> None:
    outline = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 1.0], [1.0, 1.0], [1.0, 3.0], [0.0, 3.0]])
    body = extruded(outline[::-1] if turned else outline, 2.0, 4.5)
    assert _volume(body.vertices, body.triangles) == pytest.approx(6.0 * 2.5)
    edges = np.sort(body.triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all()


def test_a_moved_element_is_shown_where_it_stands(scene: Scene) -> None:
    finding = next(f for f in scene.findings if f.change is Change.MOVED)
    body = body_of(finding, scene.design, scene.element_results)
    assert body.vertices[:, 2].min() == pytest.approx(9.6 + 0.08)


def test_a_missing_element_is_shown_as_designed(scene: Scene) -> None:
    finding = next(f for f in scene.findings if f.change is Change.REMOVED)
    body = body_of(finding, scene.design, scene.element_results)
    assert _volume(body.vertices, body.triangles) == pytest.approx(4.0 * 1.6 * 0.2)


def test_a_flat_finding_is_shown_from_above_among_walls_a_high_one_is_cut(scene: Scene) -> None:
    subject = subject_of(scene, words("en"))
    for number, finding in enumerate(scene.findings):
        low, high = finding.box[:, 2]
        page = plan_page(subject, number)
        title = " ".join(text.get_text() for text in page.paper.texts)
        level = high + 1.2 if high - low < 0.6 else low + min(1.2, 0.5 * (high - low))
        body = subject.bodies[number].vertices[:, 2]
        if finding.change is not Change.MOVED:
            assert f"{level:+.2f} m" in title
            assert (level > body.max()) == (high - low < 0.6)
        hatched = [patch for patch in page.drawing.patches if patch.get_hatch()]
        assert hatched, finding.id


def test_without_body_or_outline_the_box_is_shown(scene: Scene) -> None:
    finding = dataclasses.replace(scene.findings[0], body=None, outline=np.zeros((0, 2)))
    body = body_of(finding, scene.design, scene.element_results)
    assert _volume(body.vertices, body.triangles) == pytest.approx(18.0 * 12.0 * 3.2)


def test_the_subject_keeps_neither_furniture_nor_what_moved_or_is_gone(subject: Subject) -> None:
    names = {subject.scene.design.elements[i].name for i in np.unique(subject.kept.element)}
    assert "Table" not in names
    assert "Parapet" not in names
    assert "Roof" in names
    np.testing.assert_allclose(subject.box, [[0.0, -1.6, -0.25], [22.5, 12.0, 12.8]])


@pytest.mark.parametrize("angle_deg", [0.0, 17.0, -30.0, 44.0])
def test_the_main_axis_turns_with_the_building(angle_deg: float) -> None:
    design = approved_design()
    angle = np.radians(angle_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0.0], [np.sin(angle), np.cos(angle), 0.0], [0.0, 0.0, 1.0]])
    mesh = mesh_of(design, np.ones(len(design.elements), dtype=np.bool_))
    turned = dataclasses.replace(mesh, vertices=mesh.vertices @ turn.T)
    assert np.degrees(main_axis_rad(turned)) == pytest.approx(angle_deg, abs=1e-6)


@pytest.mark.parametrize("azimuth", [0.0, 35.0, 200.0])
@pytest.mark.parametrize("elevation", [5.0, 40.0])
def test_a_framing_holds_all_points_and_touches_the_frame(azimuth: float, elevation: float) -> None:
    corners = box_corners(np.array([[0.0, 0.0, 0.0], [30.0, 8.0, 12.0]]))
    place, depth = framing(corners, toward(azimuth, elevation), 1.8, 1.0).project(corners)
    assert (depth > 0.0).all()
    assert place.min() > -0.02
    assert place.max() < 1.02
    assert min(place.min(), 1.0 - place.max()) < 0.03


def test_rays_go_where_projection_says() -> None:
    camera = Camera(np.array([10.0, -20.0, 8.0]), np.array([1.0, 2.0, 3.0]), 1.5)
    rays, shape = camera.rays(30)
    place, _ = camera.project(camera.position + 7.0 * rays)
    row, column = np.divmod(np.arange(len(rays)), shape[1])
    np.testing.assert_allclose(place[:, 0], (column + 0.5) / shape[1], atol=1e-9)
    np.testing.assert_allclose(place[:, 1], (row + 0.5) / shape[0], atol=1e-9)


def test_a_view_measures_depth_and_names_triangles() -> None:
    sight = Sight(*box_mesh((1000.0, 2000.0, 0.0, 1002.0, 2003.0, 1.0)))
    plane = Plane(np.array([0.0, 1995.0, 0.0]), np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0]))
    view = sight.view(plane, (999.0, 1003.0, -1.0, 2.0), 0.5)
    assert view.depth.shape == (6, 8)
    inside = np.isfinite(view.depth)
    assert inside.sum() == 4 * 2
    np.testing.assert_allclose(view.depth[inside], 5.0, atol=1e-4)
    np.testing.assert_allclose(view.facing[inside], 1.0, atol=1e-6)
    assert (view.triangle[inside] >= 0).all()
    assert (view.triangle[~inside] == -1).all()


def test_a_plane_is_not_shaded_but_a_corner_is() -> None:
    across = np.linspace(-1.0, 1.0, 200)
    flat = np.broadcast_to(1.0 / (0.1 + 0.02 * across), (120, 200))
    white = np.full((240, 400, 3), 200, dtype=np.uint8)
    assert contact_shadows(white, flat, 26.0).min() >= 199
    corner = np.broadcast_to(1.0 / (0.1 + 0.04 * np.abs(across)), (120, 200))  # two walls that meet in the middle
    shaded = contact_shadows(white, corner, 26.0)
    assert shaded[120, 200, 0] < 185
    assert shaded[120, 60, 0] >= 199


def test_thinning_keeps_one_point_in_each_cell() -> None:
    points = np.random.default_rng(3).uniform(0.0, 1.0, (5000, 3))
    kept = thinned(points, 0.25)
    assert len(kept) == 64
    assert len(np.unique(np.floor(kept / 0.25), axis=0)) == 64


def test_findings_of_the_sample_cover_every_change() -> None:
    assert {f.change for f in findings_of(approved_design())} == set(Change)
