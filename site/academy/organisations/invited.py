"""What somebody sees who was invited: what it is, who asks, and two answers. Signing in comes first."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.organisations.inviting import ClosedInvitation, found, take_up, turn_down
from academy.organisations.models import Invitation, JoinRequest, Membership, Post
from academy.organisations.requests import withdraw

NAME = User._meta.get_field("name").max_length


class TakeUpForm(forms.Form):
    """What the invitation does not say already."""

    post = forms.ModelChoiceField(
        label=gettext_lazy("What you do"), queryset=Post.objects.all(), empty_label=gettext_lazy("Choose…")
    )
    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=NAME, help_text=gettext_lazy("As your record should say")
    )

    def __init__(self, invitation: Invitation, user: User, data: Any = None) -> None:
        super().__init__(data, initial={"name": user.name or invitation.name})
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.invitation, self.user = invitation, user
        if invitation.post:
            del self.fields["post"]

    def save(self) -> Membership | JoinRequest:
        """The post of the invitation comes before any other. Raises ClosedInvitation."""
        with transaction.atomic():
            self.user.name = self.cleaned_data["name"]
            self.user.save(update_fields=["name"])
            return take_up(self.invitation, self.user, self.invitation.post or self.cleaned_data["post"])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, code: str) -> HttpResponse:
    assert isinstance(request.user, User)
    try:
        invitation = found(code, request.user)
        form = TakeUpForm(invitation, request.user, request.POST or None)
        if request.method == "POST" and form.is_valid():
            messages.success(request, said_of(form.save()))
            return redirect("me:home")
    except ClosedInvitation:
        return _closed(request)
    context = {"nav": "me", "invitation": invitation, "form": form}
    return render(request, "organisations/invited.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def no_thanks(request: HttpRequest, code: str) -> HttpResponse:
    assert isinstance(request.user, User)
    try:
        turn_down(found(code, request.user))
    except ClosedInvitation:
        return _closed(request)
    messages.success(request, _("Declined. You are not on their staff list."))
    return redirect("me:home")


@login_required
@require_safe
def without_code(request: HttpRequest) -> HttpResponse:
    return _closed(request)


@login_required
@require_POST
def withdraw_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Sent twice, or when it has been decided meanwhile, it changes nothing."""
    asked = get_object_or_404(JoinRequest, pk=pk, user__in=same_person(request.user))  # type: ignore[arg-type]
    if withdraw(asked):
        messages.success(request, _("Withdrawn. They no longer see that you asked."))
    return redirect("me:home")


def said_of(outcome: Membership | JoinRequest) -> str:
    if isinstance(outcome, JoinRequest):
        words = _(
            "Passed on to whoever keeps the staff list of %(enterprise)s. Until they confirm it, it stands here."
        )
        return words % {"enterprise": outcome.enterprise}
    return _("Saved. Your records from now on carry this place of work.")


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "organisations/invitation_closed.html", {"nav": "me"}, status=404)
