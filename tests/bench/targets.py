"""What the project sets itself, and what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from .cases import SAMPLE
from .measuring import Measured
from .tables import millimetres, table, words
from .truth import ACCUSING, Match

LEAST_IOU, MOST_VOLUME, MOST_LEVEL_M, MOST_DEMO_S = 0.6, 0.10, 0.02, 120.0


@dataclass(frozen=True, slots=True)
class Target:
    """One target: what was measured at worst, and whether that meets it; None where nothing was measured."""

    text: str
    value: str
    met: bool | None


def targets(measured: Sequence[Measured]) -> str:
    """A table with one line for each target."""
    rows = [(each.text, each.value, _MET[each.met]) for each in _targets(measured)]
    return table(("target", "measured", "met"), rows)


_MET = {True: "yes", False: "**no**", None: "-"}


def _targets(measured: Sequence[Measured]) -> Iterable[Target]:
    surveyed = [(c, m) for c in measured for m in c.accuracy.matches if not m.edit.approximate]
    yield _kinds(measured)
    yield _worst(
        f"box overlaps the truth with IoU of at least {LEAST_IOU}",
        [(m.iou, _named(c, m)) for c, m in surveyed],
        lambda value: f"{value:.2f}",
        lambda value: value >= LEAST_IOU,
        min,
    )
    for text, most, pick in _ERRORS:
        values = [(pick(m), _named(c, m)) for c, m in surveyed]
        yield _signed(text, most, [(value, name) for value, name in values if value is not None])
    levels = [
        (error, f"{c.case.name}, {name}")
        for c in measured
        if c.accuracy.pose_error_mm is not None
        for name, error in c.accuracy.storey_errors_m
    ]
    yield _signed("level of every storey that was measured within 2 cm", MOST_LEVEL_M, levels)
    yield _accusations(measured)
    yield _demo(measured)


_ERRORS: tuple[tuple[str, float, Callable[[Match], float | None]], ...] = (
    ("volume within 10 %", MOST_VOLUME, lambda match: match.volume_error),
    ("level of the base within 2 cm", MOST_LEVEL_M, lambda match: match.base_error_m),
    ("level of the top within 2 cm", MOST_LEVEL_M, lambda match: match.top_error_m),
)


def _named(case: Measured, match: Match) -> str:
    return f"{case.case.name}, {words(match.edit.kind)}"


def _kinds(measured: Sequence[Measured]) -> Target:
    matches = [m for c in measured for m in c.accuracy.matches]
    right = sum(m.kind == m.edit.kind and m.verdict == ACCUSING for m in matches)
    met = right == len(matches) if matches else None
    return Target("whatever was built otherwise found, with the right kind", f"{right} of {len(matches)}", met)


def _signed(text: str, most: float, values: Sequence[tuple[float, str]]) -> Target:
    """The target that no error is larger than `most`, either way."""
    sized = sorted(values, key=lambda named: abs(named[0]))
    unit = _percent if most == MOST_VOLUME else millimetres
    return _worst(text, sized, unit, lambda value: abs(value) <= most, lambda named: named[-1])


def _percent(value: float) -> str:
    return f"{100.0 * value:+.1f} %"


def _worst(
    text: str,
    values: Sequence[tuple[float, str]],
    written: Callable[[float], str],
    good: Callable[[float], bool],
    pick: Callable[[Sequence[tuple[float, str]]], tuple[float, str]],
) -> Target:
    """The worst of named values, and how many are good."""
    if not values:
        return Target(text, "-", None)
    value, name = pick(values)
    count = sum(good(each) for each, _ in values)
    return Target(text, f"{count} of {len(values)}; worst {written(value)} ({name})", count == len(values))


def _accusations(measured: Sequence[Measured]) -> Target:
    accused = [(c.case.name, each) for c in measured for each in c.accuracy.false_accusations]
    value = "; ".join([str(len(accused)), *(f"{name}: {each}" for name, each in accused)])
    return Target("nothing that was built as approved is accused", value, not accused if measured else None)


def _demo(measured: Sequence[Measured]) -> Target:
    text = f"`plumbline demo` in less than {MOST_DEMO_S:.0f} s"
    wall = next((c.inspection.wall_s for c in measured if c.case.name == SAMPLE), None)
    return Target(text, "-", None) if wall is None else Target(text, f"{wall:.0f} s", wall < MOST_DEMO_S)
