"""Attempts whose time ran out end by themselves: whoever does not come back is judged by what was saved. And what
follows from an attempt's end happens, even where the process that ended it died."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404
from django.utils import timezone

from academy.exams import occasions, sitting
from academy.exams.models import Attempt

logger = logging.getLogger(__name__)

# An answer that was sent in time may still be on its way through the server
GRACE = timedelta(seconds=30)
# what could not be settled for so long is left to people
PATIENCE = timedelta(days=7)
AT_ONCE = 500


def close_all_expired(now: datetime) -> int:
    """How many were closed; those left over are closed a minute later, and one that fails stops no other."""
    due = Attempt.objects.open().filter(deadline__lt=now - GRACE).order_by("deadline")
    return _each(due, lambda attempt: occasions.settle(sitting.submit(attempt, now)))


def settle_what_is_left(now: datetime) -> int:
    ended = Attempt.objects.filter(settled=False, submitted_at__range=(now - PATIENCE, now - GRACE))
    return _each(ended.order_by("submitted_at"), occasions.settle)


def on_the_minute(sender: type[Any], **kwargs: Any) -> None:
    now = timezone.now()
    close_all_expired(now)
    settle_what_is_left(now)


def _each(attempts: Any, act: Callable[[Attempt], None]) -> int:
    done = 0
    for attempt in attempts.select_related("user")[:AT_ONCE]:
        try:
            act(attempt)
            done += 1
        except Http404:
            logger.info("What attempt %s was sat for is gone; it is marked all the same.", attempt.pk)
        except Exception:
            logger.exception("Attempt %s could not be brought to its end.", attempt.pk)
    return done
