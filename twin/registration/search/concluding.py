"""What a search from any pose comes to: accepted, ambiguous or refused, with its rivals."""

from __future__ import annotations

from dataclasses import replace

from twin.errors import Underconstrained
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
            f"refused: where the design fits best, it explains {100.0 * found.explained:.0f} % of the walls that stand"
            " there: another building or place"
        )
    if status is not Status.REFUSED and found.undecided and found.explained < settings.explained_among_rivals:
        status = Status.REFUSED
        notes.append(
            f"refused: {len(found.undecided) + 1} places fit alike, and the design explains"
            f" {100.0 * found.explained:.0f} % of the walls there: another building or place, or one built otherwise"
        )
    if status is not Status.REFUSED and free_direction(solution, settings) is not None:
        raise underconstrained(solution)
    if status is not Status.REFUSED and found.undecided:
        status = Status.AMBIGUOUS
        kinds = ", ".join(sorted({rival.kind for rival in found.undecided}))
        notes.append(f"ambiguous: the survey does not tell this pose from {len(found.undecided)} others ({kinds})")
    basis = "the survey's coordinates do not fit the design; the pose was searched for anywhere"
    near = [rival for rival in solution.rivals if rival.kind == "parallel layer"]
    result = result_of(status, start.mode, solution.pose, solution, False, (basis, *start.notes, *notes))
    return replace(result, rivals=(*found.rivals, *near), searched=True)


def underconstrained(solution: Solution) -> Underconstrained:
    """The error that names the direction which nothing observes."""
    return Underconstrained(
        f"the surfaces seen leave movement along {metres(solution.quality.free_direction)} (x, y, z) free",
        "survey another side, or give an exact pose with --pose",
        {"least_eigenvalue": float(solution.quality.eigenvalues[0]), "overlap": solution.quality.overlap},
    )
