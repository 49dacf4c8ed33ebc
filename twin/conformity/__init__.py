"""What is concluded: permit, findings, storeys, indicators, verdict."""

from twin.conformity.judge import due_below, judge
from twin.conformity.model import Judgement

__all__ = ["Judgement", "due_below", "judge"]
