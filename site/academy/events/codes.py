"""The code on the screen: another one every fifteen seconds, by the server's clock. A photograph of it is soon worthless."""

import base64
import hmac
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from academy.events.models import Event

SECONDS = 15
# whoever scanned at the last moment still gets in
GRACE = 1
LENGTH = 12


def window(now: datetime) -> int:
    return int(now.timestamp()) // SECONDS


def code(event: Event, number: int) -> str:
    """That of one window: sixty bits, in letters and digits that a QR code has short forms for."""
    digest = salted_hmac("academy.events.codes", f"{event.pk}:{number}", algorithm="sha256").digest()
    return base64.b32encode(digest).decode()[:LENGTH]


def current(event: Event, now: datetime) -> str:
    return code(event, window(now))


def lasts(now: datetime) -> timedelta:
    """Until the next one."""
    return timedelta(seconds=SECONDS - now.timestamp() % SECONDS)


def holds(event: Event, tried: str, now: datetime) -> bool:
    """Now, or in the window before."""
    number = window(now)
    shown = [code(event, number - back) for back in range(GRACE + 1)]
    given = tried.upper().encode(errors="replace")
    return any(hmac.compare_digest(one.encode(), given) for one in shown)
