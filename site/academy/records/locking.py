from academy.accounts.models import User


def lock(user: User) -> None:
    """Until the end of the transaction, whatever else is to be recorded about this person waits, under whichever
    account."""
    User.objects.select_for_update(no_key=True).get(pk=user.merged_into_id or user.pk)
