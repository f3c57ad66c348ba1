import re
import uuid
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from academy.accounts.phones import clean_phone, phone_is
from academy.courses.assignments import subjects
from academy.courses.assignments.assigning import expiring
from academy.courses.assignments.counting import STATES, states
from academy.courses.assignments.proving import settled
from academy.courses.assignments.rules import PERSON, Preview, Rule, preview
from academy.courses.models import Assignee, Assignment
from academy.organisations.finding import all_named
from academy.organisations.models import BusinessType, District, Enterprise, Membership, Post
from academy.organisations.scope import Scope

MOST_PHONES, MOST_ENTERPRISES = 5000, 200
# in an address, the district of those who worked nowhere: an empty value already means no filter
NOT_STATED = "-"
Intake = Assignment.Intake


def days(label: Any, initial: int, help_text: Any) -> forms.IntegerField:
    limits = [MinValueValidator(1), MaxValueValidator(365)]
    return forms.IntegerField(label=label, initial=initial, help_text=help_text, validators=limits)


def lines(label: Any, help_text: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(
        label=label, required=False, help_text=help_text, widget=widget, max_length=100_000
    )


class AssignmentForm(forms.Form):
    """For whom it may be is what somebody supervises; what is not chosen does not narrow it."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    what = forms.ChoiceField(label=_("What is to be done"))
    due_on = forms.DateField(
        label=_("To be done by"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("The last day, Beijing time."),
    )
    note = forms.CharField(
        label=_("Why"), max_length=200, required=False, help_text=_("Whoever has to do it reads this.")
    )
    district = forms.ModelChoiceField(label=_("District"), queryset=District.objects.none(), required=False)
    business_types = forms.ModelMultipleChoiceField(
        label=_("Business types"),
        queryset=BusinessType.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )
    posts = forms.ModelMultipleChoiceField(
        label=_("Posts"),
        queryset=Post.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )
    risk_levels = forms.MultipleChoiceField(
        label=_("Risk levels"),
        choices=Enterprise.Risk.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )
    enterprises = lines(_("Enterprises"), _("Only these: one a line, by credit code or name."))
    phones = lines(_("Phone numbers"), _("Only these people: one number a line, pasted from a list."))
    intake = forms.ChoiceField(
        label=_("Who is taken in"), choices=Intake.choices, initial=Intake.ONCE, widget=forms.RadioSelect
    )
    grace_days = days(_("Days for whoever comes later"), 30, _("Counted from the day they begin to fit."))
    renewal_days = days(
        _("Days before the end of a certificate"),
        60,
        _("Only where certificates that end soon are to be renewed."),
    )

    def __init__(self, scope: Scope, data: Any = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4()})
        self.scope, self.subjects = scope, subjects.subjects()
        self.unknown: list[str] = []
        self.fields["what"].choices = subjects.choices(self.subjects)  # type: ignore[attr-defined]
        district = self.fields["district"]
        assert isinstance(district, forms.ModelChoiceField)
        district.queryset = scope.places()
        district.required = not scope.whole
        district.empty_label = str(_("All districts")) if scope.whole else str(_("Choose…"))

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        today = timezone.localdate()
        if not today <= day <= today + timedelta(days=3 * 366):
            raise ValidationError(_("Choose a day from today on, within three years."))
        return day

    def clean_enterprises(self) -> list[Enterprise]:
        said = [line for line in self.cleaned_data["enterprises"].splitlines() if line.strip()]
        if len(said) > MOST_ENTERPRISES:
            raise ValidationError(
                _("At most %(n)s enterprises by name. Choose by district or type.") % {"n": MOST_ENTERPRISES}
            )
        return all_named(self.scope.register(), said)

    def clean_phones(self) -> frozenset[int] | None:
        """The people behind the numbers. Whoever does not work here is not found, like a number that nobody has."""
        said = [part.strip() for part in re.split(r"[\n,，;；、]", self.cleaned_data["phones"])]
        phones = dict.fromkeys(_phones([part for part in said if part]))
        if not phones:
            return None
        if len(phones) > MOST_PHONES:
            raise ValidationError(_("At most %(n)s numbers at once.") % {"n": MOST_PHONES})
        staff = self.scope.staff(Membership.objects.current()).annotate(person=PERSON)
        found = dict(staff.filter(user__phone__in=list(phones)).values_list("user__phone", "person"))
        self.unknown = [phone for phone in phones if phone not in found]
        return frozenset(found.values())

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        intake, what = said.get("intake"), said.get("what", "")
        if intake == Intake.OPEN and said.get("phones") is not None:
            self.add_error("intake", _("A list of people takes in nobody later. Choose who fits now."))
        if intake == Intake.RENEWAL and what and self.subjects[what].kind != Assignment.Kind.COURSE:
            self.add_error("intake", _("Only a course has certificates that end."))
        return said

    @property
    def rule(self) -> Rule:
        said = self.cleaned_data
        chosen = {
            name: frozenset(one.pk for one in said[name])
            for name in ("business_types", "posts", "enterprises")
        }
        return Rule(
            said["district"], **chosen, risk_levels="".join(said["risk_levels"]), listed=said["phones"]
        )

    def preview(self) -> Preview:
        said, subject, places = (
            self.cleaned_data,
            self.subjects[self.cleaned_data["what"]],
            self.rule.places(),
        )
        if said["intake"] == Intake.RENEWAL:
            places = expiring(places, subject.key, said["renewal_days"])
            return preview(places)
        return preview(places, settled(subject.kind, subject.key, subject.edition, said["due_on"]))

    def assignment(self, expected: int) -> dict[str, Any]:
        """What `assigning.make` is told."""
        said, subject = self.cleaned_data, self.subjects[self.cleaned_data["what"]]
        same = (
            "due_on",
            "note",
            "intake",
            "grace_days",
            "renewal_days",
            "district",
            "business_types",
            "posts",
            "enterprises",
        )
        return {
            **{name: said[name] for name in same},
            "kind": subject.kind,
            "object_key": subject.key,
            "title": subject.title[:200],
            "edition": subject.edition,
            "risk_levels": self.rule.risk_levels,
            "listed": None if said["phones"] is None else sorted(said["phones"]),
            "audience": self._words()[:500],
            "expected": expected,
        }

    def _words(self) -> str:
        """The rule as it is read later, when what it names may be called otherwise."""
        said = self.cleaned_data
        parts: list[Any] = [said["district"] or gettext("All districts")]
        parts += [
            gettext(", ").join(map(str, said[name]))
            for name in ("business_types", "posts", "enterprises")
            if said[name]
        ]
        if said["risk_levels"]:
            parts.append(gettext("risk %(levels)s") % {"levels": self.rule.risk_levels})
        if said["phones"] is not None:
            parts.append(gettext("a list of %(n)s people") % {"n": len(said["phones"])})
        return " · ".join(map(str, parts))


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why: the reason stays with the entry.")},
    )


class PeopleFilters(forms.Form):
    district = forms.CharField(required=False, max_length=50, widget=forms.HiddenInput)
    place = forms.IntegerField(required=False, min_value=1, max_value=2**31, widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *STATES.items()]
    )
    q = forms.CharField(
        label=_("Name or phone"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="f-%s")

    @property
    def chosen(self) -> dict[str, Any]:
        """What is set and right."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def rows(self, rows: QuerySet[Assignee]) -> QuerySet[Assignee]:
        """What is wrong is left out."""
        chosen = self.chosen
        if "district" in chosen:
            rows = rows.filter(district_name="" if chosen["district"] == NOT_STATED else chosen["district"])
        if "place" in chosen:
            rows = rows.filter(enterprise_key=chosen["place"])
        if "state" in chosen:
            rows = rows.filter(states(timezone.localdate())[chosen["state"]])
        if words := chosen.get("q"):
            rows = rows.filter(Q(person_name__icontains=words) | phone_is(words, "user__phone"))
        return rows


def _phones(said: list[str]) -> list[str]:
    wrong, phones = [], []
    for n, part in enumerate(said, 1):
        try:
            phones.append(clean_phone(part))
        except ValidationError as error:
            wrong.append(
                gettext("Number %(n)s, “%(said)s”: %(why)s")
                % {"n": n, "said": part[:20], "why": error.messages[0]}
            )
    if wrong:
        raise ValidationError(wrong[:5])
    return phones
