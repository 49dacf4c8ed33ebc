"""Parameters of the element comparison, each with its unit and its reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

_LAYER = 0.4
"""Of the tolerance."""


@dataclass(frozen=True, slots=True)
class DeviationSettings:
    """How points are compared with approved surfaces.

    Attributes
    ----------
    band_m : float
        Points farther than this from every approved surface belong to no element. Half a metre holds the offsets that
        count as displacement rather than as another building part.
    tolerance_m : float
        Offsets up to this count as built as approved. Position is reported from 0.05 m upwards, the point error of
        planning surveys (GB 55018-2021, 5.2); workmanship stays below it.
    least_offset_m : float
        From here on a face counts as off its place, and an element of which most faces are off by the same as
        displaced: beyond what workmanship allows (8 to 15 mm for axes, 10 mm for levels, GB 50204-2015, table 8.3.2),
        below the 30 mm that a table of elements is asked to tell.
    sample_spacing_m : float
        Distance of the surface samples on which coverage is counted; finer than any part that is judged.
    thinned_share : float
        Points are thinned to this share of the spacing of the samples before coverage is counted.
    most_samples : int
        Upper bound of samples; a larger design is sampled more coarsely so that memory stays bounded.
    exposure_step_m : float
        How far in front of a surface one must be able to stand for it to count as exposed; smaller gaps between
        elements cannot be seen into.
    largest_gap_m : float
        The sparsest point spacing at which a surface still counts as seen.
    least_coverage : float
        Share of an element's exposed surface that must be seen before it is called built as approved.
    least_area_m2 : float
        Or the area, for large elements of which only a part can be seen.
    doubtful_coverage : float
        Of an element of which less than this share was seen, only what lies away from its neighbours counts: where
        elements meet, points of one lie on the other, also if that was never built.
    least_face_share : float
        Share of a face that must be seen at the same offset before the element is called displaced.
    spread_share : float
        Largest spread of that offset relative to the offset itself: a moved face is parallel to the approved one,
        clutter in front of it is not.
    least_pierced : float
        Share of an element's samples that rays must have passed through before it is called missing.
    least_moved_share : float
        Share of an element's exposed surface that must be found moved where rays passed through most of it: the ground
        beneath a wall that was not built is not its foot.
    carve_voxel_m : float
        Edge of the cells in which the passage of rays is noted.
    least_rays : int
        Rays that must have crossed a cell before it counts as empty; single rays may be stray.
    noise_factor : float
        The tolerance is never less than this many standard deviations of the survey about the design: what a coarse
        survey cannot resolve it does not show.
    range_noise_m : float
        Standard uncertainty of one laser distance that does not average out over a face (calibration, incidence).
    """

    band_m: float = 0.5
    tolerance_m: float = 0.05
    least_offset_m: float = 0.025
    sample_spacing_m: float = 0.15
    thinned_share: float = 0.35
    most_samples: int = 1_500_000
    exposure_step_m: float = 0.02
    largest_gap_m: float = 0.8
    least_coverage: float = 0.10
    least_area_m2: float = 1.0
    doubtful_coverage: float = 0.3
    least_face_share: float = 0.3
    spread_share: float = 0.25
    least_pierced: float = 0.5
    least_moved_share: float = 0.2
    carve_voxel_m: float = 0.2
    least_rays: int = 3
    range_noise_m: float = 0.002
    noise_factor: float = 3.0

    def widened(self, noise_m: float) -> DeviationSettings:
        """The same with limits that the survey's own noise, (standard deviation, m), does not exceed."""
        least = self.noise_factor * noise_m
        return replace(self, tolerance_m=max(self.tolerance_m, least), least_offset_m=max(self.least_offset_m, least))

    @property
    def layer_m(self) -> float:
        """Thickness of a layer of points that counts as one surface, several standard deviations of the noise, m."""
        return _LAYER * self.tolerance_m
