"""Printed copies that were sent. Entries are never changed: a mistake is put right by another entry."""

import uuid
from datetime import date

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.library.models import HandbookDispatch
from academy.organisations.models import District, Enterprise
from academy.records.refusals import RefusedError

Receiver = District | Enterprise


def send(
    receiver: Receiver,
    *,
    handbook_key: str,
    title: str,
    edition: str,
    copies: int,
    sent_on: date,
    receipt: str,
    by: User,
    key: uuid.UUID,
) -> HandbookDispatch:
    """Sent twice under one key, it is entered once."""
    entry, _is_new = HandbookDispatch.objects.get_or_create(
        key=key,
        defaults={
            "handbook_key": handbook_key,
            "title": title[:200],
            "edition": edition,
            "copies": copies,
            "sent_on": sent_on,
            "receipt": receipt,
            "entered_by": by,
            **place_of(receiver),
        },
    )
    return entry


def place_of(receiver: Receiver) -> dict[str, object]:
    """The words of today, as every record keeps them."""
    if isinstance(receiver, District):
        return {"district_key": receiver.pk, "district_name": receiver.county.name}
    return {
        "enterprise_key": receiver.pk,
        "enterprise_name": receiver.name,
        "business_type_name": receiver.business_type.name,
        "district_key": receiver.district_id,
        "district_name": receiver.district.county.name,
    }


@transaction.atomic
def correct(
    entry: HandbookDispatch, copies: int, *, reason: str, by: User, key: uuid.UUID
) -> HandbookDispatch:
    """`copies` more, or fewer where it is negative; together they are never less than none."""
    first = HandbookDispatch.objects.select_for_update().get(pk=entry.corrects_id or entry.pk)
    if known := HandbookDispatch.objects.filter(key=key).first():
        return known
    if not reason.strip():
        raise RefusedError(_("Say why: the reason stays with the entry."))
    if balance(first) + copies < 0:
        raise RefusedError(_("That would leave less than no copies."))
    kept = ("handbook_key", "title", "edition", "sent_on", *PLACE)
    return HandbookDispatch.objects.create(
        **{name: getattr(first, name) for name in kept},
        copies=copies,
        corrects=first,
        reason=reason.strip(),
        entered_by=by,
        key=key,
    )


PLACE = ("enterprise_key", "enterprise_name", "district_key", "district_name", "business_type_name")


def balance(first: HandbookDispatch) -> int:
    """What an entry and its corrections come to."""
    corrected = first.corrections.aggregate(n=Sum("copies"))["n"] or 0
    return int(first.copies + corrected)
