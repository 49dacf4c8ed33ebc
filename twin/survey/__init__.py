"""What was measured: point clouds of any usual format, as one survey in one local frame."""

from twin.survey.columns import decode
from twin.survey.opening import open_survey
from twin.survey.set_ups import read_stations, with_stations
from twin.survey.surfaces import Surfaces, normals
from twin.survey.thinning import thin

__all__ = ["Surfaces", "decode", "normals", "open_survey", "read_stations", "thin", "with_stations"]
