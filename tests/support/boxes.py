"""Boxes of what was built and of what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from twin.arrays import Floats


def overlap(one: Floats, other: Floats) -> float:
    """Intersection over union of two boxes, (2, 3) m each."""
    both = np.clip(np.minimum(one[1], other[1]) - np.maximum(one[0], other[0]), 0.0, None).prod()
    return float(both / (np.ptp(one, axis=0).prod() + np.ptp(other, axis=0).prod() - both))


def box_of_edit(edit: Mapping[str, Any]) -> Floats:
    """(2, 3) m: the box of something built otherwise, from a site's truth."""
    return np.array([edit["lo"], edit["hi"]], dtype=np.float64)


def match(findings: Sequence[Any], edit: Mapping[str, Any]) -> Any:
    """The finding of the edit's kind that overlaps it most."""
    mine = [finding for finding in findings if finding.kind == edit["kind"]]
    assert mine, f"nothing of kind {edit['kind']} was found"
    return max(mine, key=lambda finding: overlap(finding.box, box_of_edit(edit)))
