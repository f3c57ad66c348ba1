"""The register of enterprises as a file."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.core.cells import Cell
from academy.organisations.imports import values
from academy.organisations.imports.heads import (
    ADDRESS_HEADS,
    CLOSED_HEADS,
    CONTACT_HEADS,
    DISTRICT_HEADS,
    EXPIRES_HEADS,
    ISSUED_HEADS,
    RESPONSIBLE_HEADS,
    RISK_HEADS,
    TYPE_HEADS,
)
from academy.organisations.imports.judging import (
    Field,
    Judged,
    Refused,
    Seen,
    exported,
    journal,
    once,
    read_into,
    set_all,
)
from academy.organisations.imports.names import Districts, Named, business_types
from academy.organisations.imports.places import (
    CODE,
    CODE_HEADS,
    LICENCE,
    LICENCE_HEADS,
    NAME,
    NUMBER,
    NUMBER_HEADS,
    PLACE_HEADS,
    Places,
    licence_of,
)
from academy.organisations.imports.reading import Line
from academy.organisations.models import Enterprise, ImportChange
from academy.organisations.scope import Scope

DISTRICT, EXPIRES, ISSUED = "辖区", "许可证有效期", "发证日期"
AT_A_TIME = 2000


class Enterprises:
    def __init__(self, scope: Scope) -> None:
        self.scope, self.districts = scope, Districts(scope)
        self.fields = _fields(self.districts, business_types())

    def heads(self) -> dict[str, Sequence[str]]:
        return {one.head: one.spellings for one in self.fields} | {ISSUED: ISSUED_HEADS}

    def judge(self, lines: Sequence[Line], seen: Seen, lock: bool = False) -> list[Judged]:
        rows = Enterprise.objects.all()
        places = Places(lines, rows.select_for_update() if lock else rows)
        return [self._judged(line, places, seen) for line in lines]

    def _judged(self, line: Line, places: Places, seen: Seen) -> Judged:
        judged = Judged(line)
        try:
            judged.target = places.meant(line)
            self._refuse_others(judged)
        except Refused as refused:
            judged.problems.append(refused.args)
            return judged
        read_into(judged, (one for one in self.fields if one.attr != "pk"))
        judged.problems += _wrong_days(judged)
        _needs_a_key(judged)
        named = [
            f"{attr}:{judged.values[attr]}" for attr in ("credit_code", "licence") if judged.values.get(attr)
        ]
        once(judged, seen, _key(line), *named, *([f"pk:{judged.target.pk}"] if judged.target else []))
        return judged

    def _refuse_others(self, judged: Judged) -> None:
        """By its number nothing of others is confirmed; by a code it is, for there can be no second one."""
        target = judged.target
        if target is None or self.scope.whole or target.district_id in self.scope.districts:
            return
        if judged.line.cells.get(NUMBER):
            raise Refused(NUMBER, _("Nothing in the register has this number. Leave it empty for a new one."))
        raise Refused(_key(judged.line), _("This enterprise is not in your districts."))

    def write(self, judged: Sequence[Judged], by: User) -> list[ImportChange]:
        new = [(one, Enterprise(**one.values)) for one in judged if one.target is None]
        Enterprise.objects.bulk_create([row for _one, row in new])
        changed = [one for one in judged if one.target is not None and one.values]
        pairs = [(one, set_all(one.target, one.values)) for one in changed]
        if names := {name for one in changed for name in one.values}:
            Enterprise.objects.bulk_update([one.target for one in changed], sorted(names), batch_size=200)
        made = [journal(one.line.number, "enterprise", row, _all(one.values), True) for one, row in new]
        return [
            *made,
            *(journal(one.line.number, "enterprise", one.target, pair, False) for one, pair in pairs),
        ]

    def rows(self) -> Iterator[list[Cell]]:
        """In the order in which they came."""
        found = (
            Enterprise.objects.filter(pk__in=self.scope.register()).filter(merged_into=None).order_by("pk")
        )
        for one in found.iterator(chunk_size=AT_A_TIME):
            yield [exported(field, one) for field in self.fields]


def _all(made: dict[str, Any]) -> dict[str, list[Any]]:
    return {name: [None, value] for name, value in made.items()}


def _key(line: Line) -> str:
    return next((head for head in (CODE, LICENCE, NUMBER) if line.cells.get(head)), CODE)


def _needs_a_key(judged: Judged) -> None:
    cells = judged.line.cells
    if judged.target is None and not (cells.get(CODE) or licence_of(judged.line)):
        judged.problems.append(
            (CODE, _("Write the credit code or the licence number: by it the enterprise is known."))
        )


def _wrong_days(judged: Judged) -> Iterator[tuple[str, str]]:
    """When a licence was issued is not kept, but it can show that its last day is wrong."""
    text, last = judged.line.cells.get(ISSUED, ""), judged.values.get("licence_expires_on")
    if not text or values.is_blank(text):
        return
    try:
        first = values.day(text)
    except ValidationError as error:
        yield ISSUED, error.messages[0]
        return
    if last and last < first:
        yield EXPIRES, _("This is before the licence was issued, %(day)s.") % {"day": first}


def _never(_text: str) -> Any:
    raise ValidationError(_("This cannot be changed."))


def _fields(districts: Districts, types: Named) -> tuple[Field, ...]:
    return (
        Field(
            head=NUMBER, attr="pk", read=_never, width=10, spellings=NUMBER_HEADS, note="名册里的编号，导出时带着。新企业留空。",
        ),
        Field(
            head=NAME, attr="name", read=values.words("name"), needed=True, is_name=True, width=32, spellings=PLACE_HEADS,
            note="必填。和营业执照上一样。",
        ),
        Field(
            head=CODE, attr="credit_code", read=values.code, is_text=True, width=24, spellings=CODE_HEADS,
            note="18位。这一列是文本格式，别改成数字。没有代码的写许可证编号。",
        ),
        Field(
            head=LICENCE, attr="licence", read=values.licence, empty="", is_text=True, width=22, spellings=LICENCE_HEADS,
            note="JY和14位数字。信用代码和许可证编号，至少写一个。",
        ),
        Field(
            head=EXPIRES, attr="licence_expires_on", read=values.last_day, empty=None, is_text=True, spellings=EXPIRES_HEADS, note="写成2026-03-01。",
        ),
        Field(
            head=DISTRICT, attr="district_id", read=districts.read, show=districts.show, needed=True, width=22,
            options=districts.options, is_listed=True, spellings=DISTRICT_HEADS, note="必填。从下拉里选。重名的写全：东关区/东门街道。",
        ),
        Field(
            head="业态", attr="business_type_id", read=types.read, show=types.show, needed=True, width=18,
            options=list(types.names.values()), is_listed=True,
            spellings=TYPE_HEADS, note="必填。从下拉里选。",
        ),
        Field(
            head="风险等级", attr="risk_level", read=values.risk, empty="", options=Enterprise.Risk.values, width=10,
            spellings=RISK_HEADS, note="A、B、C、D，还没评的留空。",
        ),
        Field(
            head="地址", attr="address", read=values.words("address"), empty="", width=32,
            spellings=ADDRESS_HEADS,
        ),
        Field(
            head="负责人", attr="responsible", read=values.words("responsible"), empty="",
            spellings=RESPONSIBLE_HEADS,
        ),
        Field(
            head="负责人电话", attr="responsible_phone", read=values.contact, empty="", is_text=True, width=16,
            spellings=CONTACT_HEADS, note="手机号或座机。这一列是文本格式。",
        ),
        Field(
            head="停业日期", attr="closed_on", read=values.past_day, empty=None, is_text=True,
            spellings=CLOSED_HEADS, note="不再经营的写哪天起。重新开业的写“清空”。",
        ),
    )  # fmt: skip
