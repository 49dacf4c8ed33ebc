"""Extent of a building: ``python -m tests.bench.extent DESIGN [LEVEL]`` prints it, above a level in m, as JSON.

In a process of its own, so that the measuring one stays smaller than all it measures.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import platformdirs

from twin.design import read_design
from twin.design.model import Role


def main(arguments: list[str]) -> None:
    """Lowest and highest corner in the design frame of all that must stand where the design has it."""
    path, level = Path(arguments[0]), float(arguments[1]) if len(arguments) > 1 else -np.inf
    design = read_design((path,), platformdirs.user_cache_path("plumbline") / "designs")
    building = np.isin(design.surface.element, design.roles()[Role.BUILDING])
    corners = design.surface.corners()[building].reshape(-1, 3)
    above = corners[corners[:, 2] > level]
    sys.stdout.write(json.dumps([above.min(axis=0).tolist(), above.max(axis=0).tolist()]) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
