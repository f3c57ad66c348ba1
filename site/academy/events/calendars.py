"""An event as a file that every calendar takes in (RFC 5545). Pure but for the address."""

from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse

from academy.events.models import Event

# in bytes, without the line's end
LONGEST = 75
ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def calendar(event: Event, now: datetime) -> bytes:
    state = "CANCELLED" if event.state == Event.State.CANCELLED else "CONFIRMED"
    address = settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("events:one", args=[event.pk])
    host = settings.WAGTAILADMIN_BASE_URL.partition("://")[2].partition(":")[0].strip("/")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//academy//events//ZH",
        "BEGIN:VEVENT",
        f"UID:event-{event.pk}@{host}",
        f"DTSTAMP:{_moment(now)}",
        f"DTSTART:{_moment(event.begins_at)}",
        f"DTEND:{_moment(event.ends_at)}",
        f"SUMMARY:{_text(event.title)}",
        f"LOCATION:{_text(event.place)}",
        f"DESCRIPTION:{_text(event.agenda)}",
        f"URL:{address}",
        f"STATUS:{state}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(folded(line) for line in lines)


def folded(line: str) -> bytes:
    """Cut into lines of 75 bytes, between characters; each but the first begins with a blank."""
    pieces, piece = [], b""
    for sign in line:
        encoded = sign.encode()
        if len(piece) + len(encoded) > LONGEST:
            pieces.append(piece)
            piece = b" "
        piece += encoded
    return b"\r\n".join([*pieces, piece]) + b"\r\n"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    return "".join(sign for sign in words.translate(ESCAPED) if sign.isprintable())
