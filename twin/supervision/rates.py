"""Shares that never lose their denominator."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

FEW = 30
"""Below this denominator a share swings by several percent with a single case: whoever shows it says so."""
_Z95 = 1.959963984540054

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many, and of what.

    Attributes
    ----------
    of, among : int
        Numerator and denominator, 0 <= of <= among.
    meaning : str
        Both, in words.
    """

    of: int
    among: int
    meaning: str

    def __post_init__(self) -> None:
        if not 0 <= self.of <= self.among:
            raise ValueError(f"{self.of} of {self.among} is no share")

    def __str__(self) -> str:
        return f"{self.of} of {self.among}"

    @property
    def share(self) -> float | None:
        """0..1; None of nothing, which is not the same as 0."""
        return self.of / self.among if self.among else None

    @property
    def is_few(self) -> bool:
        """Whether the denominator is too small for a percentage to be quoted alone."""
        return self.among < FEW

    def interval(self) -> tuple[float, float] | None:
        """95 % score interval of the probability behind the share; None of nothing.

        Notes
        -----
        E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209-212. It
        keeps its level where the denominator is small or the share near 0 or 1 (R. G. Newcombe, Statistics in Medicine
        17 (1998) 857-872). It presumes independent cases: findings of one building are not quite that.
        """
        if self.among == 0:
            return None
        n, share = self.among, self.of / self.among
        weight = _Z95**2 / n
        centre = (share + weight / 2.0) / (1.0 + weight)
        half = _Z95 * math.sqrt(share * (1.0 - share) / n + weight / (4.0 * n)) / (1.0 + weight)
        return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of sizes, and of how many things: those without a known size are in `among` alone."""

    total: float
    of: int
    among: int
    meaning: str


@dataclass(frozen=True)
class Definition(Generic[Thing]):
    """What a rate counts: `among` says which things are looked at, `of` which of these count."""

    name: str
    meaning: str
    among: Callable[[Thing], bool]
    of: Callable[[Thing], bool]

    def places(self, thing: Thing) -> tuple[bool, bool]:
        """Whether the thing is in the numerator, and whether in the denominator."""
        among = self.among(thing)
        return among and self.of(thing), among


def counted(definitions: Sequence[Definition[Thing]], things: Iterable[Thing]) -> dict[str, Rate]:
    """Each rate over the things, by name."""
    listed = list(things)
    rates = {}
    for definition in definitions:
        places = [definition.places(thing) for thing in listed]
        of, among = sum(place[0] for place in places), sum(place[1] for place in places)
        rates[definition.name] = Rate(of, among, definition.meaning)
    return rates
