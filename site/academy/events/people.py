"""Whom whoever runs a list may put on it: by their entry in the list of the invited, by the register of their own
district, or by phone number and name, which tells nothing about whose number it is."""

from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.accounts.phones import digits_of, phone_is
from academy.events.models import Event
from academy.organisations.models import Enterprise, Membership
from academy.organisations.scope import Scope
from academy.records.refusals import RefusedError

SHOWN = 20
# of a longer list the rest is found by search
LISTED = 1000


class Found(NamedTuple):
    user: int
    name: str
    phone: str
    place: str
    post: str


def expected(event: Event) -> list[Found]:
    """The invited, and the staff of invited enterprises, as the desk keeps them for when there is no network."""
    invited = event.invited.exclude(user=None).select_related("user").order_by("person_name", "pk")
    named = [
        Found(one.user_id or 0, one.person_name, one.user.masked_phone, one.enterprise_name, one.post_name)
        for one in invited[:LISTED]
        if one.user
    ]
    known = {one.user for one in named}
    staff = _staff_of(event).exclude(user__in=known).select_related("user", "enterprise", "post")
    return named + [_found(place) for place in staff[: LISTED - len(named)]]


def search(event: Event, scope: Scope, words: str) -> list[Found]:
    """By name or part of a number, among those whom the searcher may see."""
    places = _visible(event, scope).filter(_matches(words)).select_related("user", "enterprise", "post")
    found = {one.user: one for one in map(_found, places.order_by("user__name", "pk")[:SHOWN])}
    for invited in event.invited.filter(_matches(words), user__isnull=False).select_related("user")[:SHOWN]:
        if invited.user and invited.user.pk not in found:
            found[invited.user.pk] = Found(
                invited.user.pk,
                invited.person_name,
                invited.user.masked_phone,
                invited.enterprise_name,
                invited.post_name,
            )
    return list(found.values())[:SHOWN]


def by_number(event: Event, scope: Scope, pk: int) -> User:
    """Whoever may not be seen is not there. What waited on a device may name an account that has turned out to be another since; whoever is on the list already
    may sign there."""
    found = User.objects.filter(pk=pk).select_related("merged_into").first()
    person = found and (found.merged_into or found)
    if person is None or not person.is_active or not _may_see(event, scope, person):
        raise RefusedError(_("This person is not on your list. Enter phone number and name."))
    return person


def by_phone(event: Event, scope: Scope, phone: str, name: str) -> tuple[User, str]:
    """The account, new where the number is; and the name to be shown where no other may be."""
    person = User.objects.of_phone(phone)
    person = person.merged_into or person
    if not person.name:
        person.name = name
        person.save(update_fields=["name"])
    return person, "" if _may_see(event, scope, person) else name


def _may_see(event: Event, scope: Scope, person: User) -> bool:
    them = same_person(person)
    if scope.whole or event.invited.filter(user__in=them).exists():
        return True
    if event.sign_ins.standing().filter(user__in=them).exists():
        return True
    return _visible(event, scope).filter(user=person).exists()


def _visible(event: Event, scope: Scope) -> QuerySet[Membership]:
    current = Membership.objects.current().filter(user__is_active=True, user__merged_into=None)
    return scope.staff(current) | current.filter(enterprise__in=_enterprises(event))


def _staff_of(event: Event) -> QuerySet[Membership]:
    current = Membership.objects.current().filter(user__is_active=True, user__merged_into=None)
    return current.filter(enterprise__in=_enterprises(event)).order_by("enterprise__name", "user__name", "pk")


def _enterprises(event: Event) -> QuerySet[Enterprise]:
    return Enterprise.objects.filter(invited_to__event=event)


def _matches(words: str) -> Q:
    if digits_of(words):
        return phone_is(words, "user__phone")
    return Q(user__name__icontains=words) if words.strip() else Q(pk__in=[])


def _found(place: Membership) -> Found:
    person = place.user
    return Found(person.pk, person.name, person.masked_phone, place.enterprise.name, place.post.name)
