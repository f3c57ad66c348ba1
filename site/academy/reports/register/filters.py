"""What the lists of the register are narrowed by. What is wrong is left out and said."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from academy.accounts.models import User
from academy.accounts.phones import digits_of, phone_is
from academy.organisations.districts import choices
from academy.organisations.models import (
    BusinessType,
    District,
    Enterprise,
    EnterpriseQuerySet,
    Membership,
    MembershipQuerySet,
    Post,
)
from academy.organisations.scope import Scope
from academy.records.models.certificate import shanghai_today

SOON = 60
STATES = [
    ("", _("In business")),
    ("untrained", _("In business, nobody trained this year")),
    ("closed", _("Closed")),
    ("all", _("In business and closed")),
]
LICENCES = [
    ("", _("Any licence")),
    ("expired", _("Licence expired")),
    ("soon", _("Licence ends within 60 days")),
    ("unknown", _("No date of its end")),
]


def _search(label: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"type": "search"})
    return forms.CharField(label=label, required=False, max_length=50, widget=widget)


class RegisterFilters(forms.Form):
    district = forms.ChoiceField(label=_("District"), required=False)

    def __init__(self, data: QueryDict, scope: Scope) -> None:
        self.scope = scope
        super().__init__(data, auto_id="f-%s")
        parts = [(str(pk), name) for pk, name in choices(scope.parts())]
        self.offer("district", _("All districts"), parts)

    def offer(self, field: str, everything: Any, named: list[tuple[str, str]]) -> None:
        self.fields[field].choices = [("", everything), *named]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def register(self) -> EnterpriseQuerySet:
        found, chosen = self.scope.register(), self.chosen
        if "district" in chosen:
            found = found.within(District(pk=int(chosen["district"])))
        return found


class EnterpriseFilters(RegisterFilters):
    q = _search(_("Name, credit code or licence"))
    business_type = forms.ChoiceField(label=_("Business type"), required=False)
    risk = forms.ChoiceField(
        label=_("Risk level"), required=False, choices=[("", _("All risk levels")), *Enterprise.Risk.choices]
    )
    licence = forms.ChoiceField(label=_("Licence"), required=False, choices=LICENCES)
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    field_order = ("q", "district", "business_type", "risk", "licence", "state")

    def __init__(self, data: QueryDict, scope: Scope) -> None:
        super().__init__(data, scope)
        kinds = [(str(pk), name) for pk, name in BusinessType.objects.values_list("pk", "name")]
        self.offer("business_type", _("All business types"), kinds)

    def enterprises(self) -> EnterpriseQuerySet:
        """Those that turned out to be another are that other one."""
        chosen, found = self.chosen, self.register().filter(merged_into=None)
        if "q" in chosen:
            found = found.found_by(chosen["q"])
        if "business_type" in chosen:
            found = found.filter(business_type=chosen["business_type"])
        if "risk" in chosen:
            found = found.filter(risk_level=chosen["risk"])
        return found.filter(_licence(chosen.get("licence", "")) & _state(chosen.get("state", "")))

    @property
    def wants_untrained(self) -> bool:
        return self.chosen.get("state") == "untrained"


def _licence(which: str) -> Q:
    today = shanghai_today()
    return {
        "": Q(),
        "expired": Q(licence_expires_on__lt=today),
        "soon": Q(licence_expires_on__range=(today, today + timedelta(days=SOON))),
        "unknown": Q(licence_expires_on=None),
    }[which]


def _state(which: str) -> Q:
    if which == "all":
        return Q()
    return Q(closed_on__isnull=which != "closed")


class PeopleFilters(RegisterFilters):
    """Somebody has to work, or to have worked, where all of it is true."""

    q = _search(_("Name or phone"))
    enterprise = _search(_("Enterprise"))
    post = forms.ChoiceField(label=_("Post"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    field_order = ("q", "enterprise", "district", "post", "state")

    def __init__(self, data: QueryDict, scope: Scope) -> None:
        super().__init__(data, scope)
        self.offer("post", _("All posts"), [(str(pk), n) for pk, n in Post.objects.values_list("pk", "name")])
        nowhere = [("nowhere", str(_("Have never said where")))] if scope.whole else []
        self.offer("state", _("Work there now"), [("left", str(_("No longer work there"))), *nowhere])

    def people(self) -> QuerySet[User]:
        """The latest accounts first; those that turned out to be another are that other one."""
        chosen, found = self.chosen, User.objects.filter(merged_into=None).order_by("-pk")
        if "q" in chosen:
            found = found.filter(_named(chosen["q"]))
        if chosen.get("state") == "nowhere":
            return found.filter(memberships=None).exclude(phone=None)
        places = self._places()
        present = found.filter(pk__in=places.current().values("user"))
        if chosen.get("state") != "left":
            return present
        once = places.exclude(left_at=None)
        return found.filter(pk__in=once.values("user")).exclude(pk__in=places.current().values("user"))

    def _places(self) -> MembershipQuerySet:
        chosen, places = self.chosen, self.scope.staff(Membership.objects.all())
        if "district" in chosen:
            places = places.filter(enterprise__in=self.register())
        if "enterprise" in chosen:
            places = places.filter(enterprise__in=Enterprise.objects.all().found_by(chosen["enterprise"]))
        return places.filter(post=chosen["post"]) if "post" in chosen else places


def _named(words: str) -> Q:
    return phone_is(words) if digits_of(words) else Q(name__icontains=words)
