from typing import Any

from django import template
from django.template import RequestContext
from django.utils import timezone

from academy.accounts.models import User
from academy.events.models import Event

register = template.Library()


@register.inclusion_tag("events/_mine.html", takes_context=True)
def events_to_come(context: RequestContext, most: int = 2) -> dict[str, Any]:
    """What this reader is invited to next; nothing for whoever is not signed in."""
    user = context["request"].user
    if not isinstance(user, User):
        return {"events": []}
    coming = Event.objects.of(user).to_come(timezone.now())
    return {"events": list(coming.order_by("begins_at", "pk")[:most])}
