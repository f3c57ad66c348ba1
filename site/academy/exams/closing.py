"""Attempts whose time ran out end by themselves: whoever does not come back is judged by what was saved."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404
from django.utils import timezone

from academy.exams import occasions, sitting
from academy.exams.models import Attempt

logger = logging.getLogger(__name__)

# An answer that was sent in time may still be on its way through the server
GRACE = timedelta(seconds=30)
AT_ONCE = 500


def close_all_expired(now: datetime) -> int:
    """How many were closed; those left over are closed a minute later."""
    due = Attempt.objects.open().filter(deadline__lt=now - GRACE).order_by("deadline")
    closed = 0
    for attempt in due.select_related("user")[:AT_ONCE]:
        closed += 1
        sitting.submit(attempt, now)
        try:
            occasions.settle(attempt)
        except Http404:
            logger.info("What attempt %s was sat for is gone; it is marked all the same.", attempt.pk)
    return closed


def on_the_minute(sender: type[Any], **kwargs: Any) -> None:
    close_all_expired(timezone.now())
