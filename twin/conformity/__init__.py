"""What is concluded: permit, findings, storeys, indicators, verdict."""

from twin.conformity.due import due_below
from twin.conformity.judge import judge
from twin.conformity.model import Judgement

__all__ = ["Judgement", "due_below", "judge"]
