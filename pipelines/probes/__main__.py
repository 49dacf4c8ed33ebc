"""One trial: prints its answer, or lets the exception speak."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

GIGABYTE = 1e9


def design() -> str:
    """Meshes a model of one slab."""
    from twin.design import read_design

    with as_file(files("pipelines.probes") / "slab.ifc") as path:
        surface = read_design([path]).surface
    return f"{len(surface.triangles)} triangles, {surface.areas().sum():.1f} m2"


def laz() -> str:
    """Reads a small compressed cloud."""
    return _cloud("points.laz")


def e57() -> str:
    """Reads a small E57 cloud."""
    return _cloud("points.e57")


def tables() -> str:
    """Writes a table and a scene."""
    import polars
    import trimesh

    with tempfile.TemporaryDirectory() as folder:
        polars.DataFrame({"a": [1, 2]}).write_parquet(Path(folder) / "a.parquet")
        scene = trimesh.Scene(trimesh.creation.box())
        (Path(folder) / "a.glb").write_bytes(scene.export(file_type="glb"))
    return f"polars {polars.__version__}, trimesh {trimesh.__version__}"


def maps() -> str:
    """Converts a point of a Chinese grid."""
    import pyproj

    east, north = pyproj.Transformer.from_crs("EPSG:4490", "EPSG:4549", always_xy=True).transform(120.2, 30.3)
    return f"EPSG:4549 {east:.1f} E, {north:.1f} N"


def kernel() -> str:
    """Compiles a small loop."""
    import numba
    import numpy as np

    total = numba.njit(lambda values: values.sum())(np.arange(5.0))
    return f"numba {numba.__version__}, {numba.config.NUMBA_NUM_THREADS} threads" if total == 10.0 else "wrong"


def lettering() -> str:
    """Finds glyphs for both scripts."""
    from PIL import ImageFont

    from twin.evidence.pictures.lettering import font_path

    family, style = ImageFont.truetype(font_path(), 12).getname()
    return f"{family} {style}"


def rendering() -> str:
    """Draws a cube without a screen."""
    import pyvista

    plotter = pyvista.Plotter(off_screen=True, window_size=[64, 64])
    plotter.add_mesh(pyvista.Cube(), color="red")
    picture = plotter.screenshot(return_img=True)
    if picture is None or picture.min() == picture.max():
        raise SystemExit("the picture is empty: install the software renderer (libegl-mesa0, libgl1-mesa-dri)")
    return f"{plotter.render_window.GetClassName()}, pyvista {pyvista.__version__}"


def viewer() -> str:
    """Finds the built programs."""
    said = []
    for name, package in (("viewer", "twin.evidence.viewer"), ("dashboard", "twin.supervision.dashboard")):
        program = files(package) / "dist" / f"{name}.js"
        if not program.is_file():
            raise SystemExit(f"the {name}'s program is not built: run `make setup`")
        said.append(f"{name} {len(program.read_bytes()) / 1000:.0f} kB")
    return ", ".join(said)


def disk() -> str:
    """Measures free space and writes a file."""
    with tempfile.NamedTemporaryFile() as stream:
        stream.write(b"plumbline")
    return f"{shutil.disk_usage(tempfile.gettempdir()).free / GIGABYTE:.0f} GB free in {tempfile.gettempdir()}"


def _cloud(name: str) -> str:
    from twin.survey import open_survey

    with as_file(files("pipelines.probes") / name) as path:
        survey = open_survey([path])
        points = sum(len(chunk.points) for chunk in survey.files[0].chunks(1000))
    return f"{points} points, {survey.facts[0].format}"


PROBES: dict[str, Callable[[], str]] = {
    probe.__name__: probe for probe in (design, laz, e57, tables, maps, kernel, lettering, rendering, viewer, disk)
}


def main() -> None:
    """Runs the probe that is named."""
    try:
        answer = PROBES[sys.argv[1]]()
    except Exception as error:
        raise SystemExit(f"{type(error).__name__}: {' '.join(str(error).split())}") from error
    sys.stdout.write(answer + "\n")


if __name__ == "__main__":
    main()
