"""The one door by which learning is written down. What was sent twice under one key is written once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils import timezone

from academy.accounts.models import User
from academy.records.evidence import bounded, text
from academy.records.models import Origin, Statement, Verb


@dataclass(frozen=True, slots=True)
class Source:
    """From where what is being done comes: without a request, it is the system's own doing."""

    origin: Origin = Origin.TASK
    address: str = ""
    agent: str = ""


_source: ContextVar[Callable[[], Source]] = ContextVar("source", default=Source)


@contextmanager
def coming_from(source: Callable[[], Source]) -> Iterator[None]:
    """Asked only when something is written down: most requests write nothing."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)


def record(
    user: User,
    verb: Verb,
    object_key: str,
    name: str,
    *,
    edition: int | None = None,
    at: datetime | None = None,
    evidence: Mapping[str, Any] | None = None,
    key: str | None = None,
) -> Statement:
    """`at` is now at the latest: a phone's clock may be ahead."""
    said = _said(verb, object_key, name, edition, at, evidence)
    if not key:
        return Statement.objects.create(user=user, **said)
    statement, _created = Statement.objects.get_or_create(user=user, key=_name(key), defaults=said)
    return statement


def record_of_each(
    users: Iterable[User],
    verb: Verb,
    object_key: str,
    name: str,
    *,
    evidence: Mapping[str, Any] | None = None,
    key: str,
) -> None:
    """The same of many people, in a few queries; of each it is written once."""
    said = _said(verb, object_key, name, None, None, evidence)
    rows = (Statement(user=user, key=_name(key), **said) for user in users)
    Statement.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def _said(
    verb: Verb,
    object_key: str,
    name: str,
    edition: int | None,
    at: datetime | None,
    evidence: Mapping[str, Any] | None,
) -> dict[str, Any]:
    source, now = _source.get()(), timezone.now()
    return {
        "verb": verb,
        "object_key": text(object_key, 60),
        "object_name": text(name, 200),
        "edition": edition,
        "at": min(at or now, now),
        "origin": source.origin,
        "address": source.address,
        "agent": source.agent,
        "evidence": bounded(evidence),
    }


def is_recorded(user: User, key: str) -> bool:
    return Statement.objects.filter(user=user, key=_name(key)).exists()


def _name(key: str) -> str:
    """A phone may call it what it likes; cut off, two keys could become one."""
    if len(key) <= 100 and key.isprintable():
        return key
    return sha256(key.encode(errors="replace")).hexdigest()
