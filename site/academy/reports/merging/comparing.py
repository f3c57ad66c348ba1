"""What each of two has, side by side, and what it comes to when they are one."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.courses.models import Enrolment
from academy.exams.models import Attempt
from academy.organisations.models import (
    Enterprise,
    EnterpriseManager,
    Invitation,
    JoinRequest,
    Membership,
)
from academy.organisations.scope import Scope
from academy.records.models import Attendance, Completion, TrainingHours
from academy.reports import seeing

NONE = "—"


class Line(NamedTuple):
    """`together` is empty where the words of the one that is kept stand."""

    label: str
    one: str
    other: str
    together: str = ""


def accounts(one: User, other: User, scope: Scope) -> Iterator[Line]:
    """Places and records of this scope alone; what knows no place where both of them work here."""
    both = (one, other)
    yield Line(_("Name"), *(user.name or NONE for user in both))
    yield Line(_("Phone number"), *(user.masked_phone or NONE for user in both))
    yield Line(_("E-mail"), *(user.email or NONE for user in both))
    yield Line(_("Last sign-in"), *(_moment(user.last_login) for user in both))
    works = [_places(scope.present().filter(user=user)) for user in both]
    yield _joined(_("Works at"), works)
    keeps = [_places(scope.staff(EnterpriseManager.objects.current()).filter(user=user)) for user in both]
    yield _joined(_("Keeps the staff list of"), keeps)
    yield _counted(_("Completions"), scope.records(Completion.objects.all()), "user", both)
    yield _counted(_("Attendances"), scope.records(Attendance.objects.standing()), "user", both)
    yield _counted(_("Certificates"), seeing.certificates(scope), "user", both)
    asked = scope.staff(JoinRequest.objects.undecided())
    yield _counted(_("Waiting to be confirmed"), asked, "user", both, adds_up=False)
    if all(seeing.works_here(scope, user) for user in both):
        yield from _ledgers(both)


def _ledgers(both: tuple[User, User]) -> Iterator[Line]:
    yield _hours(both)
    yield _counted(_("Courses begun"), Enrolment.objects.all(), "user", both, adds_up=False)
    yield _counted(_("Exams being sat"), Attempt.objects.open(), "user", both, adds_up=False)


def enterprises(one: Enterprise, other: Enterprise, scope: Scope) -> Iterator[Line]:
    both = (one, other)
    yield Line(_("Name"), one.name, other.name)
    yield Line(_("Unified social credit code"), *(each.credit_code or NONE for each in both))
    yield Line(_("Licence number"), *(each.licence or NONE for each in both))
    yield Line(_("District"), *(str(each.district) for each in both))
    yield Line(_("Business type"), *(str(each.business_type) for each in both))
    yield Line(_("Address"), *(each.address or NONE for each in both))
    yield _distinct(_("Staff now"), Membership.objects.current(), both)
    yield _distinct(_("Who keeps the staff list"), EnterpriseManager.objects.current(), both)
    yield _counted(_("Completions"), scope.records(Completion.objects.all()), "enterprise_key", _keys(both))
    attended = scope.records(Attendance.objects.standing())
    yield _counted(_("Attendances"), attended, "enterprise_key", _keys(both))
    yield _counted(_("Open invitations"), Invitation.objects.open(), "enterprise", both)
    yield _counted(
        _("Waiting to be confirmed"), JoinRequest.objects.undecided(), "enterprise", both, adds_up=False
    )


def _keys(both: Iterable[Model]) -> list[Any]:
    return [each.pk for each in both]


def _counted(label: str, rows: QuerySet[Any], column: str, both: Iterable[Any], adds_up: bool = True) -> Line:
    """What does not add up stays with the one that has it, or is closed."""
    one, other = (rows.filter(**{column: each}).count() for each in both)
    return Line(label, str(one), str(other), str(one + other) if adds_up else "")


def _hours(both: Iterable[User]) -> Line:
    sums = [
        sum(TrainingHours.objects.filter(user=user).values_list("hours", flat=True), Decimal(0))
        for user in both
    ]
    return Line(_("Training hours"), *(f"{hours:,.1f}" for hours in (*sums, sum(sums, Decimal(0)))))


def _joined(label: str, places: list[list[str]]) -> Line:
    together = sorted(set(places[0]) | set(places[1]))
    return Line(label, *("；".join(each) or NONE for each in (*places, together)))


def _places(rows: QuerySet[Any]) -> list[str]:
    return sorted(rows.values_list("enterprise__name", flat=True))


def _distinct(label: str, rows: QuerySet[Any], both: Iterable[Enterprise]) -> Line:
    """Who is at both is one person."""
    one, other = (set(rows.filter(enterprise=each).values_list("user", flat=True)) for each in both)
    return Line(label, str(len(one)), str(len(other)), str(len(one | other)))


def _moment(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else NONE
