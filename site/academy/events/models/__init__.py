from academy.events.models.event import Event, EventQuerySet
from academy.events.models.guidance import Guidance
from academy.events.models.invited import Invited
from academy.events.models.photo import Photo
from academy.events.models.sign_in import SignIn, SignInQuerySet

__all__ = ["Event", "EventQuerySet", "Guidance", "Invited", "Photo", "SignIn", "SignInQuerySet"]
