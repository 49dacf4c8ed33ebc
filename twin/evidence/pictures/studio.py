"""Renders shots off screen; runs in a process of its own, because a graphics driver may take its process down.

Started as ``python -m twin.evidence.pictures.studio FOLDER PARENT`` by the process of that number, with which it ends.
The folder holds ``job.json`` (see `Shot`) and ``meshes.npz``; each shot leaves ``<name>.npy``, (h, w, 3) uint8.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from twin.arrays import Floats
from twin.lifeline import end_with_parent

_LIFT = 40.0
"""Steps of the depth buffer between two lifts: a few millimetres at the distance of a building."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One thing in a shot.

    `mesh` names its arrays: ``<mesh>/vertices`` with ``<mesh>/triangles``, or ``<mesh>/lines``, or points alone.
    `rgb` is 0..255; `size` the width of lines or points in pixels; `floor_m` and `ceiling_m` cut away what lies
    below and above; `lift` settles which of two surfaces in one place is seen: the higher.
    """

    mesh: str
    form: str
    rgb: tuple[int, int, int]
    opacity: float = 1.0
    size: float = 1.0
    ceiling_m: float | None = None
    floor_m: float | None = None
    lift: int = 0


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture to render; positions in m, design frame less the job's origin."""

    name: str
    size: tuple[int, int]
    position: tuple[float, float, float]
    target: tuple[float, float, float]
    view_angle_deg: float
    range_m: tuple[float, float]
    layers: tuple[Layer, ...]


def job_of(shots: list[Shot]) -> str:
    """The shots as JSON."""
    return json.dumps([asdict(shot) for shot in shots])


def main(folder: Path) -> None:
    """Renders every shot of a job, in order."""
    arrays = np.load(folder / "meshes.npz")
    made: dict[tuple[str, str], Any] = {}
    for shot in json.loads((folder / "job.json").read_text(encoding="utf-8")):
        picture = _picture(shot, arrays, made)
        part = folder / f"{shot['name']}.part"
        with part.open("wb") as stream:
            np.save(stream, picture)
        part.rename(folder / f"{shot['name']}.npy")


def _picture(shot: dict[str, Any], arrays: Any, made: dict[tuple[str, str], Any]) -> Any:
    import pyvista as pv

    plotter = pv.Plotter(off_screen=True, window_size=list(shot["size"]), lighting="none")
    plotter.set_background("white")
    for layer in shot["layers"]:
        _add(plotter, layer, arrays, made)
    _light(plotter)
    camera = plotter.camera
    camera.position, camera.focal_point, camera.up = shot["position"], shot["target"], (0.0, 0.0, 1.0)
    camera.view_angle, camera.clipping_range = shot["view_angle_deg"], shot["range_m"]
    plotter.enable_anti_aliasing("msaa", multi_samples=8)
    plotter.render()
    picture = plotter.screenshot(None, return_img=True)
    plotter.close()
    return np.ascontiguousarray(picture[..., :3])


def _light(plotter: Any) -> None:
    """A key light over the left shoulder, a fill from the right, and a little from above: calm, never black."""
    import pyvista as pv

    for position, strength in (((-0.5, 0.6, 1.0), 0.50), ((0.9, 0.2, 0.9), 0.30), ((0.0, 1.0, 0.2), 0.16)):
        light = pv.Light(position=position, intensity=strength, light_type="camera light")
        light.positional = False
        plotter.add_light(light)


def _add(plotter: Any, layer: dict[str, Any], arrays: Any, made: dict[tuple[str, str], Any]) -> None:
    key = (layer["mesh"], layer["form"])
    if key not in made:
        made[key] = _data(arrays, *key)
    data = made[key]
    if data is None:
        return
    colour = [channel / 255.0 for channel in layer["rgb"]]
    common: dict[str, Any] = {"color": colour, "opacity": layer["opacity"], "show_scalar_bar": False}
    if layer["form"] == "faces":
        actor = plotter.add_mesh(data, ambient=0.60, diffuse=0.56, specular=0.0, **common)
    elif layer["form"] == "lines":
        actor = plotter.add_mesh(data, line_width=layer["size"], lighting=False, **common)
    else:
        actor = plotter.add_points(data, point_size=layer["size"], lighting=False, style="points", **common)
    mapper = actor.mapper
    mapper.SetResolveCoincidentTopologyToPolygonOffset()
    for offset in ("Polygon", "Line"):
        getattr(mapper, f"SetRelativeCoincidentTopology{offset}OffsetParameters")(0.0, -_LIFT * layer["lift"])
    mapper.SetRelativeCoincidentTopologyPointOffsetParameter(-_LIFT * layer["lift"])
    _clip(actor, layer)


def _data(arrays: Any, mesh: str, form: str) -> Any:
    import pyvista as pv

    vertices: Floats = arrays[f"{mesh}/vertices"]
    if not len(vertices):
        return None
    if form == "faces":
        return pv.PolyData.from_regular_faces(vertices, arrays[f"{mesh}/triangles"])
    if form == "lines":
        lines = arrays[f"{mesh}/lines"]
        cells = np.column_stack([np.full(len(lines), 2), lines]).ravel()
        return pv.PolyData(vertices, lines=cells) if len(lines) else None
    return pv.PolyData(vertices)


def _clip(actor: Any, layer: dict[str, Any]) -> None:
    from vtkmodules.vtkCommonDataModel import vtkPlane

    for level, up in ((layer["ceiling_m"], -1.0), (layer["floor_m"], 1.0)):
        if level is not None:
            plane = vtkPlane()
            plane.SetOrigin(0.0, 0.0, level)
            plane.SetNormal(0.0, 0.0, up)
            actor.mapper.AddClippingPlane(plane)


if __name__ == "__main__":
    end_with_parent(int(sys.argv[2]))
    main(Path(sys.argv[1]))
