"""What is done is what the records say; nobody ticks it off.

- A course: a certificate of it that was issued since the person was assigned, or that is valid on the last day (for a renewal, on
  the day after the old one ends), and was not revoked. Where the course gives no certificate, a completion since then, or of
  the edition that was assigned or a later one: whoever has completed an edition cannot complete it again.
- An exam: passed, in an attempt that was begun for this assignment.
- A handbook: signed for since then, or in the edition that was assigned.

Records of every account that turned out to be the same person count. `Assignee.done_at` is a copy of that, so that thirty thousand people can be
counted in one query: it follows when a record arrives, when people are assigned, before anybody is reminded, and each day.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.courses.assignments.rules import PERSON
from academy.courses.models import Assignee, Assignment
from academy.exams.models import Attempt
from academy.library.models import HandbookSignature
from academy.records.models import Certificate, Completion

BATCH = 500
Kind = Assignment.Kind


@dataclass(frozen=True, slots=True)
class Proof:
    """`until`: the last day of a certificate, the end of days where it has none; None for what has no term."""

    account: int
    key: str
    at: datetime
    edition: str = ""
    until: date | None = None

    def counts(self, row: Assignee) -> bool:
        if self.at >= row.assigned_at:
            return True
        if self.until is not None:
            return self.until >= row.holds_until
        return _is_edition(self.edition, row.assignment)


def follow(rows: QuerySet[Assignee]) -> int:
    """Brings rows to what the records say; tells how many changed."""
    keys = rows.order_by("pk").values_list("pk", flat=True)
    return sum(len(bring(loaded(batch))) for batch in batches(list(keys), BATCH))


def loaded(keys: list[int]) -> list[Assignee]:
    rows = Assignee.objects.filter(pk__in=keys).select_related("assignment", "user__merged_into")
    return list(rows.order_by("pk"))


def follow_person(user: User, key: str) -> None:
    """What one person has to do about this, after a record of theirs changed."""
    rows = Assignee.objects.filter(user__in=same_person(user), assignment__cancelled_at=None)
    follow(rows.filter(assignment__object_key=key))


def settled(kind: str, object_key: str, edition: str, due_on: date) -> QuerySet[Any]:
    """Persons who would have nothing to do: they hold today what it asks for."""
    if kind == Kind.HANDBOOK:
        signed = HandbookSignature.objects.filter(handbook_key=object_key, edition=edition)
        return signed.annotate(person=PERSON).values("person")
    if kind == Kind.EXAM:
        return User.objects.none().values("pk")
    valid = Certificate.objects.standing().of_course(object_key)
    holds = valid.filter(Q(expires_on=None) | Q(expires_on__gte=due_on))
    return holds.annotate(person=PERSON).values("person")


def batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch


def bring(rows: list[Assignee]) -> list[Assignee]:
    """The same of rows that are at hand, with their assignments and users; those that changed."""
    found, changed = _proofs(rows), []
    for row in rows:
        proofs = found[_person(row.user), row.assignment.proof_key]
        done_at = min((proof.at for proof in proofs if proof.counts(row)), default=None)
        if done_at != row.done_at:
            row.done_at = done_at
            changed.append(row)
    Assignee.objects.bulk_update(changed, ["done_at"], batch_size=BATCH)
    return changed


def _proofs(rows: list[Assignee]) -> dict[tuple[int, str], list[Proof]]:
    """By person and by what they are about."""
    people = {_person(row.user) for row in rows}
    accounts = {pk: pk for pk in people}
    for account in User.objects.filter(merged_into__in=people).only("merged_into"):
        accounts[account.pk] = _person(account)
    found: dict[tuple[int, str], list[Proof]] = defaultdict(list)
    for kind in {row.assignment.kind for row in rows}:
        keys = {row.assignment.proof_key for row in rows if row.assignment.kind == kind}
        for source in SOURCES[kind]:
            for proof in source(accounts, keys):
                found[accounts[proof.account], proof.key].append(proof)
    return found


def _person(user: User) -> int:
    return user.merged_into_id or user.pk


def _certificates(accounts: Collection[int], keys: set[str]) -> Iterator[Proof]:
    rows = Certificate.objects.standing().filter(user__in=accounts, course_key__in=keys)
    for user, key, at, until in rows.values_list("user", "course_key", "issued_at", "expires_on"):
        yield Proof(user, key, at, until=until or date.max)


def _completions(accounts: Collection[int], keys: set[str]) -> Iterator[Proof]:
    """Those that gave no certificate: a certificate speaks for its completion, and a revoked one against it."""
    rows = Completion.objects.filter(user__in=accounts, course_key__in=keys, certificates=None)
    for user, key, at, edition in rows.values_list("user", "course_key", "completed_at", "edition"):
        yield Proof(user, key, at, str(edition))


def _signatures(accounts: Collection[int], keys: set[str]) -> Iterator[Proof]:
    rows = HandbookSignature.objects.filter(user__in=accounts, handbook_key__in=keys)
    for user, key, at, edition in rows.values_list("user", "handbook_key", "signed_at", "edition"):
        yield Proof(user, key, at, edition)


def _passes(accounts: Collection[int], keys: set[str]) -> Iterator[Proof]:
    rows = Attempt.objects.passed().filter(user__in=accounts, purpose__in=keys)
    for user, key, at in rows.values_list("user", "purpose", "submitted_at"):
        if at:
            yield Proof(user, key, at, until=date.max)


Source = Callable[[Collection[int], set[str]], Iterator[Proof]]
SOURCES: dict[str, list[Source]] = {
    Kind.COURSE: [_certificates, _completions],
    Kind.HANDBOOK: [_signatures],
    Kind.EXAM: [_passes],
}


def _is_edition(edition: str, assignment: Assignment) -> bool:
    """Of a course the edition that was assigned or a later one; of a handbook the same."""
    if assignment.kind == Kind.COURSE:
        return int(edition) >= int(assignment.edition)
    return edition == assignment.edition
