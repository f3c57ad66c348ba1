"""Two accounts of one person, and an enterprise that was entered twice. No record is moved or changed: the one points
to the other, whoever counts asks which is which, and for thirty days it can be undone as if it had not been."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.organisations.models import Enterprise, EnterpriseManager, JoinRequest, Jurisdiction, Membership
from academy.organisations.registering import note
from academy.records.handing_over import give_back, hand_over, people_in, rests_on
from academy.records.log import record
from academy.records.models import EnterpriseMerge, PersonMerge, Verb
from academy.records.refusals import RefusedError

Either = TypeVar("Either", User, Enterprise)
AnyMerge = PersonMerge | EnterpriseMerge


@transaction.atomic
def merge_people(
    merged: User, kept: User, *, by: User, reason: str, number_is_theirs: bool = True
) -> PersonMerge:
    """`number_is_theirs`: whether the number of the merged account still is, and signs in to the one that is kept.
    Said twice, it is done once."""
    merged, kept = _locked(User, merged, kept)
    known: PersonMerge | None = PersonMerge.objects.standing().filter(merged=merged, kept=kept).first()
    if known:
        return known
    check_people(merged, kept)
    now, phone = timezone.now(), merged.phone
    merged.merged_into, merged.is_active = kept, False
    merged.phone = merged.phone if number_is_theirs else None
    # before their places pass on: who begins to work there by it is nobody new
    merged.save(update_fields=["merged_into", "is_active", "phone"])
    changed: dict[str, Any] = {
        "phone": phone,
        "led_on": _lead_on(merged, kept),
        **hand_over({"user": merged}, {"user": kept}, now),
    }
    places = Membership.objects.current().filter(user=kept).values("enterprise")
    asked = JoinRequest.objects.filter(Q(user=merged) | Q(user=kept, enterprise__in=places))
    changed["requests"] = _close(asked, by, now)
    made: PersonMerge = PersonMerge.objects.create(
        merged=merged, kept=kept, by=by, reason=_said(reason), at=now, changed=changed
    )
    _write_down(made, Verb.MERGED, by)
    return made


@transaction.atomic
def merge_enterprises(merged: Enterprise, kept: Enterprise, *, by: User, reason: str) -> EnterpriseMerge:
    """Said twice, it is done once."""
    merged, kept = _locked(Enterprise, merged, kept)
    standing = EnterpriseMerge.objects.standing()
    known: EnterpriseMerge | None = standing.filter(merged=merged, kept=kept).first()
    if known:
        return known
    check_enterprises(merged, kept)
    _lock_people(_working_in(merged))
    now = timezone.now()
    merged.merged_into = kept
    merged.save(update_fields=["merged_into"])
    changed: dict[str, Any] = {
        "led_on": _lead_on(merged, kept),
        **hand_over({"enterprise": merged}, {"enterprise": kept}, now),
    }
    changed["requests"] = _close(JoinRequest.objects.filter(enterprise=merged), by, now)
    made: EnterpriseMerge = EnterpriseMerge.objects.create(
        merged=merged, kept=kept, by=by, reason=_said(reason), at=now, changed=changed
    )
    _write_down(made, Verb.MERGED, by)
    return made


@transaction.atomic
def undo(merge: AnyMerge, by: User) -> AnyMerge:
    """Everything is again as it was, but for what has been done since. Said twice, it is done once."""
    merged, _kept = _locked(type(merge.merged), merge.merged, merge.kept)
    merge = type(merge).objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if merge.undone_at:
        return merge
    check_undo(merge)
    _lock_people(people_in(merge.changed))
    give_back(merge.changed)
    _reopen(merge.changed["requests"])
    merged.merged_into = None
    _lead_back(merge, merged)
    merged.save(update_fields=["merged_into", *_given_back_to(merged, merge.changed)])
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.save(update_fields=["undone_at", "undone_by"])
    _write_down(merge, Verb.UNMERGED, by)
    return merge


def check_people(merged: User, kept: User) -> None:
    """Raises RefusedError. The number of the one signs in to the other: nobody comes to rights in that way."""
    _check_pair(merged, kept)
    if any(map(_has_rights, (merged, kept))):
        raise RefusedError(_("One of the two accounts belongs to staff. Those are not merged."))
    if not (kept.is_active and merged.is_active):
        raise RefusedError(_("One of the two accounts is closed. Open it again first."))


def check_enterprises(merged: Enterprise, kept: Enterprise) -> None:
    _check_pair(merged, kept)
    if kept.closed_on:
        raise RefusedError(_("The enterprise that is kept has closed. Keep the other one."))


def check_undo(merge: AnyMerge) -> None:
    """Raises RefusedError."""
    if not merge.can_be_undone:
        day = date_format(timezone.localtime(merge.undo_until), "DATE_FORMAT")
        raise RefusedError(_("This could be undone until %(day)s. It stays now.") % {"day": day})
    others = (one for one in _standing() if one != merge)
    if other := next((one for one in others if _rests_on(one, merge)), None):
        raise RefusedError(
            _("“%(other)s” was merged later and rests on this. Undo that first.") % {"other": other}
        )
    if isinstance(merge, EnterpriseMerge) and _code_is_taken(merge.merged):
        raise RefusedError(
            _("Another enterprise has the unified social credit code of “%(name)s” now. Change that first.")
            % {"name": merge.merged}
        )


def _check_pair(merged: Either, kept: Either) -> None:
    """Of three that are one, two point to the third: nothing points to what points on (see `_lead_on`)."""
    if merged.pk == kept.pk:
        raise RefusedError(_("These are not two: choose another one."))
    for one in (merged, kept):
        if one.merged_into_id:
            raise RefusedError(
                _("“%(name)s” has been merged already. Undo that first.") % {"name": _called(one)}
            )


def _lead_on(merged: Either, kept: Either) -> list[int]:
    """Whatever turned out to be this one is that one now."""
    others = type(merged)._default_manager.filter(merged_into=merged)
    keys = list(others.order_by("pk").values_list("pk", flat=True))
    others.update(merged_into=kept)
    return keys


def _lead_back(merge: AnyMerge, merged: Model) -> None:
    type(merged)._default_manager.filter(pk__in=_led_on(merge)).update(merged_into=merged)


def _led_on(merge: AnyMerge) -> list[int]:
    """Merges of before know none."""
    keys: list[int] = merge.changed.get("led_on", [])
    return keys


def _rests_on(later: AnyMerge, earlier: AnyMerge) -> bool:
    """It led on what this one had merged, or passed on what this one had passed on."""
    same = type(later) is type(earlier) and earlier.merged_id in _led_on(later)
    return same or rests_on(later.changed, earlier.changed)


def _called(one: User | Enterprise) -> str:
    return one.called if isinstance(one, User) else one.name


def _has_rights(user: User) -> bool:
    officially = Jurisdiction.objects.filter(user=user).exists()
    granted = user.groups.exists() or user.user_permissions.exists()
    return user.is_staff or user.is_superuser or officially or granted


def _code_is_taken(enterprise: Enterprise) -> bool:
    code = enterprise.credit_code
    same = Enterprise.objects.filter(credit_code=code, merged_into=None).exclude(pk=enterprise.pk)
    return bool(code) and same.exists()


def _standing() -> Iterable[AnyMerge]:
    return chain(PersonMerge.objects.standing(), EnterpriseMerge.objects.standing())


def _said(reason: str) -> str:
    if not reason.strip():
        raise RefusedError(_("Say why: the reason stays with the entry."))
    return reason.strip()


def _locked(model: type[Any], merged: Any, kept: Any) -> tuple[Any, Any]:
    """Always in the same order, so that two who merge do not wait for each other."""
    both = {merged.pk, kept.pk}
    with_theirs = model.objects.filter(Q(pk__in=both) | Q(merged_into__in=both))
    rows = with_theirs.select_for_update(no_key=True).order_by("pk")
    found = {row.pk: row for row in rows}
    return found[merged.pk], found[kept.pk]


def _working_in(enterprise: Enterprise) -> Iterable[int]:
    rows = (Membership.objects.current(), EnterpriseManager.objects.current())
    return chain.from_iterable(
        some.filter(enterprise=enterprise).values_list("user", flat=True) for some in rows
    )


def _lock_people(keys: Iterable[int]) -> None:
    """Nobody of them joins or leaves meanwhile."""
    list(User.objects.select_for_update(no_key=True).filter(pk__in=set(keys)).order_by("pk").values("pk"))


def _close(asked: Any, by: User, now: datetime) -> list[int]:
    keys = list(asked.undecided().values_list("pk", flat=True))
    JoinRequest.objects.filter(pk__in=keys).update(
        decided_at=now, decided_by=by, reason=_("Settled by the office, which put two entries together.")
    )
    return keys


def _reopen(keys: list[int]) -> None:
    for asked in JoinRequest.objects.filter(pk__in=keys):
        again = JoinRequest.objects.undecided().filter(user=asked.user_id, enterprise=asked.enterprise_id)
        if not again.exists():
            asked.decided_at, asked.decided_by, asked.reason = None, None, ""
            asked.save(update_fields=["decided_at", "decided_by", "reason"])


def _given_back_to(merged: Model, changed: dict[str, Any]) -> list[str]:
    """A number that somebody else has by now stays with them."""
    if not isinstance(merged, User):
        return []
    merged.is_active = True
    if not User.objects.filter(phone=changed["phone"]).exclude(pk=merged.pk).exists():
        merged.phone = changed["phone"]
    return ["is_active", "phone"]


def _write_down(merge: AnyMerge, verb: Verb, by: User) -> None:
    said = {"reason": merge.reason, "by": by.pk, "merged": merge.merged_id, "kept": merge.kept_id}
    if isinstance(merge, PersonMerge):
        for user, twin in ((merge.merged, merge.kept), (merge.kept, merge.merged)):
            record(user, verb, f"person:{twin.pk}", twin.called, evidence=said)
        return
    record(by, verb, f"enterprise:{merge.merged_id}", merge.merged.name, evidence=said)
    for one, other in ((merge.merged, merge.kept), (merge.kept, merge.merged)):
        words = ("", other.name) if verb == Verb.MERGED else (other.name, "")
        note(one, by, [("merged_into", *words)])
