"""Where somebody sits an attempt: whose it is, what for, and the addresses of its pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache

from academy.accounts.models import User
from academy.exams.models import Attempt
from academy.records.refusals import write_down


@dataclass(frozen=True, slots=True)
class Room:
    """The occasion's addresses, before an attempt is begun."""

    user: User
    kind: str
    pk: int

    def url(self, name: str = "before", **more: Any) -> str:
        return reverse(f"exams:{name}", kwargs={"kind": self.kind, "pk": self.pk, **more})

    @property
    def start_url(self) -> str:
        return self.url("start")

    def attempts(self) -> Any:
        """This person's own, in whichever edition they were begun."""
        return Attempt.objects.sat_for(self.kind, self.pk).filter(user=self.user)

    def desk_or_404(self, attempt_pk: int) -> "Desk":
        """Somebody else's attempt is not there, and that it was asked for is written down."""
        attempt = self.attempts().filter(pk=attempt_pk).first()
        if attempt is None:
            other = Attempt.objects.filter(pk=attempt_pk).exclude(user=self.user).first()
            if other:
                write_down(self.user, other.key, other.paper_title, "not theirs", {"attempt": attempt_pk})
            raise Http404
        return Desk(self, attempt)


@dataclass(frozen=True, slots=True)
class Desk:
    room: Room
    attempt: Attempt

    def url(self, name: str = "sit") -> str:
        return self.room.url(name, attempt_pk=self.attempt.pk)

    def write_down(self, why: str, claimed: Mapping[str, Any]) -> None:
        write_down(self.room.user, self.attempt.key, self.attempt.paper_title, why, claimed)

    @property
    def sit_url(self) -> str:
        return self.url()

    @property
    def save_url(self) -> str:
        return self.url("save")

    @property
    def hand_in_url(self) -> str:
        return self.url("hand_in")

    @property
    def result_url(self) -> str:
        return self.url("result")


View = Callable[..., HttpResponse]


def room_view(view: View) -> View:
    """Whoever is not signed in signs in first, and comes to the exam's beginning."""

    @never_cache
    @wraps(view)
    def inner(request: HttpRequest, kind: str, pk: int, **kwargs: Any) -> HttpResponse:
        if not isinstance(request.user, User):
            return redirect_to_login(reverse("exams:before", kwargs={"kind": kind, "pk": pk}))
        return view(request, Room(request.user, kind, pk), **kwargs)

    return inner


def desk_view(view: View) -> View:
    @room_view
    @wraps(view)
    def inner(request: HttpRequest, room: Room, attempt_pk: int, **kwargs: Any) -> HttpResponse:
        return view(request, room.desk_or_404(attempt_pk), **kwargs)

    return inner
