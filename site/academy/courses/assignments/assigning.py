"""How people come to have an assignment, and how they no longer do. Whoever is assigned twice is assigned once.

Everybody who fits is assigned by a task, some at a time: cut off, it goes on with those who are missing. Nothing is deleted.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from academy.accounts.models import User
from academy.courses.assignments import proving
from academy.courses.assignments.rules import PERSON, Places, Rule, missing
from academy.courses.models import Assignee, Assignment
from academy.organisations.models import Membership
from academy.records.log import record, record_of_each
from academy.records.models import Certificate, Verb
from academy.records.refusals import RefusedError

Why = Assignee.Why
LINKS = ("business_types", "posts", "enterprises")
BATCH = 500


def make(key: uuid.UUID, by: User, fields: Mapping[str, Any]) -> Assignment:
    """Sent twice under one key, it is made once. The people follow by a task."""
    links = {name: fields[name] for name in LINKS}
    plain = {name: value for name, value in fields.items() if name not in LINKS}
    with transaction.atomic():
        assignment, is_new = Assignment.objects.get_or_create(key=key, defaults={"made_by": by, **plain})
        if is_new:
            for name, chosen in links.items():
                getattr(assignment, name).set(chosen)
            transaction.on_commit(partial(fill.enqueue, assignment.pk))
    return assignment


@task(queue_name="slow")
def fill(assignment_pk: int) -> None:
    """Everybody who fits now. Done again, only whoever is missing."""
    assignment = Assignment.objects.standing().filter(pk=assignment_pk).first()
    if assignment:
        take_in(assignment, Why.CHOSEN)
        Assignment.objects.filter(pk=assignment_pk, ready_at=None).update(ready_at=timezone.now())


def take_in(assignment: Assignment, why: str) -> int:
    """Those who fit and are missing, each where they began last; tells how many there were."""
    if assignment.intake == Assignment.Intake.RENEWAL:
        return _take_in_ending(assignment)
    chosen = dict(missing(assignment).order_by("joined_at", "pk").values_list("person", "pk"))
    for batch in proving.batches(chosen.items(), BATCH):
        add(assignment, dict(batch), why)
    return len(chosen)


def _take_in_ending(assignment: Assignment) -> int:
    """Whoever was asked for one certificate is asked again when the next one ends, never twice for the same."""
    ending = _ending(assignment.object_key, assignment.renewal_days)
    ends = dict(ending.order_by("expires_on").values_list("person", "expires_on"))
    asked = _asked(Assignee.objects.standing().filter(assignment=assignment), ends)
    places = Rule.of(assignment).places().filter(person__in=ending.values("person"))
    found = places.order_by("joined_at", "pk").values_list("person", "pk")
    chosen = {person: place for person, place in found if person not in asked}
    for batch in proving.batches(chosen.items(), BATCH):
        add(assignment, dict(batch), Why.RENEWAL, ends)
    return len(chosen)


def welcome(place: Membership) -> None:
    """Somebody began to work there: what is open for such a place is theirs as well."""
    person = place.user.merged_into_id or place.user_id
    for assignment in Assignment.objects.taking_in().for_place(place).exclude(ready_at=None):
        if assignment.intake == Assignment.Intake.OPEN:
            add(assignment, {person: place.pk}, Why.NEWCOMER)


def add(
    assignment: Assignment, chosen: Mapping[int, int], why: str, ends: Mapping[int, date] | None = None
) -> None:
    """`chosen`: places of work by person; `ends`: the last day of their certificates."""
    with transaction.atomic():
        if not Assignment.objects.select_for_update().standing().filter(pk=assignment.pk).exists():
            return
        asked = _asked(_rows_of(assignment, chosen), ends)
        rows = [
            _row(assignment, person, place, why, ends)
            for person, place in _people(chosen).items()
            if person.pk not in asked
        ]
        _rows_of(assignment, [row.user_id for row in rows]).update(followed_at=timezone.now())
        Assignee.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
        _write_down(assignment, rows, why)
    proving.follow(_rows_of(assignment, chosen))


def _asked(rows: QuerySet[Assignee], ends: Mapping[int, date] | None) -> set[int]:
    """The persons who have been asked; for certificates that end: who has one open, or was asked for this one."""
    found = rows.annotate(person=PERSON).values_list("person", "due_on", "done_at", "excused_at")
    return {
        person
        for person, due, done, excused in found
        if ends is None or not (done or excused) or due >= ends.get(person, due)
    }


def _rows_of(assignment: Assignment, people: Iterable[int]) -> QuerySet[Assignee]:
    """Also those of accounts that turned out to be theirs."""
    keys = list(people)
    theirs = Assignee.objects.standing().filter(assignment=assignment)
    return theirs.filter(Q(user__in=keys) | Q(user__merged_into__in=keys))


def _people(chosen: Mapping[int, int]) -> dict[User, Membership]:
    places = Membership.objects.filter(pk__in=chosen.values()).select_related(
        "user__merged_into", "enterprise__district__parent__parent", "enterprise__business_type", "post"
    )
    return {place.user.merged_into or place.user: place for place in places}


def _row(
    assignment: Assignment, user: User, place: Membership, why: str, ends: Mapping[int, date] | None
) -> Assignee:
    due_on = ends[user.pk] if ends else _due(assignment, why)
    return Assignee(
        assignment=assignment,
        user=user,
        person_name=user.name,
        why=why,
        assigned_at=timezone.now(),
        due_on=due_on,
        holds_until=due_on + timedelta(days=1) if ends else due_on,
        **place.snapshot(),
    )


def _due(assignment: Assignment, why: str) -> date:
    """Whoever comes later has so many days."""
    if why == Why.CHOSEN:
        return assignment.due_on
    return max(assignment.due_on, timezone.localdate() + timedelta(days=assignment.grace_days))


def _write_down(assignment: Assignment, rows: list[Assignee], why: str) -> None:
    """Once for each certificate, where it is for one."""
    said = {"about": assignment.object_key, "kind": assignment.kind, "why": why, "by": assignment.made_by_id}
    users: dict[str, list[User]] = defaultdict(list)
    for row in rows:
        users[f":{row.due_on}" if why == Why.RENEWAL else ""].append(row.user)
    for which, asked in users.items():
        key = f"assigned:{assignment.pk}{which}"
        record_of_each(asked, Verb.ASSIGNED, assignment.name, assignment.title, evidence=said, key=key)


def expiring(places: Places, course_key: str, days: int) -> Places:
    """Of these places those of people whose certificate of the course ends soon."""
    return places.filter(person__in=_ending(course_key, days).values("person"))


def _ending(course_key: str, days: int) -> QuerySet[Any, Any]:
    """The certificates that end soon, with `person`: whose each is."""
    of_course = Certificate.objects.of_course(course_key)
    ending: QuerySet[Any, Any] = of_course.expiring_within(days).annotate(person=PERSON)
    return ending


@transaction.atomic
def excuse(row: Assignee, *, reason: str, by: User) -> Assignee:
    """They need not do it, for a reason. Said again, the first stands."""
    _needs(reason)
    row = Assignee.objects.select_for_update(of=("self",)).select_related("assignment", "user").get(pk=row.pk)
    if row.excused_at is None:
        row.excused_at, row.excused_by, row.excuse = timezone.now(), by, reason.strip()
        row.save(update_fields=["excused_at", "excused_by", "excuse"])
        _log(row, excused=row.excuse, by=by.pk)
    return row


@transaction.atomic
def unexcuse(row: Assignee, *, reason: str, by: User) -> Assignee:
    """They have to do it after all, for a reason; that they were excused stays in the log. Said again, the first stands."""
    _needs(reason)
    row = Assignee.objects.select_for_update(of=("self",)).select_related("assignment", "user").get(pk=row.pk)
    if row.excused_at is not None:
        _log(row, unexcused=reason.strip(), by=by.pk)
        row.excused_at, row.excused_by, row.excuse = None, None, ""
        row.save(update_fields=["excused_at", "excused_by", "excuse"])
    return row


def _log(row: Assignee, **said: Any) -> None:
    record(row.user, Verb.CORRECTED, row.assignment.name, row.assignment.title, evidence=said)


@transaction.atomic
def cancel(assignment: Assignment, *, reason: str, by: User) -> None:
    """Nobody needs to do it any more; what was done stays. Said again, the first stands."""
    _needs(reason)
    held = Assignment.objects.select_for_update().get(pk=assignment.pk)
    if held.cancelled_at is None:
        held.cancelled_at, held.cancelled_by = timezone.now(), by
        held.cancelled_because = reason.strip()
        held.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_because"])


def close(assignment: Assignment) -> None:
    """It takes in nobody else; whoever has it keeps it."""
    Assignment.objects.filter(pk=assignment.pk, closed_at=None).update(closed_at=timezone.now())


def _needs(reason: str) -> None:
    if not reason.strip():
        raise RefusedError(_("Say why: the reason stays with the entry."))
