"""Files that other programs open: the differences as glTF, the survey with its deviations, the elements as a table."""

from twin.evidence.exchange.cloud import write_deviation_laz
from twin.evidence.exchange.diff import write_diff_glb
from twin.evidence.exchange.measured import MeasuredPoints, MeasuredSurvey, open_measured
from twin.evidence.exchange.table import write_elements

__all__ = [
    "MeasuredPoints",
    "MeasuredSurvey",
    "open_measured",
    "write_deviation_laz",
    "write_diff_glb",
    "write_elements",
]
