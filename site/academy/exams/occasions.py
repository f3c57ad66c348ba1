"""What papers are sat for. Whoever gives exams says so here, so that this app need not know courses."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.http import Http404, HttpRequest

from academy.accounts.models import User
from academy.exams.models import Attempt, Paper


@dataclass(frozen=True, slots=True)
class Occasion:
    """`refusal` says in words why nobody may begin now, and `way_out` (address, words) what to do first.

    `at_most` limits the attempts beside the paper. `after` is a template that says what a result means here; it is given `context`.
    """

    kind: str
    pk: int
    purpose: str
    title: str
    url: str
    paper: Paper
    refusal: str = ""
    way_out: tuple[str, str] | None = None
    closes_at: datetime | None = None
    at_most: int | None = None
    after: str = ""
    context: dict[str, Any] = field(default_factory=dict)


class Kind(Protocol):
    def occasion(self, request: HttpRequest, pk: int) -> Occasion:
        """For the person who asks, with all that is due settled; Http404 where there is none for them."""

    def begun(self, user: User, pk: int) -> None:
        """Somebody has begun an attempt, or goes on with it."""

    def settle(self, user: User, pk: int) -> None:
        """An attempt has ended: what follows from it happens now, once."""


_kinds: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    _kinds[name] = kind


def kind_of(name: str) -> Kind:
    if name not in _kinds:
        raise Http404(name)
    return _kinds[name]


def settle(attempt: Attempt) -> None:
    """Whatever the attempt was sat for learns that it has ended, until it has. A purpose begins `kind:number`."""
    name, pk, *_rest = attempt.purpose.split(":")
    kind_of(name).settle(attempt.user, int(pk))
    Attempt.objects.filter(pk=attempt.pk).update(settled=True)
