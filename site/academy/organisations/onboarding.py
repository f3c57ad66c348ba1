"""Who signs in without a known name or place of work is asked for it, on the way to the page wanted; not on the way
to an invitation, which says both."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpResponseRedirect
from django.urls import reverse

from academy.accounts.models import User
from academy.organisations.models import JoinRequest, Membership


@receiver(user_logged_in)
def ask_for_work(user: User, response: HttpResponseRedirect, **kwargs: Any) -> None:
    if response.url.startswith(reverse("organisations:invitations")):
        return
    if is_incomplete(user) and not user.has_perm("wagtailadmin.access_admin"):
        response["Location"] = f"{reverse('organisations:work')}?{urlencode({'next': response.url})}"


def is_incomplete(user: User) -> bool:
    asked = JoinRequest.objects.undecided().filter(user=user)
    works = Membership.objects.current().filter(user=user)
    return not (user.name and (works.exists() or asked.exists()))
