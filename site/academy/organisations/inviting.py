"""Invitations: a code on the kitchen's wall, which asks to be let in, or a text message to one number, whose owner is
let in. Nobody is on a staff list by somebody else's word alone, and nobody learns whether a number has an account."""

import logging
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from academy.accounts.models import User
from academy.accounts.persons import numbers_of
from academy.accounts.sms import SmsError, gateway
from academy.core.limiting import within
from academy.organisations.managing import lock
from academy.organisations.models import Enterprise, Invitation, JoinRequest, Membership, Post
from academy.organisations.requests import admit, come

logger = logging.getLogger(__name__)

# the code has 24 characters, 144 bits
BYTES = 18
# the same text message is not sent again before
AGAIN = timedelta(minutes=10)
PHONE_DAYS = 14


class ClosedInvitation(Exception):
    """It has run out, was taken back, has been used, or is for somebody else: the answer is one."""


def new_code() -> str:
    return secrets.token_urlsafe(BYTES)


@transaction.atomic
def invite(
    enterprise: Enterprise,
    by: User,
    *,
    post: Post | None = None,
    days: int = 30,
    phone: str = "",
    name: str = "",
) -> Invitation:
    """One at a time for each post, and for each number: asked for again, the one that is open is valid for longer."""
    enterprise, now = lock(enterprise), timezone.now()
    until = now + timedelta(days=days)
    same = Q(phone=phone) if phone else Q(phone="", post=post)
    known = Invitation.objects.open().filter(same, enterprise=enterprise).first()
    if known is None:
        return Invitation.objects.create(
            enterprise=enterprise,
            made_by=by,
            code=new_code(),
            post=post,
            phone=phone,
            name=name,
            expires_at=until,
        )
    known.post, known.name, known.expires_at = post, name or known.name, max(until, known.expires_at)
    known.save(update_fields=["post", "name", "expires_at"])
    return known


def send(invitation: Invitation, url: str) -> bool:
    """Whether the number has been written to, now or just before. Raises SmsError."""
    now = timezone.now()
    if invitation.sent_at and invitation.sent_at > now - AGAIN:
        return True
    by, to = str(invitation.made_by_id), invitation.phone
    limits = settings.INVITATION_LIMITS
    if not (
        within(limits.get("manager", ""), "invites", by) and within(limits.get("phone", ""), "invited", to)
    ):
        return False
    words = _("Shi'an Academy: %(enterprise)s asks you to confirm that you work there: %(url)s")
    gateway().send(to, words % {"enterprise": invitation.enterprise, "url": url})
    invitation.sent_at = now
    invitation.save(update_fields=["sent_at"])
    return True


@task()
def send_texts(enterprise_pk: int) -> None:
    """To all who are invited by number and have not been written to, as far as the limits go."""
    waiting = Invitation.objects.open().filter(enterprise=enterprise_pk, sent_at=None).exclude(phone="")
    for one in waiting.select_related("enterprise"):
        try:
            send(one, settings.WAGTAILADMIN_BASE_URL.rstrip("/") + one.get_absolute_url())
        except SmsError:
            logger.exception("invitation %s was not sent", one.pk)


def revoke(invitation: Invitation) -> None:
    _close(invitation, Invitation.Outcome.REVOKED)


def found(code: str, user: User) -> Invitation:
    """An open one that this person may use, or one that they have used. Raises ClosedInvitation."""
    rows = Invitation.objects.select_related("enterprise__district", "enterprise__merged_into", "post")
    one = rows.filter(code=code).first() if code.isprintable() else None
    if one is None or (one.phone and not numbers_of(user).filter(phone=one.phone).exists()):
        raise ClosedInvitation
    if not (one.is_open or one.outcome == Invitation.Outcome.ACCEPTED):
        raise ClosedInvitation
    return one


@transaction.atomic
def take_up(invitation: Invitation, user: User, post: Post) -> Membership | JoinRequest:
    """The owner of the number is let in; whoever has the code on the wall asks to be. Raises ClosedInvitation."""
    enterprise = lock(invitation.enterprise)
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if not invitation.phone:
        if not invitation.is_open:
            raise ClosedInvitation
        return come(user, enterprise, invitation.post or post, invitation)
    used = Membership.objects.current().filter(user=user, enterprise=enterprise).first()
    if invitation.outcome == Invitation.Outcome.ACCEPTED and used:
        return used
    if not _close(invitation, Invitation.Outcome.ACCEPTED):
        raise ClosedInvitation
    return admit(user, enterprise, invitation.post or post, invitation.made_by)


def turn_down(invitation: Invitation) -> None:
    """Only what was sent to one number: a code on the wall is not for one person to end."""
    if invitation.phone:
        _close(invitation, Invitation.Outcome.DECLINED)


def _close(invitation: Invitation, outcome: str) -> bool:
    open_one = Invitation.objects.open().filter(pk=invitation.pk)
    return bool(open_one.update(closed_at=timezone.now(), outcome=outcome))


def sent_to(user: User) -> QuerySet[Invitation]:
    """What waits for an answer of this person."""
    return Invitation.objects.open().filter(phone__in=numbers_of(user)).select_related("enterprise", "post")
