"""Two accounts of one person: the other is looked for, both are compared, and it is asked once more."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from academy.accounts.models import User
from academy.accounts.phones import phone_is
from academy.organisations.scope import Scope
from academy.organisations.supervising import StaffRequest, supervised
from academy.records import merging
from academy.records.models import Certificate, PersonMerge
from academy.records.refusals import RefusedError
from academy.reports.merging import comparing
from academy.reports.merging.comparing import NONE
from academy.reports.merging.forms import MergePeopleForm
from academy.reports.merging.seen import is_only_in
from academy.reports.seeing import first_of, people

AT_MOST = 20
may_merge = supervised("records.add_personmerge")


@may_merge
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: StaffRequest, pk: int) -> HttpResponse:
    scope = request.scope
    person = get_object_or_404(people(scope).select_related("merged_into"), pk=pk)
    if person.merged_into:
        return redirect("merging:people", get_object_or_404(people(scope), pk=person.merged_into.pk).pk)
    wanted = request.POST.get("with") or request.GET.get("with", "")
    if not wanted:
        return _page(request, person, _searched(request, scope, person))
    other = _other(scope, person, wanted)
    if other.merged_into_id:
        return redirect("reports:person", other.merged_into_id)
    form = MergePeopleForm(_named(person, other), request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _merged(request, scope, form, (person, other))
    return _page(request, person, _compared(form, person, other, scope), 422 if form.is_bound else 200)


@may_merge
@require_POST
def undone(request: StaffRequest, pk: int, merge_pk: int) -> HttpResponse:
    scope = request.scope
    person = get_object_or_404(people(scope), pk=pk)
    found = get_object_or_404(
        PersonMerge.objects.filter(merged__in=people(scope)).select_related("merged", "kept"),
        pk=merge_pk,
        kept=person,
    )
    try:
        _check_scope(scope, found.merged, found.kept)
        merging.undo(found, request.user)
    except RefusedError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Two accounts again, each with its own records."))
    return redirect("merging:people", pk)


def _merged(
    request: StaffRequest, scope: Scope, form: MergePeopleForm, both: tuple[User, User]
) -> HttpResponse:
    """The first sending shows what it comes to, the second does it."""
    said = form.cleaned_data
    merged, kept = both if said["keep"] == both[1].pk else both[::-1]
    try:
        _check_scope(scope, merged, kept)
        if "sure" not in request.POST:
            merging.check_people(merged, kept)
            asked = {"asked": True, "merged": _label(merged), "kept": _label(kept)}
            return _page(request, both[0], {**_compared(form, *both, scope), **asked})
        theirs = said["number"] == "theirs"
        merging.merge_people(merged, kept, by=request.user, reason=said["reason"], number_is_theirs=theirs)
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return _page(request, both[0], _compared(form, *both, scope), 422)
    messages.success(request, _("One person now. For 30 days it can be undone."))
    return redirect("reports:person", kept.pk)


def _check_scope(scope: Scope, *both: User) -> None:
    if not all(is_only_in(scope, user) for user in both):
        raise RefusedError(
            _("One of the two also works outside of your district. The city's office can do this.")
        )


def _other(scope: Scope, person: User, key: str) -> User:
    """Not merged, or merged into this one: then it was sent twice."""
    rows = people(scope).filter(Q(merged_into=None) | Q(merged_into=person)).exclude(pk=person.pk)
    return get_object_or_404(rows, pk=key if key.isascii() and key.isdecimal() and len(key) < 19 else 0)


def _searched(request: StaffRequest, scope: Scope, person: User) -> dict[str, Any]:
    """To begin with, whoever has the same name."""
    words = request.GET.get("q", person.name).strip()[:50].replace("\0", "")
    others = User.objects.filter(merged_into=None).exclude(pk=person.pk)
    found = first_of(scope, _matching(others, words), AT_MOST + 1)
    return {"q": words, "found": found[:AT_MOST], "more": len(found) > AT_MOST}


def _matching(rows: QuerySet[User], words: str) -> QuerySet[User]:
    if not words:
        return rows.none()
    holds = Certificate.objects.filter(number=words).values("user")
    return rows.filter(Q(name__icontains=words) | phone_is(words) | Q(pk__in=holds))


def _named(*both: User) -> dict[int, str]:
    """Whoever signed in last stands first: most likely the account in use."""
    latest = sorted(
        both, key=lambda user: (user.last_login is None, user.last_login and -user.last_login.timestamp())
    )
    return {user.pk: _label(user) for user in latest}


def _label(user: User) -> str:
    """The two are often called alike."""
    return f"{user.name or NONE} · {user.masked_phone or user.email or NONE}"


def _compared(form: MergePeopleForm, person: User, other: User, scope: Scope) -> dict[str, Any]:
    return {"form": form, "other": other, "lines": list(comparing.accounts(person, other, scope))}


def _page(request: StaffRequest, person: User, more: dict[str, Any], status: int = 200) -> HttpResponse:
    merges = PersonMerge.objects.filter(Q(kept=person) | Q(merged=person))
    context = {
        "nav": "people",
        "person": person,
        "merges": merges.select_related("merged", "kept", "by", "undone_by"),
        **more,
    }
    return render(request, "merging/people.html", context, status=status)
