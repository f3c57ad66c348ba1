"""The code on the screen: another one every fifteen seconds, by the server's clock. A photograph of it is soon worthless."""

import base64
import hmac
from datetime import UTC, datetime, timedelta

from django.utils.crypto import salted_hmac

from academy.events.models import Event

SECONDS = 15
# whoever scanned at the last moment still gets in
GRACE = 1
LENGTH = 12
# seconds for which a phone without a network may keep what it scanned
LATE = 3600


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


def shown_at(event: Event, tried: str, now: datetime) -> datetime | None:
    """When this code was on the wall, within the last hour; None for what never was, or is older."""
    number = window(now)
    given = tried.upper().encode(errors="replace")
    for back in range(LATE // SECONDS + 1):
        if hmac.compare_digest(code(event, number - back).encode(), given):
            return datetime.fromtimestamp((number - back) * SECONDS, UTC)
    return None


def holds(event: Event, tried: str, now: datetime) -> bool:
    """Now, or in the window before."""
    number = window(now)
    shown = [code(event, number - back) for back in range(GRACE + 1)]
    given = tried.upper().encode(errors="replace")
    return any(hmac.compare_digest(one.encode(), given) for one in shown)
