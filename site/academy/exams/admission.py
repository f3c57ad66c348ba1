"""Whether somebody may begin an attempt now, by the paper's terms."""

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from academy.accounts.models import User
from academy.exams.models import Attempt, Paper
from academy.exams.refusals import RefusedError


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed before the start. `refusal` says why whoever asks may not begin now."""

    paper: Paper
    attempts_left: int | None
    refusal: str

    @property
    def questions(self) -> int:
        return self.paper.question_count


def terms(user: User | AnonymousUser, paper: Paper, purpose: str, now: datetime) -> Terms:
    """Attempts are counted for whoever is signed in."""
    if not isinstance(user, User):
        return Terms(paper, None, closed(paper, now))
    refusal = closed(paper, now) or none_left(user, paper, purpose) or too_soon(user, paper, purpose, now)
    return Terms(paper, attempts_left(user, paper, purpose), refusal)


def check_may_begin(user: User, paper: Paper, purpose: str, now: datetime, code: str) -> None:
    """Raises RefusedError in words; the code is asked last, so that it is not tried out beforehand."""
    if Attempt.objects.of(user, purpose).passed().exists():
        raise RefusedError(_("You have passed this exam already."))
    refusal = terms(user, paper, purpose, now).refusal
    if refusal:
        raise RefusedError(refusal)
    if paper.access_code and not hmac.compare_digest(_plain(code), _plain(paper.access_code)):
        raise RefusedError(
            _("This is not the access code. It is said in the room, or ask who gives the exam.")
        )


def attempts_left(user: User, paper: Paper, purpose: str) -> int | None:
    """None where the paper sets no limit. Started attempts count, handed in or not."""
    if not paper.attempts_allowed:
        return None
    return max(0, paper.attempts_allowed - Attempt.objects.of(user, purpose).count())


def none_left(user: User, paper: Paper, purpose: str) -> str:
    if attempts_left(user, paper, purpose) != 0:
        return ""
    message = ngettext(
        "The one attempt is used up. Ask your training office.",
        "All %(n)s attempts are used up. Ask your training office.",
        paper.attempts_allowed,
    )
    return message % {"n": paper.attempts_allowed}


def too_soon(user: User, paper: Paper, purpose: str, now: datetime) -> str:
    """When the cool-down after the last attempt is over, if it is not yet."""
    last = Attempt.objects.of(user, purpose).exclude(submitted_at=None).order_by("-submitted_at").first()
    if not paper.cool_down_hours or last is None or last.submitted_at is None:
        return ""
    over = last.submitted_at + timedelta(hours=paper.cool_down_hours)
    return _("You may sit again from %(when)s.") % {"when": _said(over)} if over > now else ""


def closed(paper: Paper, now: datetime) -> str:
    if paper.opens_at and now < paper.opens_at:
        return _("This exam opens on %(when)s.") % {"when": _said(paper.opens_at)}
    if paper.closes_at and now >= paper.closes_at:
        return _("This exam closed on %(when)s. Ask your training office.") % {"when": _said(paper.closes_at)}
    return ""


def _said(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def _plain(code: str) -> bytes:
    return unicodedata.normalize("NFKC", code).strip().casefold().encode()
