"""The pose of a survey in the design frame, found so that what deviates does not pull it."""

from twin.registration.pose import file_pose, read_pose
from twin.registration.registering import register
from twin.registration.settings import RegistrationSettings

__all__ = ["RegistrationSettings", "file_pose", "read_pose", "register"]
