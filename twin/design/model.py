"""The approved building: frozen types that the doors fill and every later stage reads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from twin.arrays import Floats, Ints, Matrix4


class Role(StrEnum):
    """What an element is to an inspection."""

    BUILDING = "building"
    """Must stand where the design has it."""
    MOVABLE = "movable"
    """Furniture, modelled trees, vehicles: explains points, is never missing, never a deviation."""
    GROUND = "ground"
    """Terrain and site surfaces: explains points, is not judged."""


@dataclass(frozen=True, slots=True)
class Element:
    """One approved element that has a body.

    `box` is (min x, y, z, max x, y, z) in m, design frame; `storey` indexes `Design.storeys`, by the element's place
    in space first and by its containment in the file only where geometry does not decide; `is_closed` says that its
    surface encloses a volume; `due_on` is the ISO day on which the last task that builds it ends, None where the model
    has no schedule for it.
    """

    index: int
    global_id: str
    ifc_class: str
    name: str
    role: Role
    storey: int | None
    box: tuple[float, float, float, float, float, float]
    is_closed: bool
    due_on: str | None = None


@dataclass(frozen=True, slots=True)
class Storey:
    """A level that the file names or that geometry shows.

    `elevation_m` is the top of the floor structure in the design frame where a slab was found, else the level that
    the file states; `is_floor` says whether structure to stand on carries it; `why` says how that was decided.
    `floor_area_m2` is the plan area of that structure, 0 where there is none.
    """

    name: str
    global_id: str | None
    elevation_m: float
    is_floor: bool
    why: str
    floor_area_m2: float = 0.0


@dataclass(frozen=True, eq=False)
class Surface:
    """All triangles of the design, in element order.

    Attributes
    ----------
    vertices : (v, 3) m, design frame, float64
    triangles : (t, 3) int32
        Vertex indices, anticlockwise seen from outside on every closed element.
    element : (t,) int32
        Index into `Design.elements` of each triangle.
    """

    vertices: Floats
    triangles: Ints
    element: Ints

    def corners(self) -> Floats:
        """(t, 3, 3) m, design frame: the corners of each triangle."""
        return self.vertices[self.triangles]

    def normals(self) -> Floats:
        """(t, 3) outward unit normals; zero for slivers without area."""
        corners = self.corners()
        cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        length = np.linalg.norm(cross, axis=1, keepdims=True)
        unit: Floats = np.divide(cross, length, out=np.zeros_like(cross), where=length > 0.0)
        return unit

    def areas(self) -> Floats:
        """(t,) m2."""
        corners = self.corners()
        cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        return np.asarray(0.5 * np.linalg.norm(cross, axis=1))


@dataclass(frozen=True, eq=False)
class Georeference:
    """Where the design lies on the map, with everything the files say about it.

    Attributes
    ----------
    map_from_design : (4, 4) float or None
        Design frame to eastings, northings, orthogonal height in m; None where no file states it.
    crs : str or None
        Name of the projected system, e.g. ``EPSG:4549``.
    true_north_deg : float
        Direction of true north, anticlockwise from the design's y axis.
    latitude_deg, longitude_deg, elevation_m : float or None
        Of IfcSite.
    source : str
        Which statement gave `map_from_design` ("IfcMapConversion", "ePSet_MapConversion", ... or "none").
    conflicts : tuple of str
        Statements that contradict each other, one readable line each.
    """

    map_from_design: Matrix4 | None
    crs: str | None
    true_north_deg: float
    latitude_deg: float | None
    longitude_deg: float | None
    elevation_m: float | None
    source: str
    conflicts: tuple[str, ...] = ()

    @property
    def north_deg(self) -> float:
        """Direction of map north where the map is known, else of true north, anticlockwise from the design's y."""
        if self.map_from_design is None:
            return self.true_north_deg
        return float(np.degrees(np.arctan2(-self.map_from_design[1, 0], self.map_from_design[0, 0])))


@dataclass(frozen=True, eq=False)
class GridAxis:
    """One axis of the grid by which people say where something is.

    Attributes
    ----------
    tag : str
        What stands in its bubble.
    points : (n, 3) m, design frame
        Along the axis: two where it is a line, more where it bends.
    storey : str or None
        Name of the storey it is drawn on, where that is one only.
    """

    tag: str
    points: Floats
    storey: str | None = None


@dataclass(frozen=True, slots=True)
class DesignFile:
    """One file of the design."""

    path: str
    sha256: str
    ifc_schema: str
    length_unit_m: float


@dataclass(frozen=True, eq=False)
class Design:
    """The approved building in the design frame (IFC project coordinates in metres).

    `storeys` ascend by elevation. `notes` lists what is odd about the files, one readable line each. `axes` are those
    of its grids, each once, in the order of the files. `zero_m` is the level from which the files count the heights of
    their storeys (IfcBuildingStorey.Elevation), None where they do not agree on one.
    """

    files: tuple[DesignFile, ...]
    name: str
    elements: tuple[Element, ...]
    storeys: tuple[Storey, ...]
    surface: Surface
    georeference: Georeference
    notes: tuple[str, ...] = ()
    axes: tuple[GridAxis, ...] = ()
    zero_m: float | None = None

    def roles(self) -> dict[Role, Ints]:
        """Indices of the elements of each role."""
        return {role: np.array([e.index for e in self.elements if e.role is role], dtype=np.int32) for role in Role}
