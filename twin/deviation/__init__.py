"""Each approved element against the survey: signed distance, which element, what was seen, status."""

from twin.deviation.measure import measure
from twin.deviation.model import Deviation, ElementResult, ElementStatus
from twin.deviation.settings import DeviationSettings

__all__ = ["Deviation", "DeviationSettings", "ElementResult", "ElementStatus", "measure"]
