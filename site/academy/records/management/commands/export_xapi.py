import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from academy.records.exporting import NotTaken, Store, batches, lines
from academy.records.models import Statement, StatementQuerySet, midnight
from academy.records.xapi import VERSION

# What was being written when the last one was read may have been stored before it.
OVERLAP = timedelta(minutes=10)


class Command(BaseCommand):
    help = (
        "Give out the log of learning as xAPI statements: into a file, one a line, or into a learning record store. "
        "The store is sent everything once; run again, it goes on from where the store last said that it had it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="standard output without one")
        parser.add_argument("--since", type=moment, help="what came in from this day or moment on")
        parser.add_argument("--until", type=moment, help="what came in before it")
        parser.add_argument("--user", help="one person: the account's number, phone number or e-mail")
        parser.add_argument(
            "--course", help="one course, by number: itself and what names it in its evidence"
        )
        parser.add_argument(
            "--to", type=web, metavar="URL", help="the store, whose statements are at URL/statements"
        )
        parser.add_argument("--auth", default="", metavar="USER:PASSWORD")
        parser.add_argument("--xapi-version", default=VERSION, help="what the store is told that we speak")
        parser.add_argument("--batch", type=int, default=100, help="how many are sent at a time")

    def handle(self, *, to: str | None, file: Path | None, **options: Any) -> None:
        rows = chosen(**{name: options[name] for name in ("since", "until", "user", "course")})
        if to:
            self._send(rows, Store(to, options["auth"], options["xapi_version"]), options)
        elif file:
            write(file, lines(rows))
        else:
            sys.stdout.buffer.writelines(lines(rows))

    def _send(self, rows: StatementQuerySet, store: Store, options: dict[str, Any]) -> None:
        is_all = not any(options[name] for name in ("since", "until", "user", "course"))
        bookmark = Bookmark(store.url)
        sent = 0
        try:
            for batch in batches(bookmark.rest(rows) if is_all else rows, options["batch"]):
                store.take(batch)
                sent += len(batch)
                if is_all:
                    bookmark.put(batch[-1].stored_at)
        except NotTaken as error:
            raise CommandError(f"{sent} sent; then the store did not take more: {error}") from error
        self.stderr.write(f"{sent} sent")


class Bookmark:
    """Up to where a store has everything."""

    def __init__(self, url: str) -> None:
        self.file = Path(settings.VAR_DIR) / "xapi" / sha256(url.encode()).hexdigest()[:16]

    def rest(self, rows: StatementQuerySet) -> StatementQuerySet:
        with suppress(FileNotFoundError):
            last = datetime.fromisoformat(self.file.read_text(encoding="utf8"))
            return rows.filter(stored_at__gte=last - OVERLAP)
        return rows

    def put(self, moment: datetime) -> None:
        write(self.file, [moment.isoformat().encode()])


def chosen(
    *, since: datetime | None, until: datetime | None, user: str | None, course: str | None
) -> StatementQuerySet:
    rows = Statement.objects.all()
    if since:
        rows = rows.filter(stored_at__gte=since)
    if until:
        rows = rows.filter(stored_at__lt=until)
    if user:
        whose = Q(user__phone=user) | Q(user__email=user)
        rows = rows.filter(whose | Q(user=user) if user.isdigit() and len(user) < 11 else whose)
    if course:
        key = f"course:{course.removeprefix('course:')}"
        rows = rows.filter(Q(object_key=key) | Q(evidence__course=key))
    return rows


def write(file: Path, pieces: Iterable[bytes]) -> None:
    """Whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.part")
    with unfinished.open("wb") as out:
        out.writelines(pieces)
    unfinished.replace(file)


def web(text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise ArgumentTypeError(f"no address of a store: {text}")
    return text


def moment(text: str) -> datetime:
    with suppress(ValueError):
        return midnight(date.fromisoformat(text))
    with suppress(ValueError):
        given = datetime.fromisoformat(text)
        return given if given.tzinfo else timezone.make_aware(given, timezone.get_default_timezone())
    raise ArgumentTypeError(f"neither a day nor a moment: {text}")
