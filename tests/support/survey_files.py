"""Writes small clouds in every format, byte by byte where no library writes what a test needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import laspy
import numpy as np
from numpy.typing import NDArray
from pye57 import libe57

Floats = NDArray[np.float64]


def cloud(count: int = 500, seed: int = 1, spread_m: float = 10.0) -> Floats:
    """Points on whole millimetres, so that text and scaled integers keep them exactly."""
    return np.round(np.random.default_rng(seed).uniform(-spread_m, spread_m, (count, 3)), 3)


def colours(count: int, seed: int = 2) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (count, 3)).astype(np.uint8)


def write_las(
    path: Path,
    points: Floats,
    rgb: NDArray[Any] | None = None,
    version: str = "1.2",
    crs: str | None = None,
    withheld: NDArray[np.bool_] | None = None,
    source: NDArray[Any] | None = None,
) -> Path:
    modern = version == "1.4"
    form = (7 if rgb is not None else 6) if modern else (2 if rgb is not None else 0)
    header = laspy.LasHeader(version=version, point_format=form)
    header.scales, header.offsets = np.full(3, 0.001), np.floor(points.min(axis=0)) if len(points) else np.zeros(3)
    if crs is not None:
        from pyproj import CRS

        header.add_crs(CRS(crs))
    data = laspy.LasData(header)
    data.x, data.y, data.z = points.T
    if rgb is not None:
        data.red, data.green, data.blue = rgb.T.astype(np.uint16)
    if withheld is not None:
        data["withheld"] = withheld.astype(np.uint8)
    if source is not None:
        data["point_source_id"] = source.astype(np.uint16)
    data.write(path)
    return path


def deviation_header(points: Floats) -> laspy.LasHeader:
    """Of such a survey, about some points."""
    header = laspy.LasHeader(version="1.4", point_format=7)
    header.scales, header.offsets = np.full(3, 1e-4), np.floor(points.min(axis=0))
    extra = {"deviation": np.float32, "plumbline_class": np.uint8}
    header.add_extra_dims([laspy.ExtraBytesParams(name=name, type=form) for name, form in extra.items()])
    return header


def write_deviation(
    path: Path,
    points: Floats,
    deviation: NDArray[Any],
    kind: NDArray[Any],
    rgb: NDArray[Any] | None = None,
) -> Path:
    """A survey as an inspection leaves it, in the design frame."""
    data = laspy.LasData(deviation_header(points))
    data.x, data.y, data.z = points.T
    data["deviation"], data["plumbline_class"] = deviation, kind
    if rgb is not None:
        data.red, data.green, data.blue = (rgb.astype(np.uint16) * 257).T
    data.write(path)
    return path


def write_e57(path: Path, scans: list[Mapping[str, Any]], crs: str = "") -> Path:
    """An E57 of scans, each a mapping of field to column, with `pose` (w, x, y, z, tx, ty, tz) and `name` beside."""
    image = libe57.ImageFile(str(path), "w")
    image.extensionsAdd("", libe57.E57_V1_0_URI)
    root = image.root()
    root.set("formatName", libe57.StringNode(image, "ASTM E57 3D Imaging Data File"))
    root.set("guid", libe57.StringNode(image, "{00000000-0000-0000-0000-000000000000}"))
    root.set("versionMajor", libe57.IntegerNode(image, 1))
    root.set("versionMinor", libe57.IntegerNode(image, 0))
    if crs:
        root.set("coordinateMetadata", libe57.StringNode(image, crs))
    data3d = libe57.VectorNode(image, True)
    root.set("data3D", data3d)
    for scan in scans:
        _write_scan(image, data3d, scan)
    image.close()
    return path


def _write_scan(image: Any, data3d: Any, scan: Mapping[str, Any]) -> None:
    node = libe57.StructureNode(image)
    node.set("guid", libe57.StringNode(image, "{00000000-0000-0000-0000-000000000001}"))
    if "name" in scan:
        node.set("name", libe57.StringNode(image, scan["name"]))
    if "pose" in scan:
        pose = libe57.StructureNode(image)
        for part, axes, values in (("rotation", "wxyz", scan["pose"][:4]), ("translation", "xyz", scan["pose"][4:])):
            group = libe57.StructureNode(image)
            for axis, value in zip(axes, values, strict=True):
                group.set(axis, libe57.FloatNode(image, float(value)))
            pose.set(part, group)
        node.set("pose", pose)
    columns = {name: np.asarray(scan[name]) for name in scan if name not in ("name", "pose")}
    if "rowIndex" in columns:
        bounds = libe57.StructureNode(image)
        for field in ("row", "column"):
            values = columns[f"{field}Index"]
            bounds.set(f"{field}Minimum", libe57.IntegerNode(image, int(values.min())))
            bounds.set(f"{field}Maximum", libe57.IntegerNode(image, int(values.max())))
        node.set("indexBounds", bounds)
    prototype = libe57.StructureNode(image)
    buffers = libe57.VectorSourceDestBuffer()
    count = len(next(iter(columns.values())))
    held = {}
    for name, values in columns.items():
        if values.dtype.kind == "f":
            prototype.set(name, libe57.FloatNode(image, 0.0, libe57.E57_DOUBLE))
            held[name] = np.ascontiguousarray(values, np.float64)
        else:
            low, high = min(int(values.min()), 0), max(int(values.max()), 1)
            prototype.set(name, libe57.IntegerNode(image, 0, low, high))
            held[name] = np.ascontiguousarray(values, np.float64)
        buffers.append(libe57.SourceDestBuffer(image, name, held[name], count, True, True))
    points = libe57.CompressedVectorNode(image, prototype, libe57.VectorNode(image, True))
    node.set("points", points)
    data3d.append(node)
    writer = points.writer(buffers)
    writer.write(count)
    writer.close()


def axes_of(points: Floats) -> dict[str, Floats]:
    return {f"cartesian{axis}": points[:, i] for i, axis in enumerate("XYZ")}


def write_ply(path: Path, points: Floats, rgb: NDArray[np.uint8] | None = None, encoding: str = "ascii") -> Path:
    kinds = [("x", "f8"), ("y", "f8"), ("z", "f8")]
    names = ["property double x", "property double y", "property double z"]
    if rgb is not None:
        kinds += [(name, "u1") for name in ("red", "green", "blue")]
        names += [f"property uchar {name}" for name in ("red", "green", "blue")]
    head = "\n".join(
        [
            "ply",
            f"format {encoding} 1.0",
            "comment written by a test",
            f"element vertex {len(points)}",
            *names,
            "end_header",
            "",
        ]
    )
    order = ">" if encoding == "binary_big_endian" else "<"
    table = np.zeros(len(points), [(name, order + kind) for name, kind in kinds])
    for i, axis in enumerate("xyz"):
        table[axis] = points[:, i]
    if rgb is not None:
        for i, name in enumerate(("red", "green", "blue")):
            table[name] = rgb[:, i]
    body = (
        table.tobytes()
        if encoding != "ascii"
        else b"".join(f"{' '.join(map(repr, row.tolist()))}\n".encode() for row in table)
    )
    path.write_bytes(head.encode() + body)
    return path


def lzf(data: bytes) -> bytes:
    """LZF by the book: a back reference for every repeat of three bytes or more that the last 8 KiB hold."""
    out, literal, seen, at = bytearray(), bytearray(), {}, 0

    def flush() -> None:
        for start in range(0, len(literal), 32):
            part = literal[start : start + 32]
            out.append(len(part) - 1)
            out.extend(part)
        literal.clear()

    while at < len(data):
        key = data[at : at + 3]
        start = seen.get(key, -1)
        seen[key] = at
        if len(key) == 3 and start >= 0 and at - start <= 8192:
            length = 3
            while length < 264 and at + length < len(data) and data[start + length] == data[at + length]:
                length += 1
            flush()
            back, extra = at - start - 1, length - 2
            out.append((min(extra, 7) << 5) | (back >> 8))
            if extra >= 7:
                out.append(extra - 7)
            out.append(back & 0xFF)
            at += length
        else:
            literal.append(data[at])
            at += 1
    flush()
    return bytes(out)


def write_pcd(
    path: Path,
    points: Floats,
    rgb: NDArray[np.uint8] | None = None,
    data: str = "binary",
    size: int = 8,
    height: int = 1,
) -> Path:
    kinds = [(axis, f"<f{size}") for axis in "xyz"] + ([("rgb", "<u4")] if rgb is not None else [])
    table = np.zeros(len(points), kinds)
    for i, axis in enumerate("xyz"):
        table[axis] = points[:, i]
    if rgb is not None:
        red, green, blue = rgb.T.astype(np.uint32)
        table["rgb"] = red << 16 | green << 8 | blue
    packed = rgb is not None
    head = (
        "# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\n"
        f"FIELDS x y z{' rgb' * packed}\nSIZE {size} {size} {size}{' 4' * packed}\nTYPE F F F{' U' * packed}\n"
        f"COUNT 1 1 1{' 1' * packed}\nWIDTH {len(points) // height}\nHEIGHT {height}\nVIEWPOINT 0 0 0 1 0 0 0\n"
        f"POINTS {len(points)}\nDATA {data}\n"
    ).encode()
    if data == "ascii":
        body = b"".join(f"{' '.join(map(repr, row.tolist()))}\n".encode() for row in table)
    elif data == "binary":
        body = table.tobytes()
    else:
        plain = b"".join(np.ascontiguousarray(table[name]).tobytes() for name, _ in kinds)
        tight = lzf(plain)
        body = np.array([len(tight), len(plain)], "<u4").tobytes() + tight
    path.write_bytes(head + body)
    return path


def write_rows(path: Path, points: Floats, separator: str = " ", head: str = "", *more: NDArray[Any]) -> Path:
    rows = [
        separator.join([*map(repr, point), *(str(v) for column in more for v in np.atleast_1d(column[i]))])
        for i, point in enumerate(points.tolist())
    ]
    path.write_text(head + "\n".join(rows) + "\n")
    return path


def write_pts(path: Path, points: Floats, rgb: NDArray[np.uint8]) -> Path:
    return write_rows(path, points, " ", f"{len(points)}\n", np.full(len(points), -600), rgb)


def write_ptx(path: Path, set_ups: list[tuple[Floats, Floats, int]]) -> Path:
    """A PTX of set-ups, each (points in the scan's own axes, (4, 4) survey_from_station, rows of its grid)."""
    parts = []
    for points, pose, rows in set_ups:
        lines = [str(len(points) // rows), str(rows), " ".join(map(repr, pose[:3, 3].tolist()))]
        lines += [" ".join(map(repr, axis.tolist())) for axis in pose[:3, :3].T]
        lines += [" ".join(map(repr, row.tolist())) for row in pose.T]
        lines += [f"{x!r} {y!r} {z!r} 0.5" for x, y, z in points.tolist()]
        parts.append("\n".join(lines) + "\n")
    path.write_text("".join(parts))
    return path


def _las(path: Path, points: Floats) -> Path:
    return write_las(path, points, colours(len(points)))


def _e57(path: Path, points: Floats) -> Path:
    half = len(points) // 2
    return write_e57(path, [{**axes_of(points[:half]), "pose": (1, 0, 0, 0, 0, 0, 1.5)}, axes_of(points[half:])])


def _compressed_pcd(path: Path, points: Floats) -> Path:
    return write_pcd(path, points, colours(len(points)), "binary_compressed")


def _ptx(path: Path, points: Floats) -> Path:
    half = len(points) // 2
    return write_ptx(path, [(points[:half], np.eye(4), 1), (points[half:], np.eye(4), 1)])


WRITERS: dict[str, Callable[[Path, Floats], Path]] = {
    "cloud.las": _las,
    "cloud.laz": _las,
    "layered.laz": lambda path, points: write_las(path, points, colours(len(points)), "1.4"),
    "cloud.e57": _e57,
    "ascii.ply": lambda path, points: write_ply(path, points, colours(len(points))),
    "binary.ply": lambda path, points: write_ply(path, points, colours(len(points)), "binary_little_endian"),
    "ascii.pcd": lambda path, points: write_pcd(path, points, data="ascii"),
    "binary.pcd": write_pcd,
    "compressed.pcd": _compressed_pcd,
    "cloud.pts": lambda path, points: write_pts(path, points, colours(len(points))),
    "cloud.ptx": _ptx,
    "cloud.xyz": write_rows,
    "cloud.csv": lambda path, points: write_rows(path, points, ",", "x,y,z,r,g,b\n", colours(len(points))),
}
"""A writer for each format, by the name of the file it writes."""
