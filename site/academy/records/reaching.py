"""How a person is told something outside of this site: by whatever reaches them, at a time when nobody sleeps."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from django.core.mail import send_mail
from django.utils import timezone

from academy.accounts.models import User
from academy.accounts.sms import gateway

logger = logging.getLogger(__name__)

# nobody's telephone rings at night
OPENS, CLOSES = 9, 20


class Told(Protocol):
    """A row that says by which way it was told, and when."""

    emailed_at: datetime | None
    texted_at: datetime | None

    def save(self, *, update_fields: list[str]) -> None: ...


def is_daytime(now: datetime | None = None) -> bool:
    return OPENS <= timezone.localtime(now, timezone.get_default_timezone()).hour < CLOSES


def reach(told: Told, user: User, about: str, subject: str, words: str) -> bool:
    """Whether everything has arrived. What fails is tried when it is said again, and holds up nobody else."""
    reached = [
        _reached(told, "emailed_at", user.email, about, lambda to: _email(to, subject, words)),
        _reached(told, "texted_at", user.phone, about, lambda to: gateway().send(to, words)),
    ]
    return all(reached)


def _email(address: str, subject: str, words: str) -> None:
    send_mail(subject, words, None, [address])


def _reached(told: Told, channel: str, address: str | None, about: str, send: Callable[[str], None]) -> bool:
    if not address or getattr(told, channel):
        return True
    try:
        send(address)
    except Exception:
        # whatever a mail server or a gateway raises: the next person is not to suffer for it
        logger.exception("%s was not reminded of %s", channel, about)
        return False
    setattr(told, channel, timezone.now())
    told.save(update_fields=[channel])
    return True
