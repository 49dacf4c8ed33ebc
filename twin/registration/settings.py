"""What a registration may assume and how hard it looks; every figure has a unit and a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twin.errors import SettingsError

ScaleMode = Literal["fixed", "free"]


@dataclass(frozen=True, slots=True)
class RegistrationSettings:
    """How far to look and what to trust.

    Attributes
    ----------
    scale : {"fixed", "free"}
        "free" also solves one scale factor: for photogrammetry without control.
    scale_range : float
        With free scale, the largest departure from the given scale (0.12: from 1/1.12 to 1.12).
    smallest_scale, largest_scale : float
        With free scale, the factors between which a size is searched for where the survey's own does not fit.
    basin_m, basin_deg : float
        How far the starting pose may be off in each axis, and in yaw and tilt.
    voxel_m : float
        Spacing to which the cloud is thinned: finer than any face that matters, coarse enough for a second's work.
    most_points : int
        Points that take part at most; the voxel grows until this holds.
    fit_points : int
        Points in the final adjustment: beyond some ten thousand the error is that of the building, not of the sample.
    kernel_m : float
        Smallest kernel of the final adjustment: three times the noise of a terrestrial laser scanner.
    face_share : float
        Largest share of the weight that one face may hold, so that no single (perhaps misplaced) face decides.
    least_matched : int
        Fewer matched points than this are no ground for a pose.
    least_contrast : float
        The score must stand this many times above that of typical poses nearby: below it, nothing was recognised.
    explained_share : float
        After a search from any pose, the share of the walls in the design's box that must lie on the design: measured
        0.6 and more for buildings with deviations and scaffolding, mostly below 0.55 for other buildings.
    explained_among_rivals : float
        The same share where other places fit as well: buildings that are their own rivals reach 0.97, other buildings
        0.47 to 0.81.
    least_eigenvalue : float
        Of (sum w n n') / (sum w): below it a direction of movement is free (measured: failures 0.001-0.003,
        successes 0.059 and more).
    shift_limit_m : float
        A building that stands farther than this from where control or its georeference has it is said to stand off:
        twice the standard uncertainty of survey control and its transfer.
    """

    scale: ScaleMode = "fixed"
    scale_range: float = 0.12
    smallest_scale: float = 0.3
    largest_scale: float = 3.0
    basin_m: float = 2.0
    basin_deg: float = 5.0
    voxel_m: float = 0.05
    most_points: int = 250_000
    fit_points: int = 40_000
    kernel_m: float = 0.015
    face_share: float = 0.03
    least_matched: int = 60
    least_contrast: float = 1.5
    explained_share: float = 0.55
    explained_among_rivals: float = 0.75
    least_eigenvalue: float = 0.02
    shift_limit_m: float = 0.05

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        if self.scale not in ("fixed", "free"):
            raise SettingsError(f"scale is {self.scale!r}", "use fixed or free")
        positive = (self.basin_m, self.basin_deg, self.voxel_m, self.kernel_m, self.face_share, self.scale_range)
        if min(positive) <= 0.0 or min(self.most_points, self.fit_points, self.least_matched) < 1:
            raise SettingsError("a registration setting is not positive", "lengths, angles and counts must be above 0")
        if not 0.0 < self.smallest_scale < self.largest_scale:
            raise SettingsError("the scales to search lie in no order", "smallest_scale must lie between 0 and largest")
