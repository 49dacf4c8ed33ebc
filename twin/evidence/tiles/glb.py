"""One tile as glTF 2.0 binary: points in whole steps from the corner of their cube."""

from __future__ import annotations

import json
import struct

import numpy as np

from twin.arrays import Bytes, Floats, Floats32
from twin.evidence.steps import deviation_steps

STEPS = 65_535
_POINTS_MODE, _UNSIGNED_SHORT, _UNSIGNED_BYTE, _ARRAY_BUFFER = 0, 5123, 5121, 34962
_JSON, _BIN = 0x4E4F534A, 0x004E4942


def glb(points: Floats, deviation: Floats32, colour: Bytes, corner: Floats, width_m: float) -> bytes:
    """A tile.

    Parameters
    ----------
    points : (n, 3) m, design frame less the origin, z up
        Within the cube.
    deviation : (n,) float32, m
        NaN beyond the band.
    colour : (n, 4) uint8
        Red, green, blue, class.
    corner : (3,) m
    width_m : float

    Notes
    -----
    Positions are unsigned shorts (KHR_mesh_quantization), to a 65535th of the cube; the node scales, moves, and turns
    them y-up. `_DEVIATION` is in 0.1 mm + 32768, 0 beyond the band; `_CLASS` is `PointClass`.
    """
    count, step = len(points), width_m / STEPS
    place = np.zeros((count, 4), dtype="<u2")
    place[:, :3] = np.clip(np.rint((points - corner) / step), 0, STEPS)
    place[:, 3] = deviation_steps(deviation)
    body = place.tobytes() + np.ascontiguousarray(colour, dtype=np.uint8).tobytes()
    matrix = [step, 0, 0, 0, 0, 0, -step, 0, 0, step, 0, 0, corner[0], corner[2], -corner[1], 1]
    shorts, bytes_ = {"buffer": 0, "byteStride": 8, "target": _ARRAY_BUFFER}, {"buffer": 0, "byteStride": 4}
    low, high = (place[:, :3].min(axis=0), place[:, :3].max(axis=0)) if count else (np.zeros(3), np.zeros(3))
    document = {
        "asset": {"version": "2.0", "generator": "plumbline"},
        "extensionsUsed": ["KHR_mesh_quantization"],
        "extensionsRequired": ["KHR_mesh_quantization"],
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "matrix": [float(v) for v in matrix]}],
        "meshes": [
            {
                "primitives": [
                    {"mode": _POINTS_MODE, "attributes": {"POSITION": 0, "_DEVIATION": 1, "COLOR_0": 2, "_CLASS": 3}}
                ]
            }
        ],
        "buffers": [{"byteLength": len(body)}],
        "bufferViews": [
            {**shorts, "byteOffset": 0, "byteLength": 8 * count},
            {**bytes_, "byteOffset": 8 * count, "byteLength": 4 * count, "target": _ARRAY_BUFFER},
        ],
        "accessors": [
            _accessor(0, 0, _UNSIGNED_SHORT, count, "VEC3") | {"min": low.tolist(), "max": high.tolist()},
            _accessor(0, 6, _UNSIGNED_SHORT, count, "SCALAR"),
            _accessor(1, 0, _UNSIGNED_BYTE, count, "VEC3") | {"normalized": True},
            _accessor(1, 3, _UNSIGNED_BYTE, count, "SCALAR"),
        ],
    }
    return _container(json.dumps(document, separators=(",", ":")).encode(), body)


def _accessor(view: int, offset: int, kind: int, count: int, form: str) -> dict[str, object]:
    return {"bufferView": view, "byteOffset": offset, "componentType": kind, "count": count, "type": form}


def _container(text: bytes, body: bytes) -> bytes:
    text += b" " * (-len(text) % 4)
    body += b"\0" * (-len(body) % 4)
    chunks = struct.pack("<II", len(text), _JSON) + text + struct.pack("<II", len(body), _BIN) + body
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks
