from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from academy.accounts.models import User
from academy.accounts.phones import PhoneField
from academy.organisations.models import Enterprise, Membership, Post
from academy.records.models import Certificate
from academy.records.models.certificate import shanghai_today
from academy.reports.filters import phone_has

NAME = User._meta.get_field("name").max_length
REASON = Membership._meta.get_field("reason").max_length


class StaffFilters(forms.Form):
    q = forms.CharField(
        label=_("Name or phone"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    post = forms.ModelChoiceField(
        label=_("What they do"), queryset=Post.objects.all(), required=False, empty_label=_("All posts")
    )
    state = forms.ChoiceField(
        label=_("Certificates"),
        required=False,
        choices=[("", _("All")), ("valid", _("With a valid one")), ("none", _("Without a valid one"))],
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="f-%s")

    def staff(self, enterprise: Enterprise) -> QuerySet[Membership]:
        """What is wrong is left out and said."""
        self.is_valid()
        chosen = self.cleaned_data
        found = Membership.objects.current().filter(enterprise=enterprise).select_related("user", "post")
        if words := chosen.get("q"):
            found = found.filter(Q(user__name__icontains=words) | phone_has(words))
        if post := chosen.get("post"):
            found = found.filter(post=post)
        if state := chosen.get("state"):
            found = found.filter(_certified() if state == "valid" else ~_certified())
        return found.order_by("user__name", "pk")


def _certified() -> Q:
    """With whichever account; asked one after the other, since no index answers for both."""
    valid = Certificate.objects.valid_on(shanghai_today())
    ways = (valid.filter(**{whose: OuterRef("user")}) for whose in ("user", "user__merged_into"))
    own, by_another = map(Exists, ways)
    return own | by_another


class PosterForm(forms.Form):
    """A code for the kitchen's wall."""

    post = forms.ModelChoiceField(
        label=_("What they do"),
        queryset=Post.objects.all(),
        required=False,
        empty_label=_("They say it themselves"),
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        choices=[(7, _("7 days")), (30, _("30 days")), (90, _("90 days"))],
        initial=30,
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="wall-%s")


class PhoneForm(forms.Form):
    phone = PhoneField()
    name = forms.CharField(
        label=_("Name"),
        max_length=NAME,
        required=False,
        help_text=_("So that you know who it is until they confirm"),
    )
    post = forms.ModelChoiceField(
        label=_("What they do"), queryset=Post.objects.all(), empty_label=_("Choose…")
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="phone-%s")


class PostForm(forms.Form):
    post = forms.ModelChoiceField(label=_("What they do"), queryset=Post.objects.all(), empty_label=None)


class EndForm(forms.Form):
    last_day = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON,
        help_text=_("Such as: gave notice, moved to another branch"),
        error_messages={"required": _("Say why: the reason stays with the entry.")},
    )


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON,
        help_text=_("They read it on their page."),
        error_messages={"required": _("Say why: they read it on their page.")},
    )
