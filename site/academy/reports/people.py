"""One person: where they work, what was completed, what is certified, and the hours with their corrections."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import F
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.organisations.models import Membership, MembershipQuerySet
from academy.organisations.scope import Scope
from academy.organisations.supervising import StaffRequest, supervised, supervisor_required
from academy.records.hours import Year, correct, years_of
from academy.records.models import TrainingHours
from academy.records.refusals import RefusedError
from academy.reports import ledger, seeing
from academy.reports.life import life_of


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

    def offer(self, years: list[Year]) -> None:
        """The entries that the page has read already."""
        field = self.fields["entry"]
        assert isinstance(field, forms.ModelChoiceField)
        entries = [entry for year in years for entry in year.entries if not entry.corrects_id]
        field.choices = [("", field.empty_label), *((entry.pk, str(entry)) for entry in entries)]


@supervisor_required
@require_safe
def record(request: StaffRequest, pk: int) -> HttpResponse:
    person = seen(request.scope, pk)
    return _page(request, person, CorrectionForm(person))


@supervised("records.correct_hours")
@require_POST
def correct_hours(request: StaffRequest, pk: int) -> HttpResponse:
    """The hours of a year are one ledger, wherever they were learned: for those who answer for this person today."""
    person = seen(request.scope, pk)
    if not seeing.works_here(request.scope, person):
        raise Http404
    form = CorrectionForm(person, request.POST)
    return _corrected(request, person, form) or _page(request, person, form, 422)


def seen(scope: Scope, pk: int) -> User:
    return get_object_or_404(seeing.people(scope).select_related("merged_into"), pk=pk)


def _corrected(request: StaffRequest, person: User, form: CorrectionForm) -> HttpResponseRedirect | None:
    if not form.is_valid():
        return None
    said = form.cleaned_data
    try:
        correct(
            said["entry"].user if said["entry"] else person,
            said["hours"],
            reason=said["reason"],
            by=request.user,
            corrects=said["entry"],
            key=said["key"].hex,
        )
    except RefusedError as refused:
        form.add_error("hours", str(refused))
        return None
    return redirect("reports:person", person.pk)


def _page(request: StaffRequest, person: User, form: CorrectionForm, status: int = 200) -> HttpResponse:
    """The records that were made in the reader's part of the city, under whichever account; the ledger, which knows no
    place, where the person works there today."""
    scope = request.scope
    places = list(_places(scope, person))
    works_here = scope.whole or any(place.left_at is None for place in places)
    years = years_of(person) if works_here else []
    form.offer(years)
    context = {
        "nav": "people",
        "person": person,
        "is_same_as": person.merged_into_id and seeing.people(scope).filter(pk=person.merged_into_id).first(),
        "others": person.merged.all(),
        "places": places,
        **life_of(person, scope),
        "years": [(year, ledger.table(year)) for year in years],
        "form": form if works_here else None,
    }
    return render(request, "reports/person.html", context, status=status)


def _places(scope: Scope, person: User) -> MembershipQuerySet:
    """The present ones first, then those that ended last."""
    held = scope.staff(Membership.objects.filter(user__in=same_person(person)))
    ordered = held.order_by(F("left_at").desc(nulls_first=True), "-joined_at", "-pk")
    return ordered.select_related("enterprise", "post")
