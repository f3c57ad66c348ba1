from academy.events.models.addition import Addition
from academy.events.models.event import Event, EventQuerySet
from academy.events.models.guidance import Guidance
from academy.events.models.invited import Invited
from academy.events.models.notice import Notice
from academy.events.models.photo import Photo
from academy.events.models.scan import Scan, ScanQuerySet
from academy.events.models.sign_in import SignIn, SignInQuerySet

__all__ = [
    "Addition",
    "Event",
    "EventQuerySet",
    "Guidance",
    "Invited",
    "Notice",
    "Photo",
    "Scan",
    "ScanQuerySet",
    "SignIn",
    "SignInQuerySet",
]
