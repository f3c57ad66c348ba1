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
from academy.accounts.persons import same_person
from academy.organisations.models import Membership
from academy.records.hours import correct, years_of
from academy.records.models import Certificate, Completion, TrainingHours
from academy.records.refusals import RefusedError
from academy.reports import ledger


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
        entries = TrainingHours.objects.filter(user__in=same_person(person), corrects=None)
        self.fields["entry"].queryset = entries  # type: ignore[attr-defined]


@staff_required
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User.objects.select_related("merged_into"), pk=pk)
    if person.merged_into:
        return redirect("reports:person", person.merged_into.pk)
    return _page(request, person, CorrectionForm(person))


@permitted("records.correct_hours")
@require_POST
def correct_hours(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    form = CorrectionForm(person, request.POST)
    return _corrected(request, person, form) or _page(request, person, form, 422)


def _corrected(request: HttpRequest, person: User, form: CorrectionForm) -> HttpResponseRedirect | None:
    if not form.is_valid():
        return None
    said = form.cleaned_data
    try:
        correct(
            said["entry"].user if said["entry"] else person,
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
    context = {
        "nav": "people",
        "person": person,
        "membership": Membership.objects.current_of(person),
        "accounts": User.objects.filter(merged_into=person),
        "certificates": Certificate.objects.filter(user__in=same_person(person)).select_related("revocation"),
        "completions": Completion.objects.filter(user__in=same_person(person)).prefetch_related(
            "certificates"
        ),
        "years": [(year, ledger.table(year)) for year in years_of(person)],
        "form": form,
    }
    return render(request, "reports/person.html", context, status=status)
