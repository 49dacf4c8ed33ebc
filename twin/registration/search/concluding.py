"""What a search from any pose comes to: accepted, ambiguous or refused, with its rivals."""

from __future__ import annotations

from dataclasses import replace

from twin.errors import Underconstrained
from twin.phrases import listed, phrase
from twin.registration.anchors.start import Start, metres
from twin.registration.fit.solve import Solution
from twin.registration.fit.verdict import free_direction, result_of, status_of
from twin.registration.model import Registration, Status
from twin.registration.search.searching import Found
from twin.registration.settings import RegistrationSettings


def by_search(start: Start, found: Found, settings: RegistrationSettings) -> Registration:
    """The result of a search; `start` names its mode and what is to be said of where it began.

    Raises
    ------
    Underconstrained
        The surfaces seen leave a direction free.
    """
    solution = found.solution
    status, notes = status_of(solution, settings)
    if status is not Status.REFUSED and found.explained < settings.explained_share:
        status = Status.REFUSED
        notes.append(
            phrase(
                "refused: where the design fits best, it explains {percent:.0f} % of the walls that stand there:"
                " another building or place",
                percent=100.0 * found.explained,
            )
        )
    if status is not Status.REFUSED and found.undecided and found.explained < settings.explained_among_rivals:
        status = Status.REFUSED
        notes.append(
            phrase(
                "refused: {count} places fit alike, and the design explains {percent:.0f} % of the walls there: another"
                " building or place, or one built otherwise",
                count=len(found.undecided) + 1,
                percent=100.0 * found.explained,
            )
        )
    if status is not Status.REFUSED and free_direction(solution, settings) is not None:
        raise underconstrained(solution)
    if status is not Status.REFUSED and found.undecided:
        status = Status.AMBIGUOUS
        notes.append(
            phrase(
                "ambiguous: the survey does not tell this pose from {count} others ({kinds})",
                count=len(found.undecided),
                kinds=listed(sorted({rival.kind for rival in found.undecided})),
            )
        )
    basis = phrase("the survey's coordinates do not fit the design; the pose was searched for anywhere")
    near = [rival for rival in solution.rivals if rival.kind == "parallel layer"]
    result = result_of(status, start.mode, solution.pose, solution, False, (basis, *start.notes, *notes))
    return replace(result, rivals=(*found.rivals, *near), searched=True)


def underconstrained(solution: Solution) -> Underconstrained:
    """The error that names the direction which nothing observes."""
    return Underconstrained(
        phrase(
            "the surfaces seen leave movement along {direction} (x, y, z) free",
            direction=metres(solution.quality.free_direction),
        ),
        "survey another side, or give an exact pose with --pose",
        {"least_eigenvalue": float(solution.quality.eigenvalues[0]), "overlap": solution.quality.overlap},
    )
