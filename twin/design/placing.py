"""Which storey each element belongs to: by where it lies, and by its containment only where that does not decide."""

from __future__ import annotations

from dataclasses import dataclass

_FLOOR_ZONE_M = 0.6
"""Below a floor lie its slab, beams, ceiling and the feet of hung panels: place alone does not say whose they are."""
_THICKEST_M = 1.5
"""Transfer slabs and stepped rafts are thinner; walls whose tops lie flush with a floor are higher."""
_REST_M = 0.02
"""What rests on a floor may dip this far into it."""
_REFERENCE_M = 0.5
"""An element is where its lowest half metre is, or its middle if it is lower than a metre."""


@dataclass(frozen=True, slots=True)
class Bands:
    """Storeys as heights, ascending.

    Attributes
    ----------
    elevations_m : tuple of float
        Of all storeys, design frame.
    real : tuple of bool
        Whether structure was found at the storey; only these divide the height.
    carriers : tuple of frozenset of int
        Elements that are the floor of each storey.
    """

    elevations_m: tuple[float, ...]
    real: tuple[bool, ...]
    carriers: tuple[frozenset[int], ...]

    def storey(self, index: int, base_m: float, top_m: float, container: int | None) -> int | None:
        """Storey of element `index`, which reaches from `base_m` to `top_m`; `container` is the file's opinion."""
        for row, carriers in enumerate(self.carriers):
            thin = self.elevations_m[row] - base_m <= _THICKEST_M and top_m - self.elevations_m[row] <= _THICKEST_M
            if index in carriers and thin:
                return row
        at = base_m + min(0.5 * (top_m - base_m), _REFERENCE_M)
        real = [row for row, is_real in enumerate(self.real) if is_real]
        if not real:
            return container
        below = next((row for row in reversed(real) if at >= self.elevations_m[row] - _REST_M), None)
        above = next((row for row in real if at < self.elevations_m[row] - _REST_M), None)
        if container is not None and self._agrees(container, at, below, above):
            return container
        if above is not None and at >= self.elevations_m[above] - _FLOOR_ZONE_M:
            stands = below is None or top_m >= self.elevations_m[above] + _REFERENCE_M
            return above if stands else below
        return below if below is not None else container

    def _agrees(self, container: int, at: float, below: int | None, above: int | None) -> bool:
        """Whether the place allows what the file says."""
        if container == below:
            return True
        elevation = self.elevations_m[container]
        low = self.elevations_m[below] if below is not None else float("-inf")
        high = self.elevations_m[above] if above is not None else float("inf")
        if container == above:
            return at >= high - _FLOOR_ZONE_M
        reached = below is None or at >= elevation - _FLOOR_ZONE_M
        return not self.real[container] and low <= elevation <= high and reached
