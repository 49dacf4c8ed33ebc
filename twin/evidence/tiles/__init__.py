"""The whole survey in levels of detail, as 3D Tiles: what a browser draws of hundreds of millions of points."""

from twin.evidence.tiles.building import TILESET, build_tiles

__all__ = ["TILESET", "build_tiles"]
