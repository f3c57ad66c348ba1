"""Whether somebody may begin an attempt now, by the paper's terms."""

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.core.limiting import within
from academy.exams.models import Attempt, Paper
from academy.records.refusals import RefusedError


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed before the start: the paper's terms, and closer ones where the occasion has them.

    `refusal` says why whoever asks may not begin now.
    """

    paper: Paper
    attempts_allowed: int | None
    attempts_left: int | None
    closes_at: datetime | None
    refusal: str

    @property
    def questions(self) -> int:
        return self.paper.question_count


def terms(
    user: User | AnonymousUser,
    paper: Paper,
    purpose: str,
    now: datetime,
    at_most: int | None = None,
    closes_at: datetime | None = None,
) -> Terms:
    """Attempts are counted for whoever is signed in; `at_most` is what the occasion allows of them, `closes_at` its end."""
    allowed = attempts_allowed(paper, at_most)
    ends = min(filter(None, (paper.closes_at, closes_at)), default=None)
    if not isinstance(user, User):
        return Terms(paper, allowed, None, ends, closed(paper, now))
    left = attempts_left(user, paper, purpose, at_most)
    refusal = closed(paper, now) or none_left(left, paper) or too_soon(user, paper, purpose, now)
    return Terms(paper, allowed, left, ends, refusal)


def check_may_begin(
    user: User, paper: Paper, purpose: str, now: datetime, code: str, at_most: int | None
) -> None:
    """Raises RefusedError in words; the code is asked last, so that it is not tried out beforehand."""
    if Attempt.objects.of(user, purpose).passed().exists():
        raise RefusedError(_("You have passed this exam already."))
    refusal = terms(user, paper, purpose, now, at_most).refusal
    if refusal:
        raise RefusedError(refusal)
    _check_code(user, paper, purpose, code)


def _check_code(user: User, paper: Paper, purpose: str, code: str) -> None:
    if not paper.access_code:
        return
    if not within(settings.CODE_LIMIT, "access code", str(user.pk), purpose):
        raise RefusedError(_("Too many codes were tried. Wait a minute, and ask who gives the exam."))
    if paper.access_code and not hmac.compare_digest(_plain(code), _plain(paper.access_code)):
        raise RefusedError(
            _("This is not the access code. It is said in the room, or ask who gives the exam.")
        )


def attempts_allowed(paper: Paper, at_most: int | None = None) -> int | None:
    """None where nothing sets a limit."""
    return min((limit for limit in (paper.attempts_allowed, at_most) if limit), default=None)


def attempts_left(user: User, paper: Paper, purpose: str, at_most: int | None = None) -> int | None:
    """None where nothing sets a limit. Started attempts count, handed in or not."""
    allowed = attempts_allowed(paper, at_most)
    return None if allowed is None else max(0, allowed - Attempt.objects.of(user, purpose).count())


def none_left(left: int | None, paper: Paper) -> str:
    return "" if left != 0 else _("No attempt is left. Ask your training office.")


def too_soon(user: User, paper: Paper, purpose: str, now: datetime) -> str:
    """When the cool-down after the last attempt is over, if it is not yet."""
    last = Attempt.objects.of(user, purpose).exclude(submitted_at=None).order_by("-submitted_at").first()
    if not paper.cool_down_hours or last is None or last.submitted_at is None:
        return ""
    over = last.submitted_at + timedelta(hours=paper.cool_down_hours)
    return _("You may sit again from %(when)s.") % {"when": said_at(over)} if over > now else ""


def closed(paper: Paper, now: datetime) -> str:
    if paper.opens_at and now < paper.opens_at:
        return _("This exam opens on %(when)s.") % {"when": said_at(paper.opens_at)}
    if paper.closes_at and now >= paper.closes_at:
        return _("This exam closed on %(when)s. Ask your training office.") % {
            "when": said_at(paper.closes_at)
        }
    return ""


def said_at(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def _plain(code: str) -> bytes:
    return unicodedata.normalize("NFKC", code).strip().casefold().encode()
