"""Exact distances to the approved surface within a narrow band about it, at the speed of reading the points."""

from twin.deviation.band.band import MOST_BYTES, Band, Worker

__all__ = ["MOST_BYTES", "Band", "Worker"]
