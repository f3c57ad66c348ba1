"""The tables of handbooks sent and signed for, on the page and as files."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from academy.core.exports import Row
from academy.core.templatetags.look import thousands
from academy.library.handbooks.counting import Choice, Edition, Tally
from academy.library.models import HandbookDispatch, HandbookSignature

Cells = list[dict[str, Any]]
Sheet = tuple[Row, Iterable[Row]]


def editions(found: list[Edition]) -> dict[str, Any]:
    return {"columns": _columns(_edition_heads(), {2, 3}), "rows": [_edition(one) for one in found]}


def editions_sheet(found: list[Edition]) -> Sheet:
    return _edition_heads(), ([one.title, one.edition, *one.tally] for one in found)


def districts(found: dict[str, Tally], choice: Choice, total: Tally) -> dict[str, Any]:
    rows = [_counted(name or _("Not stated"), tally, _in(choice, name)) for name, tally in found.items()]
    return {
        "columns": _columns(_district_heads(), {1, 2}),
        "rows": rows,
        "total": _counted(_("Total"), total, choice),
    }


def districts_sheet(found: dict[str, Tally], total: Tally) -> Sheet:
    rows: list[Row] = [[name or _("Not stated"), *tally] for name, tally in found.items()]
    return _district_heads(), [*rows, [_("Total"), *total]]


def dispatches(page: Iterable[HandbookDispatch]) -> dict[str, Any]:
    return {"columns": _columns(dispatch_heads(), {5}), "rows": [_dispatch(one) for one in page]}


def signatures(page: Iterable[HandbookSignature]) -> dict[str, Any]:
    return {"columns": _columns(signature_heads(), set()), "rows": [_signature(one) for one in page]}


def dispatch_heads() -> list[str]:
    return [
        _("Sent on"), _("Handbook"), _("Edition"), _("District"), _("Enterprise"), _("Copies"), _("Receipt"),
        _("Entered by"), _("Corrects, and why"),
    ]  # fmt: skip


def dispatch_row(one: HandbookDispatch) -> Row:
    return [
        one.sent_on, one.title, one.edition, one.district_name, one.enterprise_name, one.copies, one.receipt,
        str(one.entered_by), one.reason,
    ]  # fmt: skip


def signature_heads() -> list[str]:
    return [_("Name"), _("Enterprise"), _("District"), _("Post"), _("Handbook"), _("Edition"), _("Signed on")]


def signature_row(one: HandbookSignature) -> Row:
    day = timezone.localdate(one.signed_at, timezone.get_default_timezone())
    return [one.signed_as, one.enterprise_name, one.district_name, one.post_name, one.title, one.edition, day]


def _edition_heads() -> list[str]:
    return [_("Handbook"), _("Edition"), _("Copies sent"), _("Persons who signed")]


def _district_heads() -> list[str]:
    return [_("District"), _("Copies sent"), _("Persons who signed")]


def _edition(one: Edition) -> Cells:
    choice = Choice(one.handbook, one.edition)
    name, copies, signed = _counted(one.title, one.tally, choice)
    name["url"] = f"{reverse('handbooks:edition')}?{choice.query}"
    return [name, {"text": one.edition}, copies, signed]


def _counted(name: str, tally: Tally, choice: Choice) -> Cells:
    """Each number leads to what it counts."""
    copies, signed = (
        f"{reverse(f'handbooks:{page}')}?{choice.query}" for page in ("dispatches", "signatures")
    )
    return [
        {"text": name},
        {"text": thousands(tally.copies), "url": copies},
        {"text": thousands(tally.signatures), "url": signed},
    ]


def _in(choice: Choice, district: str) -> Choice:
    return Choice(choice.handbook, choice.edition, district)


def _dispatch(one: HandbookDispatch) -> Cells:
    cells = _cells(dispatch_row(one))
    cells[0]["url"] = reverse("handbooks:dispatch", args=[one.corrects_id or one.pk])
    return cells


def _signature(one: HandbookSignature) -> Cells:
    cells = _cells(signature_row(one))
    cells[0]["url"] = reverse("reports:person", args=[one.user_id])
    return cells


def _cells(row: Row) -> Cells:
    return [{"text": "—" if cell in ("", None) else cell} for cell in row]


def _columns(heads: list[str], numeric: set[int]) -> list[dict[str, Any]]:
    return [{"label": head, "numeric": n in numeric} for n, head in enumerate(heads)]
