"""Of whom the supervising staff may say that they are one: whom they see, and who is nowhere that they do not see."""

from django.db.models import Exists, OuterRef, QuerySet

from academy.accounts.models import User
from academy.organisations.models import Enterprise, EnterpriseManager, Membership
from academy.organisations.scope import Scope
from academy.records.models import Attendance, Completion


def people_of(scope: Scope) -> QuerySet[User]:
    """Who works there, has worked there, or has learned something there."""
    if scope.whole:
        return User.objects.all()
    theirs = {"user": OuterRef("pk")}
    works = scope.staff(Membership.objects.filter(**theirs))
    completed = scope.records(Completion.objects.filter(**theirs))
    attended = scope.records(Attendance.objects.filter(**theirs))
    return User.objects.filter(Exists(works) | Exists(completed) | Exists(attended))


def is_only_in(scope: Scope, user: User) -> bool:
    """A merge changes the staff list of every place where somebody works."""
    rows = (
        Membership.objects.current().filter(user=user),
        EnterpriseManager.objects.current().filter(user=user),
    )
    places = {pk for some in rows for pk in some.values_list("enterprise", flat=True)}
    return not Enterprise.objects.filter(pk__in=places).exclude(pk__in=scope.register().values("pk")).exists()
