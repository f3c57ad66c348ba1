"""Spot exams: who is drawn, how they sit, and what came of it.

The draw can be repeated by anyone: the seed is kept, and so is how many it drew from.
"""

import random
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.exams.admission import said_at
from academy.exams.models import Attempt, Candidate, SpotExam
from academy.exams.occasions import Occasion
from academy.organisations.models import Enterprise, Membership
from academy.organisations.scope import Scope
from academy.records.log import record
from academy.records.models import Verb
from academy.records.refusals import write_down


class SpotExams:
    """Only whoever was drawn finds it; it is sat once, within its window."""

    def occasion(self, request: HttpRequest, pk: int) -> Occasion:
        user = request.user
        assert isinstance(user, User)
        found = _drawn_for(user, pk, request.method == "POST")
        return Occasion(
            kind="spot",
            pk=found.pk,
            purpose=found.purpose,
            title=found.title,
            url="/me/",
            paper=found.paper,
            refusal=_refusal(found, timezone.now()),
            closes_at=found.closes_at,
            at_most=1,
        )

    def begun(self, user: User, pk: int) -> None:
        """Nothing follows from it."""

    def settle(self, user: User, pk: int) -> None:
        """Nothing follows from it."""


def _drawn_for(user: User, pk: int, would_begin: bool) -> SpotExam:
    """Whoever was not drawn is not told that there is one; that they would begin it is written down."""
    found = get_object_or_404(SpotExam.objects.select_related("paper"), pk=pk)
    if found.candidates.filter(user=user).exists():
        return found
    if would_begin:
        write_down(user, found.purpose, found.title, "not drawn", {"spot_exam": pk})
    raise Http404


def owned(scope: Scope) -> QuerySet[SpotExam]:
    """Those that draw from here and from nowhere else: who supervises here plans and draws them."""
    known = SpotExam.objects.all()
    return known if scope.whole else known.filter(district__in=scope.districts)


def seen(scope: Scope) -> QuerySet[SpotExam]:
    """And those for which somebody was drawn who worked here then."""
    if scope.whole:
        return owned(scope)
    drawn = scope.records(Candidate.objects.filter(spot_exam=OuterRef("pk")))
    return SpotExam.objects.filter(Q(district__in=scope.districts) | Exists(drawn))


def drawn_within(scope: Scope) -> Count:
    """How many of those drawn worked here then."""
    return Count("candidates", filter=scope.made("candidates__"))


def eligible(spot_exam: SpotExam) -> QuerySet[Membership]:
    """Everybody's current places of work that the spot exam is for, one a person: the one that
    records name."""
    places = Membership.objects.current().filter(user__is_active=True)
    if spot_exam.district:
        places = places.filter(enterprise__in=Enterprise.objects.within(spot_exam.district))
    business_types, posts = spot_exam.business_types.all(), spot_exam.posts.all()
    if business_types:
        places = places.filter(enterprise__business_type__in=business_types)
    if posts:
        places = places.filter(post__in=posts)
    latest = places.filter(user=OuterRef("user")).named_first().values("pk")[:1]
    return places.filter(pk=Subquery(latest))


def draw_candidates(spot_exam: SpotExam, by: User, now: datetime) -> int:
    """How many were drawn. Drawn once: a second time changes nothing; while nobody fits, or when the window is over,
    nothing is drawn."""
    with transaction.atomic():
        spot_exam = SpotExam.objects.select_for_update(of=("self",)).get(pk=spot_exam.pk)
        if spot_exam.drawn_at:
            return spot_exam.candidates.count()
        places = dict(eligible(spot_exam).order_by("user_id").values_list("user_id", "pk"))
        if not places or now >= spot_exam.closes_at:
            return 0
        spot_exam.seed, spot_exam.population = secrets.token_hex(16), list(places)
        chosen = sample(spot_exam)
        Candidate.objects.bulk_create(_candidates(spot_exam, [places[user] for user in chosen]))
        spot_exam.drawn_from, spot_exam.drawn_at, spot_exam.drawn_by = len(places), now, by
        spot_exam.save()
        for candidate in spot_exam.candidates.select_related("user"):
            _call_up(spot_exam, candidate, now)
    return len(chosen)


def sample(spot_exam: SpotExam) -> list[int]:
    """The people whom the seed draws out of the population: the same whenever it is drawn again."""
    people = spot_exam.population
    return random.Random(spot_exam.seed).sample(people, min(spot_exam.size, len(people)))


@dataclass(frozen=True, slots=True)
class Tally:
    """`average` is of those who handed in; None where nobody has."""

    label: str
    drawn: int
    sat: int
    passed: int
    average: int | None


GROUPS = {
    "post": "post_name",
    "enterprise": "enterprise_name",
    "business-type": "business_type_name",
    "district": "district_name",
}


def with_results(spot_exam: SpotExam) -> QuerySet[Candidate]:
    """Each candidate with `score`, `passed` and `ended`, all None for whoever has not sat."""
    attempts = Attempt.objects.filter(user=OuterRef("user"), purpose=spot_exam.purpose).order_by("pk")
    return spot_exam.candidates.annotate(
        began=Subquery(attempts.values("started_at")[:1]),
        ended=Subquery(attempts.values("submitted_at")[:1]),
        score=Subquery(attempts.values("score")[:1]),
        passed=Subquery(attempts.values("passed")[:1]),
    ).order_by(F("score").desc(nulls_last=True), "pk")


def tallies(candidates: Iterable[Candidate], group: str) -> Iterator[Tally]:
    found: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        found.setdefault(getattr(candidate, GROUPS[group]) or _("not stated"), []).append(candidate)
    for label, people in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
        yield tally(label, people)


def tally(label: str, people: list[Candidate]) -> Tally:
    scores = [person.score for person in people if person.score is not None]  # type: ignore[attr-defined]
    passed = sum(bool(person.passed) for person in people)  # type: ignore[attr-defined]
    return Tally(
        label, len(people), len(scores), passed, round(sum(scores) / len(scores)) if scores else None
    )


def due_for(user: User, now: datetime) -> QuerySet[SpotExam]:
    """The spot exams that this person has been drawn for and has still to sit."""
    purpose = Concat(Value("spot:"), Cast(OuterRef("pk"), CharField()))
    ended = Attempt.objects.filter(user=user, purpose=purpose).exclude(submitted_at=None)
    return SpotExam.objects.filter(~Exists(ended), candidates__user=user, closes_at__gt=now)


def _candidates(spot_exam: SpotExam, chosen: list[int]) -> Iterator[Candidate]:
    places = Membership.objects.select_related(
        "user", "enterprise__district__parent__parent", "enterprise__business_type", "post"
    )
    for place in places.filter(pk__in=chosen).order_by("user_id"):
        yield Candidate(spot_exam=spot_exam, user=place.user, person_name=place.user.name, **place.snapshot())


def _call_up(spot_exam: SpotExam, candidate: Candidate, now: datetime) -> None:
    evidence = {
        "seed": spot_exam.seed,
        "from": spot_exam.drawn_from,
        "until": spot_exam.closes_at.isoformat(),
    }
    record(
        candidate.user,
        Verb.ASSIGNED,
        spot_exam.purpose,
        spot_exam.title,
        at=now,
        evidence=evidence,
        key=spot_exam.purpose,
    )


def _refusal(spot_exam: SpotExam, now: datetime) -> str:
    if now < spot_exam.opens_at:
        return _("This spot exam opens on %(when)s.") % {"when": said_at(spot_exam.opens_at)}
    if now >= spot_exam.closes_at:
        return _("This spot exam closed on %(when)s.") % {"when": said_at(spot_exam.closes_at)}
    return ""
