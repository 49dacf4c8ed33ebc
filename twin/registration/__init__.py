"""The pose of a survey in the design frame, found so that what deviates does not pull it."""

from twin.registration.anchors.control import ControlPoints, fit_control, read_control
from twin.registration.pose import file_pose, read_pose
from twin.registration.registering import register
from twin.registration.settings import RegistrationSettings

__all__ = [
    "ControlPoints",
    "RegistrationSettings",
    "file_pose",
    "fit_control",
    "read_control",
    "read_pose",
    "register",
]
