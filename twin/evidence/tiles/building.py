"""Builds the tiles of a survey in two passes over its file, with memory that does not grow with it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from twin.arrays import Floats, Longs
from twin.errors import EvidenceError
from twin.evidence.exchange import MeasuredPoints, MeasuredSurvey
from twin.evidence.tiles.glb import glb
from twin.evidence.tiles.octree import DEEPEST, GRID, Counting, Node, Octree, node_of, parent_of

TILESET = "tileset.json"
_RECORD = np.dtype([("place", "<f8", (3,)), ("deviation", "<f4"), ("colour", "u1", (4,))])
_NO_COLOUR = 128

Progress = Callable[[int, int], None]


def build_tiles(survey: MeasuredSurvey, origin: Floats, folder: Path, on_progress: Progress | None = None) -> None:
    """Writes `tileset.json` and its tiles (3D Tiles 1.1, glTF points, refined by adding).

    Parameters
    ----------
    survey : MeasuredSurvey
    origin : (3,) m, design frame
        Tiles are less this.
    folder : Path
        Appears when all of it is written.
    on_progress : callable of (points done, points in all), or None
        Every point counts twice.

    Raises
    ------
    EvidenceError
        The survey cannot be read, or the tiles cannot be written.
    """
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        with tempfile.TemporaryDirectory(dir=partial) as scratch:
            octree = _octree(survey, origin, on_progress)
            leaves = _Leaves(Path(scratch) / "leaves")
            _part(survey, origin, octree, leaves, on_progress)
            tiles = _Tiles(octree, partial, origin)
            for leaf in sorted(leaves.segments):
                tiles.add(node_of(leaf), leaves.read(leaf))
            tiles.close()
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    except OSError as error:
        raise EvidenceError(
            f"{folder}: tiles cannot be written ({error.strerror or error})", "free some space"
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _records(part: MeasuredPoints, origin: Floats) -> Any:
    """Points as they are dealt, less the origin."""
    records = np.zeros(len(part.places), dtype=_RECORD)
    records["place"], records["deviation"] = part.places - origin, part.deviation
    records["colour"][:, :3], records["colour"][:, 3] = _NO_COLOUR if part.rgb is None else part.rgb, part.kind
    return records


def _octree(survey: MeasuredSurvey, origin: Floats, on_progress: Progress | None) -> Octree:
    counting, done = Counting(survey.low - origin, survey.high - origin), 0
    for part in survey.parts():
        counting.add(part.places - origin)
        done += len(part.places)
        if on_progress:
            on_progress(done, 2 * survey.count)
    return counting.octree()


class _Leaves:
    """One file of records, in runs of one leaf each."""

    def __init__(self, path: Path) -> None:
        self._path, self._end = path, 0
        self.segments: dict[int, list[tuple[int, int]]] = defaultdict(list)

    def add(self, leaf: Longs, records: Any) -> None:
        """Appends records with the leaf of each."""
        order = np.argsort(leaf, kind="stable")
        leaf, records = leaf[order], records[order]
        first = np.flatnonzero(np.diff(leaf, prepend=leaf[:1] - 1))
        with self._path.open("ab") as stream:
            stream.write(records.tobytes())
        for start, stop in zip(first, [*first[1:], len(leaf)], strict=True):
            self.segments[int(leaf[start])].append((self._end + int(start), int(stop - start)))
        self._end += len(leaf)

    def read(self, leaf: int) -> Any:
        """All records of a leaf."""
        parts = []
        with self._path.open("rb") as stream:
            for start, count in self.segments[leaf]:
                stream.seek(start * _RECORD.itemsize)
                parts.append(np.frombuffer(stream.read(count * _RECORD.itemsize), dtype=_RECORD))
        return np.concatenate(parts)


def _part(
    survey: MeasuredSurvey, origin: Floats, octree: Octree, leaves: _Leaves, on_progress: Progress | None
) -> None:
    done = survey.count
    for part in survey.parts():
        records = _records(part, origin)
        if len(records):
            leaves.add(octree.leaves_of(records["place"]), records)
        done += len(records)
        if on_progress:
            on_progress(done, 2 * survey.count)


class _Tiles:
    """Writes cubes as soon as no further leaf lies in them, leaves coming depth first."""

    def __init__(self, octree: Octree, folder: Path, origin: Floats) -> None:
        self._octree, self._folder, self._origin = octree, folder, origin
        self._open: dict[Node, list[Any]] = {}
        self._path: list[Node] = []
        self._below: dict[Node, list[dict[str, Any]]] = defaultdict(list)
        self._root: dict[str, Any] | None = None

    def add(self, leaf: Node, records: Any) -> None:
        """Deals the records of a leaf to the cubes that hold it: each takes one of every cell, the leaf the rest."""
        path = [leaf]
        while path[-1][0] > 0:
            path.append(parent_of(path[-1]))
        path.reverse()
        self._close_beyond(path)
        left = records
        for node in path[:-1]:
            taken = _one_of_each_cell(left["place"], self._octree, node[0])
            self._open.setdefault(node, []).append(left[taken])
            left = left[~taken]
        self._open.setdefault(leaf, []).append(left)
        self._path = path

    def close(self) -> None:
        """Writes what is open, and the tileset."""
        self._close_beyond([])
        top = self._octree.spacing_m(0)
        tileset = {
            "asset": {"version": "1.1", "generator": "plumbline", "extras": {"origin_m": self._origin.tolist()}},
            "geometricError": top * GRID,
            "root": self._root or self._tile((0, 0, 0, 0), np.zeros(0, dtype=_RECORD)),
        }
        (self._folder / TILESET).write_text(json.dumps(tileset, separators=(",", ":")), encoding="utf-8")

    def _close_beyond(self, path: list[Node]) -> None:
        """Writes the cubes on the last path that are not on this one, deepest first."""
        while self._path and self._path[-1] not in path:
            node = self._path.pop()
            tile = self._tile(node, np.concatenate(self._open.pop(node)))
            if node[0]:
                self._below[parent_of(node)].append(tile)
            else:
                self._root = tile

    def _tile(self, node: Node, records: Any) -> dict[str, Any]:
        level, x, y, z = node
        corner, width = self._octree.corner(node), self._octree.width_m(level)
        half, middle = width / 2.0, corner + width / 2.0
        below = self._below.pop(node, [])
        tile: dict[str, Any] = {
            "boundingVolume": {"box": [*middle.tolist(), half, 0, 0, 0, half, 0, 0, 0, half]},
            "geometricError": self._octree.spacing_m(level) if below else 0.0,
            "refine": "ADD",
        }
        if len(records):
            name = f"{level}-{x}-{y}-{z}.glb"
            records = records[np.random.default_rng(node).permutation(len(records))]  # any first part is an even one
            data = glb(records["place"], records["deviation"], records["colour"], corner, width)
            (self._folder / name).write_bytes(data)
            tile["content"] = {"uri": name}
        return tile | ({"children": below} if below else {})


def _one_of_each_cell(places: Floats, octree: Octree, level: int) -> Any:
    """(n,) bool: the first point of each cell of a cube of this level."""
    cell = ((places - octree.low) / octree.spacing_m(level)).astype(np.int64)
    across = GRID << DEEPEST
    key = (cell[:, 0] * across + cell[:, 1]) * across + cell[:, 2]
    taken = np.zeros(len(places), dtype=np.bool_)
    taken[np.unique(key, return_index=True)[1]] = True
    return taken
