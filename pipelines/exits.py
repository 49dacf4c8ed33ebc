"""What an error is to the process that it ends: one code for the command line and for a case of a batch."""

from __future__ import annotations

from twin.errors import EvidenceError, RegistrationError, TwinError
from twin.evidence.case import FolderError

BAD_INPUT, REGISTRATION_REFUSED, EVIDENCE_FAILS, BUG = 3, 4, 5, 70


def code_of(error: BaseException) -> int:
    """3 bad input or output, 4 registration refused, 5 evidence does not verify, 70 a bug."""
    if not isinstance(error, TwinError):
        return BUG
    if isinstance(error, RegistrationError):
        return REGISTRATION_REFUSED
    if isinstance(error, EvidenceError) and not isinstance(error, FolderError):
        return EVIDENCE_FAILS
    return BAD_INPUT
