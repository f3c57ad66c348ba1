"""Of whom the supervising staff may say that they are one: of whom they see, those who are nowhere else."""

from academy.accounts.models import User
from academy.organisations.models import Enterprise, EnterpriseManager, Membership
from academy.organisations.scope import Scope


def is_only_in(scope: Scope, user: User) -> bool:
    """A merge changes the staff list of every place where somebody works."""
    rows = (
        Membership.objects.current().filter(user=user),
        EnterpriseManager.objects.current().filter(user=user),
    )
    places = {pk for some in rows for pk in some.values_list("enterprise", flat=True)}
    return scope.register().filter(pk__in=places).count() == Enterprise.objects.filter(pk__in=places).count()
