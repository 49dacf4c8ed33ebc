"""Every error that Plumbline raises on purpose.

A verdict is never an error. Doors translate foreign exceptions into these; the command line alone turns them into
exit codes.
"""

from __future__ import annotations

from collections.abc import Sequence


class TwinError(Exception):
    """Base of all deliberate errors.

    Parameters
    ----------
    message : str
        Which file or value, and what is wrong with it, in one line.
    hint : str
        What to do about it, in one line; empty where nothing can be said.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}: {self.hint}" if self.hint else self.message


class InputError(TwinError):
    """A file or value that was handed in cannot be used."""


class ManyFaults(InputError):
    """Everything that is wrong with an input, found in one reading.

    Parameters
    ----------
    faults : sequence of str
        A line each, as `str` of an error: where, what is wrong, what to do.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class DesignError(InputError):
    """The approved design cannot be read."""


class SurveyError(InputError):
    """A point cloud cannot be read."""


class CloudsApart(SurveyError):
    """Clouds of one survey lie too far apart to share a frame."""


class PermitError(InputError):
    """The permit record cannot be read."""


class SettingsError(InputError):
    """A setting is out of its range or contradicts another."""


class FrameError(InputError):
    """A transform or coordinate reference system is not usable."""


class RegistrationError(TwinError):
    """The survey could not be placed in the design frame; carries the numbers that were reached.

    Parameters
    ----------
    message, hint : str
        See `TwinError`.
    reached : dict of str to float
        Overlap, residual and whatever else explains the refusal.
    """

    def __init__(self, message: str, hint: str = "", reached: dict[str, float] | None = None) -> None:
        super().__init__(message, hint)
        self.reached = reached or {}


class NoOverlap(RegistrationError):
    """Survey and design do not lie on each other."""


class Underconstrained(RegistrationError):
    """The surfaces seen leave a direction of movement free."""


class NotConverged(RegistrationError):
    """The refinement found no stable pose."""


class EvidenceError(TwinError):
    """A case folder is malformed or cannot be written."""
