"""One person's record: what was completed, what is certified, and the hours with their corrections."""

from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from academy.accounts.access import permitted, staff_required
from academy.accounts.models import User
from academy.organisations.models import Membership
from academy.organisations.scope import scope_of
from academy.records.hours import correct, years_of
from academy.records.models import TrainingHours
from academy.records.refusals import RefusedError
from academy.reports import ledger, seeing


class CorrectionForm(forms.Form):
    """`key` makes it count once, however often it is sent."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    entry = forms.ModelChoiceField(
        label=_("Which entry"),
        queryset=TrainingHours.objects.none(),
        required=False,
        empty_label=_("None: hours of this year, learned elsewhere"),
    )
    hours = forms.DecimalField(
        label=_("Hours to add or to take away"),
        max_digits=5,
        decimal_places=1,
        help_text=_("-1.5 takes an hour and a half away."),
        error_messages={"invalid": _("Write a number, such as 2 or -1.5.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        error_messages={"required": _("Say why: the reason stays with the entry.")},
    )

    def __init__(self, person: User, data: Any = None) -> None:
        super().__init__(data, initial={"key": uuid4()})
        entries = TrainingHours.objects.filter(user=person, corrects=None)
        self.fields["entry"].queryset = entries  # type: ignore[attr-defined]


@staff_required
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    person = _seen_by(request, pk)
    return _page(request, person, CorrectionForm(person))


@permitted("records.correct_hours")
@require_POST
def correct_hours(request: HttpRequest, pk: int) -> HttpResponse:
    person = _seen_by(request, pk)
    form = CorrectionForm(person, request.POST)
    return _corrected(request, person, form) or _page(request, person, form, 422)


def _seen_by(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(seeing.people(scope_of(request.user)), pk=pk)


def _corrected(request: HttpRequest, person: User, form: CorrectionForm) -> HttpResponseRedirect | None:
    if not form.is_valid():
        return None
    said = form.cleaned_data
    try:
        correct(
            person,
            said["hours"],
            reason=said["reason"],
            by=request.user,  # type: ignore[arg-type]
            corrects=said["entry"],
            key=said["key"].hex,
        )
    except RefusedError as refused:
        form.add_error("hours", str(refused))
        return None
    return redirect("reports:person", person.pk)


def _page(request: HttpRequest, person: User, form: CorrectionForm, status: int = 200) -> HttpResponse:
    """The records that were made in the reader's part of the city; the ledger, which knows no place, where the person
    works there today."""
    scope = scope_of(request.user)
    works_here = seeing.works_here(scope, person)
    context = {
        "nav": "people",
        "person": person,
        "membership": Membership.objects.current_of(person) if works_here else None,
        "certificates": seeing.certificates(scope).filter(user=person).select_related("revocation"),
        "completions": scope.records(person.completions.prefetch_related("certificates")),
        "attendances": scope.records(person.attendances.standing()),
        "years": [(year, ledger.table(year)) for year in years_of(person)] if works_here else [],
        "form": form if works_here else None,
    }
    return render(request, "reports/person.html", context, status=status)
