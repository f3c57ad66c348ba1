"""What stands on the page of one person, as far as whoever reads may see it: the latest of each, and how many more there are."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.courses.assignments.counting import STATES, with_state
from academy.courses.models import Assignee
from academy.library.models import HandbookSignature
from academy.organisations.scope import Scope
from academy.records.models import Attendance, Certificate, Completion
from academy.records.seeing import certificates

LATEST = 50


class Latest(list[Any]):
    """`more`: there are others, which the lists of the supervising staff have."""

    def __init__(self, rows: QuerySet[Any] | list[Any]) -> None:
        found = list(rows[: LATEST + 1])
        super().__init__(found[:LATEST])
        self.more = len(found) > LATEST


def life_of(person: User, scope: Scope) -> dict[str, Latest]:
    """Records that were made in the reader's part of the city, under whichever account."""
    whose = {"user__in": same_person(person)}
    completions = Latest(scope.records(Completion.objects.filter(**whose)))
    earned = list(certificates(scope).filter(**whose).select_related("revocation"))
    duties = Assignee.objects.filter(**whose, assignment__cancelled_at=None).select_related("assignment")
    standing = with_state(scope.records(duties), timezone.localdate()).order_by("-due_on", "-pk")
    return {
        "duties": _worded(Latest(standing)),
        "signatures": Latest(scope.records(HandbookSignature.objects.filter(**whose))),
        "attendances": Latest(scope.records(Attendance.objects.standing().filter(**whose))),
        "completions": _told(completions, scope, {one.completion_id: one for one in reversed(earned)}),
        "certificates": Latest(earned),
    }


def _worded(duties: Latest) -> Latest:
    for one in duties:
        one.words = STATES[one.state]
    return duties


def _told(completions: Latest, scope: Scope, certificates: Mapping[int, Certificate]) -> Latest:
    """With the latest certificate. A score is told where the reader supervises, not where they only keep the staff list."""
    for one in completions:
        one.certificate = certificates.get(one.pk)
        one.told_score = one.score if scope.tells_score(one.district_key) else None
    return completions
