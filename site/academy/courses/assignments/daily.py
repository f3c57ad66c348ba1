"""What the clock does for assignments, once a day: who fits by now is taken in, who moved is followed, what the records say is
looked up again, and whoever has something to do is reminded. An assignment whose people never came is filled."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from academy.core.workers import taken
from academy.courses.assignments.assigning import fill, take_in
from academy.courses.assignments.moving import follow_moves
from academy.courses.assignments.proving import follow
from academy.courses.assignments.reminding import remind
from academy.courses.models import Assignee, Assignment, AssignmentDay
from academy.records.reaching import is_daytime

logger = logging.getLogger(__name__)

SOON = timedelta(minutes=2)


def is_due() -> bool:
    return is_daytime() and not AssignmentDay.objects.filter(day=timezone.localdate()).exists()


@task(queue_name="slow")
def do_the_day() -> None:
    """By whoever comes first on this day."""
    _day, is_mine = AssignmentDay.objects.get_or_create(day=timezone.localdate())
    if not is_mine:
        return
    steps: tuple[Callable[[], object], ...] = (
        _take_in_who_fits,
        _follow_moves,
        _compare_with_records,
        remind,
    )
    for step in steps:
        try:
            step()
        except Exception:  # what fails is seen in the log, and holds up nothing else
            logger.exception("%s was not done for %s", step, timezone.localdate())


def _take_in_who_fits() -> None:
    for assignment in Assignment.objects.taking_in().exclude(ready_at=None):
        take_in(assignment, Assignee.Why.NEWCOMER)


def _follow_moves() -> None:
    follow_moves(timezone.localdate())


def _compare_with_records() -> None:
    follow(Assignee.objects.filter(assignment__cancelled_at=None))


def resume() -> None:
    """A task that was lost with its worker is given again."""
    forgotten = Assignment.objects.standing().filter(ready_at=None, made_at__lt=timezone.now() - SOON)
    if keys := set(forgotten.values_list("pk", flat=True)):
        for pk in keys - taken(fill):
            fill.enqueue(pk)
