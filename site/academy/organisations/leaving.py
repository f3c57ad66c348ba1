"""How whoever keeps the staff list changes it: another post, or an end with its day and reason."""

from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.organisations.managing import lock
from academy.organisations.models import Change, Membership, Post
from academy.organisations.registering import note, said_of, take_on


@transaction.atomic
def change_post(membership: Membership, post: Post, by: User) -> Membership:
    """From now on; what they learned before stays with the post that they had. Raises ValidationError."""
    lock(membership.enterprise)
    known = Membership.objects.current().select_related("enterprise", "user").filter(pk=membership.pk).first()
    if known is None:
        raise ValidationError(_("This person no longer works here."))
    return take_on(known.user, known.enterprise, post, by)


@transaction.atomic
def end(membership: Membership, last_day: date, reason: str, by: User) -> None:
    """Said twice, the first stands. Raises ValidationError for a day that cannot be the last."""
    lock(membership.enterprise)
    moment = _end_of(last_day, membership)
    still = Membership.objects.current().filter(pk=membership.pk)
    if still.update(left_at=moment, reason=reason.strip(), ended_by=by):
        note(membership.enterprise, by, [(Change.STAFF, said_of(membership.user, membership), "")])


def _end_of(last_day: date, membership: Membership) -> datetime:
    """The day counts to its end; today, until now."""
    zone = timezone.get_default_timezone()
    today = timezone.localdate(timezone=zone)
    if last_day > today:
        raise ValidationError(_("This day is still to come. Enter the end when it has come."))
    if last_day < timezone.localdate(membership.joined_at, zone):
        raise ValidationError(_("This is before the day on which they began."))
    after = timezone.make_aware(datetime.combine(last_day + timedelta(days=1), time.min), zone)
    return min(after, timezone.now())
