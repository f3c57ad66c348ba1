from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, ProtectedError
from django.db.models.deletion import Collector
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.account import NameEmailSettingsPanel

from academy.accounts.models import User
from academy.accounts.user_admin import OwnAccountForm

# Wagtail asks for a first and a last name here, and has no setting that says there is only one
NameEmailSettingsPanel.form_class = OwnAccountForm


@hooks.register("before_delete_user")
def keep_who_has_records(request: HttpRequest, user: User) -> HttpResponse | None:
    """Records are kept for good, and so is the account that they name."""
    if not _are_kept([user]):
        return None
    messages.error(
        request, _("This person has records, and those are kept. Make the account inactive instead.")
    )
    return HttpResponseRedirect(reverse("wagtailusers_users:edit", args=[user.pk]))


@hooks.register("before_bulk_action")
def keep_all_who_have_records(
    request: HttpRequest, action_type: str, objects: Sequence[Model], action: Any
) -> HttpResponse | None:
    if action_type != "delete" or action.model is not User or not _are_kept(objects):
        return None
    messages.error(request, _("Some of them have records, and those are kept. Nobody was deleted."))
    return HttpResponseRedirect(reverse("wagtailusers_users:index"))


def _are_kept(people: Sequence[Any]) -> bool:
    try:
        Collector(DEFAULT_DB_ALIAS).collect(people)
    except ProtectedError:
        return True
    return False
