"""The two clouds of the sample survey as files: E57 with a pose for each station, LAZ 1.4 with its map system."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from samples import place
from twin.frames import move

if TYPE_CHECKING:
    from samples.drone import DroneCloud
    from samples.laser import StationScan
    from twin.arrays import Floats

SURVEYED_ON = date(2026, 3, 18)
_GPS_EPOCH = date(1980, 1, 6)
_LASER_STEP, _DRONE_STEP = 0.0001, 0.001
"""Smallest coordinate difference that each file keeps, in m."""
_INTENSITY_STEPS = 1023
_COLOURS = ("colorRed", "colorGreen", "colorBlue")


def write_laser(path: Path, scans: tuple[StationScan, ...]) -> None:
    """One scan for each station, points in the station's own frame, its pose on the map; `OSError` where it fails."""
    from pye57 import libe57

    try:
        image = libe57.ImageFile(str(path), "w")
        _write_scans(image, scans)
        image.close()
    except libe57.E57Exception as error:
        raise OSError(f"{path}: cannot be written") from error


def _write_scans(image: Any, scans: tuple[StationScan, ...]) -> None:
    from pye57 import libe57

    _root(image)
    listed = libe57.VectorNode(image, True)
    image.root().set("data3D", listed)
    image.root().set("images2D", libe57.VectorNode(image, True))
    for number, scan in enumerate(scans):
        _write_scan(image, listed, scan, number)


def write_drone(path: Path, cloud: DroneCloud) -> None:
    """All points on the map, in the order of the pictures."""
    import laspy
    import pyproj

    points = move(place.map_from_design(), cloud.points)
    header = laspy.LasHeader(version="1.4", point_format=7)
    header.scales = np.full(3, _DRONE_STEP)
    header.offsets = np.array([np.floor(place.EASTINGS), np.floor(place.NORTHINGS), 0.0])
    header.creation_date = SURVEYED_ON
    header.system_identifier = "photogrammetry, simulated"
    header.generating_software = "Plumbline sample site"
    header.add_crs(pyproj.CRS.from_user_input(place.CRS))
    record = laspy.LasData(header)
    record.x, record.y, record.z = points.T
    record.red, record.green, record.blue = cloud.rgb.astype(np.uint16).T * np.uint16(257)
    record.return_number = np.ones(len(points), dtype=np.uint8)
    record.number_of_returns = np.ones(len(points), dtype=np.uint8)
    record.write(str(path), laz_backend=laspy.LazBackend.Lazrs)


def _root(image: Any) -> None:
    from pye57 import libe57

    image.extensionsAdd("", libe57.E57_V1_0_URI)
    root = image.root()
    root.set("formatName", libe57.StringNode(image, "ASTM E57 3D Imaging Data File"))
    root.set("guid", libe57.StringNode(image, _guid("file")))
    root.set("versionMajor", libe57.IntegerNode(image, libe57.E57_FORMAT_MAJOR))
    root.set("versionMinor", libe57.IntegerNode(image, libe57.E57_FORMAT_MINOR))
    root.set("e57LibraryVersion", libe57.StringNode(image, "Plumbline sample site"))
    root.set("coordinateMetadata", libe57.StringNode(image, _map_text()))
    root.set("creationDateTime", _instant(image, 0))


def _write_scan(image: Any, listed: Any, scan: StationScan, number: int) -> None:
    from pye57 import libe57

    node = libe57.StructureNode(image)
    name = f"{number + 1:02d} {scan.station.name}"
    node.set("guid", libe57.StringNode(image, _guid(name)))
    node.set("name", libe57.StringNode(image, name))
    node.set("description", libe57.StringNode(image, "simulated scan of the sample site"))
    node.set("sensorModel", libe57.StringNode(image, "simulated panoramic scanner"))
    node.set("acquisitionStart", _instant(image, 36_000 + 600 * number))
    node.set("acquisitionEnd", _instant(image, 36_000 + 600 * number + 240))
    node.set("pose", _pose(image, scan.design_from_station))
    node.set("indexBounds", _index_bounds(image, scan.grid))
    low, high = scan.points.min(axis=0), scan.points.max(axis=0)
    node.set("cartesianBounds", _bounds(image, low, high))
    node.set("intensityLimits", _limits(image, "intensity", libe57.FloatNode, 0.0, 1.0))
    node.set("colorLimits", _colour_limits(image))
    columns = _columns(scan)
    vector = libe57.CompressedVectorNode(image, _prototype(image, scan), libe57.VectorNode(image, True))
    node.set("points", vector)
    listed.append(node)
    buffers = libe57.VectorSourceDestBuffer()
    for field, values in columns.items():
        buffers.append(libe57.SourceDestBuffer(image, field, values, len(values), True, True))
    writer = vector.writer(buffers)
    writer.write(len(scan.points))
    writer.close()


def _columns(scan: StationScan) -> dict[str, Any]:
    """The columns of a scan, each an array of its own."""
    columns: dict[str, Any] = {
        f"cartesian{axis}": np.ascontiguousarray(scan.points[:, i]) for i, axis in enumerate("XYZ")
    }
    columns["intensity"] = np.ascontiguousarray(scan.intensity)
    columns |= {name: np.ascontiguousarray(scan.rgb[:, i]) for i, name in enumerate(_COLOURS)}
    columns["rowIndex"] = np.ascontiguousarray(scan.row.astype(np.uint16))
    columns["columnIndex"] = np.ascontiguousarray(scan.column.astype(np.uint16))
    return columns


def _prototype(image: Any, scan: StationScan) -> Any:
    """What one record holds: scaled whole numbers, packed as tightly as the scan's extent allows."""
    from pye57 import libe57

    record = libe57.StructureNode(image)
    for i, axis in enumerate("XYZ"):
        low = int(np.floor(scan.points[:, i].min() / _LASER_STEP)) - 1
        high = int(np.ceil(scan.points[:, i].max() / _LASER_STEP)) + 1
        record.set(f"cartesian{axis}", libe57.ScaledIntegerNode(image, low, low, high, _LASER_STEP, 0.0))
    step = 1.0 / _INTENSITY_STEPS
    record.set("intensity", libe57.ScaledIntegerNode(image, 0, 0, _INTENSITY_STEPS, step, 0.0))
    for name in _COLOURS:
        record.set(name, libe57.IntegerNode(image, 0, 0, 255))
    record.set("rowIndex", libe57.IntegerNode(image, 0, 0, scan.grid[0] - 1))
    record.set("columnIndex", libe57.IntegerNode(image, 0, 0, scan.grid[1] - 1))
    return record


def _pose(image: Any, design_from_station: Floats) -> Any:
    from pye57 import libe57

    map_from_station = place.map_from_design() @ design_from_station
    half = 0.5 * float(np.arctan2(map_from_station[1, 0], map_from_station[0, 0]))
    rotation, translation = libe57.StructureNode(image), libe57.StructureNode(image)
    for name, value in zip("wxyz", (np.cos(half), 0.0, 0.0, np.sin(half)), strict=True):
        rotation.set(name, libe57.FloatNode(image, float(value)))
    for name, value in zip("xyz", map_from_station[:3, 3], strict=True):
        translation.set(name, libe57.FloatNode(image, float(value)))
    pose = libe57.StructureNode(image)
    pose.set("rotation", rotation)
    pose.set("translation", translation)
    return pose


def _index_bounds(image: Any, grid: tuple[int, int]) -> Any:
    from pye57 import libe57

    node = libe57.StructureNode(image)
    for name, most in (("row", grid[0] - 1), ("column", grid[1] - 1), ("return", 0)):
        node.set(f"{name}Minimum", libe57.IntegerNode(image, 0))
        node.set(f"{name}Maximum", libe57.IntegerNode(image, most))
    return node


def _bounds(image: Any, low: Floats, high: Floats) -> Any:
    """Bounds in the station's frame, as the standard has it."""
    from pye57 import libe57

    node = libe57.StructureNode(image)
    for axis, least, most in zip("xyz", low, high, strict=True):
        node.set(f"{axis}Minimum", libe57.FloatNode(image, float(least)))
        node.set(f"{axis}Maximum", libe57.FloatNode(image, float(most)))
    return node


def _limits(image: Any, name: str, kind: Any, least: float, most: float) -> Any:
    from pye57 import libe57

    node = libe57.StructureNode(image)
    node.set(f"{name}Minimum", kind(image, least))
    node.set(f"{name}Maximum", kind(image, most))
    return node


def _colour_limits(image: Any) -> Any:
    from pye57 import libe57

    node = libe57.StructureNode(image)
    for name in _COLOURS:
        node.set(f"{name}Minimum", libe57.IntegerNode(image, 0))
        node.set(f"{name}Maximum", libe57.IntegerNode(image, 255))
    return node


def _instant(image: Any, second_of_day: int) -> Any:
    """A time of the survey's day, as GPS seconds."""
    from pye57 import libe57

    node = libe57.StructureNode(image)
    seconds = (SURVEYED_ON - _GPS_EPOCH).days * 86_400.0 + second_of_day
    node.set("dateTimeValue", libe57.FloatNode(image, seconds))
    node.set("isAtomicClockReferenced", libe57.IntegerNode(image, 0))
    return node


def _guid(name: str) -> str:
    digits = hashlib.sha256(f"plumbline sample site/e57/{name}".encode()).hexdigest()
    return f"{{{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}}}"


def _map_text() -> str:
    import pyproj

    return str(pyproj.CRS.from_user_input(place.CRS).to_wkt("WKT1_GDAL"))
