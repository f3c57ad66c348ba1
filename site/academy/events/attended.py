"""What somebody was there for, as it stands among their records."""

from dataclasses import dataclass

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.events.models import Event
from academy.records.models import Attendance


@dataclass(frozen=True, slots=True)
class Attended:
    """`event`: none for what was recorded before there were events here."""

    attendance: Attendance
    event: Event | None


def attended_by(user: User, most: int = 50) -> list[Attended]:
    """The latest first, of all accounts of this person; only what counts. Two questions, however many there are."""
    found = list(
        Attendance.objects.standing()
        .filter(user__in=same_person(user))
        .order_by("-attended_at", "-pk")[:most]
    )
    keys = {one.event_key.removeprefix("event:") for one in found}
    events = {one.key: one for one in Event.objects.filter(pk__in=[key for key in keys if key.isdecimal()])}
    return [Attended(one, events.get(one.event_key)) for one in found]
