"""Nobody is in two rooms at once: who is on the lists of two events that are held at the same time."""

from django.db.models import QuerySet

from academy.events.models import Event, SignIn


def elsewhere(event: Event) -> "QuerySet[SignIn]":
    """The other sign-ins of those on this list, with their events; signed out there before they came here is no overlap."""
    here = event.sign_ins.standing()
    others = SignIn.objects.standing().exclude(event=event).exclude(event__state=Event.State.CANCELLED)
    overlapping = others.filter(
        user__in=here.values("user"), event__begins_at__lt=event.ends_at, event__ends_at__gt=event.begins_at
    )
    gone_before = overlapping.filter(left_at__isnull=False, left_at__lte=event.begins_at)
    return (
        overlapping.exclude(pk__in=gone_before.values("pk"))
        .select_related("event")
        .order_by("person_name", "pk")
    )
