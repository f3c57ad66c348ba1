from academy.accounts.models import User


class Refused(Exception):
    """What was asked for cannot be done; the words say why, to whoever asked."""


def lock(user: User) -> None:
    """Until the end of the transaction, whatever else is to be recorded about this person waits."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
