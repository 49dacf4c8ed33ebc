"""Views of the whole and of each finding in perspective: which shots to take, and how to letter them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats
from twin.conformity.model import Change
from twin.deviation.model import ElementStatus
from twin.evidence.pictures.cameras import (
    VIEW_ANGLE_DEG,
    Camera,
    box_corners,
    framing,
    shown,
    toward,
)
from twin.evidence.pictures.darkroom import local
from twin.evidence.pictures.edges import feature_edges
from twin.evidence.pictures.page import PICTURE_PX
from twin.evidence.pictures.palette import CHANGE, DESIGN, NOT_OBSERVED_PALE, POINT, lighter
from twin.evidence.pictures.sight import Sight
from twin.evidence.pictures.studio import Layer, Shot
from twin.evidence.pictures.subject import Subject, mesh_of
from twin.evidence.scene import PointClass

_SPACING = 0.007
"""Distance between points shown, as a share of the viewing distance: about 15 pixels, a stipple that hides nothing."""

_CLASSES_FAR = (PointClass.GROUND, PointClass.OBJECT)
_CLASSES_CLOSE = (
    PointClass.GROUND,
    PointClass.OBJECT,
    PointClass.AS_DESIGNED,
    PointClass.DEVIATING,
    PointClass.UNEXPLAINED,
    PointClass.ADDED,
)

ASPECT = PICTURE_PX[0] / PICTURE_PX[1]
BURIED = 0.12
"""A finding of which less than this share can be seen from anywhere outside is shown with the building cut open."""

UNSEEN = (ElementStatus.NOT_OBSERVED, ElementStatus.NOT_DUE)


@dataclass(frozen=True, eq=False)
class Prospect:
    """A shot with what its lettering needs: the camera, the wind it looks from, and the level it is cut open at."""

    name: str
    finding: int | None
    camera: Camera
    ceiling_m: float | None
    from_above: bool


def meshes(subject: Subject, wanted: list[Prospect]) -> dict[str, np.ndarray]:
    """Arrays of everything that shots show, less the subject's middle."""
    scene, origin = subject.scene, subject.middle
    unseen = _unseen(subject)
    arrays: dict[str, np.ndarray] = {}
    for name, chosen in (("seen", ~unseen), ("unseen", unseen)):
        kept = np.isin(np.arange(len(unseen)), np.unique(subject.kept.element)) & chosen
        part = mesh_of(scene.design, kept)
        arrays[f"{name}/vertices"] = local(part.vertices, origin)
        arrays[f"{name}/triangles"] = part.triangles
        arrays[f"{name}/lines"] = feature_edges(part.vertices, part.triangles, part.element)
    for finding, body in zip(scene.findings, subject.bodies, strict=True):
        arrays[f"{finding.id}/vertices"] = local(body.vertices, origin)
        arrays[f"{finding.id}/triangles"] = body.triangles
        arrays[f"{finding.id}/lines"] = feature_edges(body.vertices, body.triangles)
    for prospect in wanted:
        apart = _SPACING * float(np.linalg.norm(prospect.camera.target - prospect.camera.position))
        for point_class in _CLASSES_CLOSE if prospect.finding is not None else _CLASSES_FAR:
            stipple = thinned(scene.points[scene.point_class == point_class], apart)
            arrays[f"{prospect.name}-{point_class.value}/vertices"] = local(stipple, origin)
    return arrays


def _unseen(subject: Subject) -> Flags:
    states = {r.element: r.status for r in subject.scene.element_results}
    return np.array([states.get(e.index) in UNSEEN for e in subject.scene.design.elements], dtype=np.bool_)


def thinned(points: Floats, apart_m: float) -> Floats:
    """One point of each cell of a grid of `apart_m`: an even stipple, however unevenly was measured."""
    cells = np.floor(points / apart_m).astype(np.int64)
    low = cells.min(axis=0) if len(cells) else np.zeros(3, dtype=np.int64)
    span = cells.max(axis=0) - low + 1 if len(cells) else np.ones(3, dtype=np.int64)
    key = ((cells - low) * [span[1] * span[2], span[2], 1]).sum(axis=1)
    first = np.unique(key, return_index=True)[1]
    return np.asarray(points[np.sort(first)])


def prospects(subject: Subject) -> list[Prospect]:
    """All perspective pictures of a case, best viewpoints chosen."""
    judge = _Judge(subject)
    everything = box_corners(subject.box)
    axis = float(np.degrees(subject.axis_rad))
    azimuths = [axis + quarter + side for quarter in (0.0, 90.0, 180.0, 270.0) for side in (-58.0, -32.0)]
    worth = [round(judge.all(framing(everything, toward(azimuth, 20.0), ASPECT, 1.2)), 4) for azimuth in azimuths]
    best = azimuths[int(np.argmax(worth))]
    views = [("overview", best, 20.0), ("overview-opposite", best + 180.0, 20.0)]
    if _on_roof(subject):
        views.append(("overview-above", best, 58.0))
    found = [Prospect(n, None, framing(everything, toward(a, e), ASPECT, 1.22), None, e > 45.0) for n, a, e in views]
    found += [judge.close(number) for number in range(len(subject.scene.findings))]
    return found


def _on_roof(subject: Subject) -> bool:
    if not len(subject.kept.vertices):
        return False
    top = float(subject.kept.vertices[:, 2].max())
    storey = 3.0  # m: an addition that rises into the uppermost storey or above is best seen from above as well
    return any(f.box[1, 2] > top - storey for f in subject.scene.findings if f.change is not Change.OBJECT)


class _Judge:
    """Compares viewpoints by how much of the findings they show."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._alone = [Sight(body.vertices, body.triangles) for body in subject.bodies]

    def seen(self, number: int, camera: Camera) -> float:
        """Share of a finding's outward appearance that nothing hides."""
        body = self._subject.bodies[number]
        _, whole = shown(self._alone[number], camera, np.ones(len(body.triangles), dtype=np.bool_))
        _, part = shown(self._subject.sight, camera, self._subject.owner == number)
        return part / whole if whole else 0.0

    def all(self, camera: Camera) -> float:
        """Mean over the findings that change the building."""
        wanted = [n for n, f in enumerate(self._subject.scene.findings) if f.change is not Change.OBJECT]
        return float(np.mean([self.seen(n, camera) for n in wanted])) if wanted else 0.0

    def close(self, number: int) -> Prospect:
        """The best near viewpoint; from above into the opened building where none sees the finding."""
        finding, body = self._subject.scene.findings[number], self._subject.bodies[number]
        box = np.stack([body.vertices.min(axis=0), body.vertices.max(axis=0)])
        corners = self._shown_around(box)
        axis = float(np.degrees(self._subject.axis_rad))
        turns = [quarter + side for quarter in (-90.0, 0.0, 90.0, 180.0) for side in (58.0, 40.0, 24.0)]
        trials = [(axis + turn, rise) for rise in (16.0, 34.0) for turn in turns]
        cameras = [framing(corners, toward(azimuth, rise), ASPECT, 1.05) for azimuth, rise in trials]
        every = np.ones(len(body.triangles), dtype=np.bool_)
        sizes = np.array([shown(self._alone[number], camera, every)[0] for camera in cameras])
        clear = np.array([self.seen(number, camera) for camera in cameras])
        # an unhidden view counts for more than a large one
        scores = np.round(clear * (0.6 + 0.4 * sizes / max(float(sizes.max()), 1e-9)), 3)
        best = int(np.argmax(scores))
        name = f"{finding.id}-close"
        if clear[best] >= BURIED:
            return Prospect(name, number, cameras[best], None, False)
        camera = framing(corners, toward(axis - 60.0, 48.0), ASPECT, 1.05)
        return Prospect(name, number, camera, float(box[1, 2]) - 0.02, True)

    def _shown_around(self, box: Floats) -> Floats:
        """(8, 3) corners of what a close view shows: the finding with its surroundings, or all where it is large."""
        size = box[1] - box[0]
        if np.linalg.norm(size) > 0.6 * np.linalg.norm(self._subject.box[1] - self._subject.box[0]):
            whole = np.stack([self._subject.box, box])
            return box_corners(np.stack([whole[:, 0].min(axis=0), whole[:, 1].max(axis=0)]))
        around = max(0.22 * float(size.max()), 1.2)
        return box_corners(np.stack([box[0] - around, box[1] + around]))


def shots(subject: Subject, wanted: list[Prospect]) -> list[Shot]:
    """The renderer's orders for all prospects."""
    orders = []
    for prospect in wanted:
        orders.append(_shot(subject, prospect, prospect.name, _layers(subject, prospect)))
    return orders


def _shot(subject: Subject, prospect: Prospect, name: str, layers: list[Layer]) -> Shot:
    camera, origin = prospect.camera, subject.middle
    x, y, z = (float(v) for v in camera.position - origin)
    u, v, w = (float(v) for v in camera.target - origin)
    distance = float(np.linalg.norm(camera.target - camera.position))
    reach = float(np.linalg.norm(subject.box[1] - subject.box[0]))
    # what lies nearer than this hides the view; what lies beyond is background that only clutters
    near_far = (0.25 * distance, distance + 2.0 * reach)
    return Shot(name, PICTURE_PX, (x, y, z), (u, v, w), VIEW_ANGLE_DEG, near_far, tuple(layers))


def _layers(subject: Subject, prospect: Prospect) -> list[Layer]:
    ceiling = None if prospect.ceiling_m is None else prospect.ceiling_m - float(subject.middle[2])
    layers = [
        Layer("seen", "faces", DESIGN, ceiling_m=ceiling),
        Layer("unseen", "faces", NOT_OBSERVED_PALE, ceiling_m=ceiling),
    ]
    layers += [Layer(name, "lines", (92, 98, 106), 0.6, 1.0, ceiling_m=ceiling, lift=2) for name in ("seen", "unseen")]
    for point_class in _CLASSES_CLOSE if prospect.finding is not None else _CLASSES_FAR:
        on_surface = point_class not in _CLASSES_FAR
        mesh, size = f"{prospect.name}-{point_class.value}", 2.5 if on_surface else 2.0
        limit = ceiling if on_surface else None
        lift = 4 if on_surface else 0
        layers.append(Layer(mesh, "points", POINT[point_class], 1.0, size, ceiling_m=limit, lift=lift))
    for number in range(len(subject.scene.findings)):
        chief = prospect.finding in (None, number)
        layers += _body(subject, number, None if prospect.finding == number else ceiling, chief)
    return layers


def _body(subject: Subject, number: int, ceiling: float | None, chief: bool) -> list[Layer]:
    """A finding's faces and edges; paler where another finding is the subject of the picture."""
    finding = subject.scene.findings[number]
    colour = CHANGE[finding.change]
    dark = (colour[0] // 3, colour[1] // 3, colour[2] // 3)
    opacity = 0.5 if finding.change is Change.REMOVED else 1.0
    lift = 2 if finding.change is Change.MOVED else 1
    return [
        Layer(finding.id, "faces", colour if chief else lighter(colour, 0.6), opacity, ceiling_m=ceiling, lift=lift),
        Layer(finding.id, "lines", dark, 1.0, 2.5 if chief else 1.0, ceiling_m=ceiling, lift=3),
    ]
