"""Whoever still has something to do is told 7, 3 and 1 days before, the day after, and then weekly, four times at most; each
once, by whatever reaches them, by day. What was known on the day of assigning is no reminder. On `/me/` it always stands.

Staff may have all who are late told again, and whoever keeps a staff list those of their enterprise: each person at most
once a day, whoever asks.
"""

from collections.abc import Callable
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_tasks import task

from academy.accounts.models import User
from academy.courses.assignments.proving import BATCH, batches, bring, loaded
from academy.courses.assignments.rules import ACTIVE
from academy.courses.models import Assignee, Assignment, AssignmentReminder
from academy.organisations.models import Enterprise, same_enterprise
from academy.organisations.scope import Scope, scope_of
from academy.records.log import record
from academy.records.models import Verb
from academy.records.reaching import is_daytime, reach

BEFORE = (7, 3, 1)
LATE = (22, 15, 8, 1)
PATIENCE = timedelta(days=30)


def remind() -> int:
    """Tells how many could be told everything; run again, it sends only what has not arrived."""
    today = timezone.localdate()
    due = still_to_do().filter(due_on__range=(today - PATIENCE, today + timedelta(days=max(BEFORE))))
    return _tell(due, lambda row: occasion_of(row, today))


def occasion_of(row: Assignee, today: date) -> str:
    """The nearest that has come; empty where there is none."""
    left = row.days_left(today)
    if left < 0:
        return next((f"late-{days}" for days in LATE if days <= -left), "")
    step = min((days for days in BEFORE if left <= days), default=None)
    if step is None or row.assigned_on >= row.due_on - timedelta(days=step):
        return ""
    return f"before-{step}"


def still_to_do() -> QuerySet[Assignee]:
    return Assignee.objects.open().filter(ACTIVE, left_on=None)


def late(assignment: Assignment, scope: Scope, enterprise: Enterprise | None = None) -> QuerySet[Assignee]:
    """Of this assignment, those whom somebody sees, in one enterprise or wherever, who have not been told today by
    anybody's wish."""
    today = timezone.localdate()
    rows = scope.records(still_to_do().filter(assignment=assignment, due_on__lt=today))
    if enterprise:
        rows = rows.filter(enterprise_key__in=same_enterprise(enterprise))
    told = AssignmentReminder.objects.filter(occasion=by_hand(today)).values("assignee")
    return rows.exclude(pk__in=told)


def by_hand(day: date) -> str:
    return f"{day:%Y-%m-%d}"


@task(queue_name="slow")
def remind_late(assignment_pk: int, by: int, enterprise_pk: int | None = None) -> None:
    assignment = Assignment.objects.get(pk=assignment_pk)
    enterprise = Enterprise.objects.get(pk=enterprise_pk) if enterprise_pk else None
    day = by_hand(timezone.localdate())
    _tell(late(assignment, scope_of(User.objects.get(pk=by)), enterprise), lambda row: day, again=False)


def _tell(rows: QuerySet[Assignee], occasion: Callable[[Assignee], str], again: bool = True) -> int:
    """Whoever has done it since hears nothing, and nobody does at night."""
    told = 0
    for keys in batches(list(rows.values_list("pk", flat=True)), BATCH):
        batch = loaded(keys)
        bring(batch)
        for row in batch:
            if not is_daytime():
                return told
            named = "" if row.done_at else occasion(row)
            told += bool(named) and _told(row, named, again)
    return told


def _told(row: Assignee, occasion: str, again: bool) -> bool:
    reminder, is_new = AssignmentReminder.objects.get_or_create(assignee=row, occasion=occasion)
    if is_new:
        key = f"reminded:{row.pk}:{occasion}"
        said = {"due": row.due_on, "occasion": occasion}
        record(row.user, Verb.REMINDED, row.assignment.name, row.assignment.title, evidence=said, key=key)
    elif not again:
        return False
    holder = row.user.merged_into or row.user
    return reach(reminder, holder, row.assignment.name, _("Shi'an Academy: something to do"), words(row))


def words(row: Assignee) -> str:
    said = {"title": row.assignment.title, "day": date_format(row.due_on, "DATE_FORMAT")}
    if row.due_on < timezone.localdate():
        return (
            _("Shi'an Academy: “%(title)s” was to be done by %(day)s. Do it now; it stands on your page.")
            % said
        )
    return _("Shi'an Academy: “%(title)s” is to be done by %(day)s. It stands on your page.") % said
