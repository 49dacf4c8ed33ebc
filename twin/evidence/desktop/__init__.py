"""A finished case in a window of its own, drawn by VTK."""

from twin.evidence.desktop.finished import FinishedCase, read_case
from twin.evidence.desktop.window import Window

__all__ = ["FinishedCase", "Window", "read_case"]
