"""Registers and rosters as somebody else would send them: among the good rows every so many a bad one, each in another way."""

import csv
import io
from collections.abc import Iterator
from typing import Any, NamedTuple

HEADS = {
    "enterprises": [
        "企业名称",
        "统一社会信用代码",
        "辖区",
        "业态",
        "风险等级",
        "地址",
        "负责人",
        "负责人电话",
        "许可证有效期",
    ],
    "people": ["统一社会信用代码", "手机号", "姓名", "岗位", "起始日期"],
}
WIDE = str.maketrans({chr(sign): chr(sign + 0xFEE0) for sign in range(0x30, 0x5B)})


class Row(NamedTuple):
    """`is_good`: it comes in, though something in it has to be said."""

    cells: list[str]
    is_bad: bool = False
    is_good: bool = True


def rows(kind: str, count: int, bad: int) -> Iterator[Row]:
    """Half of the bad ones are typed otherwise than they are kept, and understood."""
    every, made = max(count // bad, 2), {"enterprises": _enterprise, "people": _person}[kind]
    before: list[str] = []
    for n in range(count):
        cells = made(n)
        if n % every == every - 1 and n // every < bad:
            yield _spoilt(kind, cells, before, n // every % 7)
        else:
            yield Row(cells)
            before = cells


def _spoilt(kind: str, cells: list[str], before: list[str], way: int) -> Row:
    code, name = (1, 0) if kind == "enterprises" else (0, 2)
    if way == 0:
        wrong = "0" if cells[code][-1] != "0" else "1"
        return _with(cells, code, cells[code][:-1] + wrong, is_good=False)
    if way == 1:
        return _with(cells, code, cells[code].translate(WIDE))
    if way == 2:
        year, month, day = cells[-1].split("-")
        return _with(cells, -1, f"{year}年{int(month)}月{int(day)}日")
    if way == 3:
        return Row(list(before), is_bad=True, is_good=False)
    if way == 4:
        return _with(before, -1, "2024-01-02", is_good=False)
    if way == 5:
        return _with(cells, name, '=HYPERLINK("http://x.example","点我")', is_good=False)
    place = 7 if kind == "enterprises" else 1
    return _with(cells, place, cells[place].translate(WIDE))


def _with(cells: list[str], at: int, text: str, is_good: bool = True) -> Row:
    changed = list(cells)
    changed[at] = text
    return Row(changed, is_bad=True, is_good=is_good)


def code(n: int) -> str:
    from academy.organisations.credit_codes import check_character

    body = f"91110101MA{n:07d}"
    return body + check_character(body)


def _enterprise(n: int) -> list[str]:
    place = f"第{n % 9}区"
    return [
        f"示例饭店{n}",
        code(n),
        place,
        "小餐饮",
        "B",
        f"东街{n}号",
        f"负责人{n}",
        f"139{n:08d}",
        "2029-03-01",
    ]


def _person(n: int) -> list[str]:
    return [code(n), f"138{n:08d}", f"人{n}", "厨师", "2025-03-01"]


def file(kind: str, form: str, made: list[Row]) -> bytes:
    lines = [HEADS[kind], *(row.cells for row in made)]
    return _workbook(lines) if form == "xlsx" else _text(lines)


def _text(lines: list[list[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(lines)
    return file.getvalue().encode("gb18030")


def _workbook(lines: list[list[str]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page: Any = book.create_sheet()
    for line in lines:
        page.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def places() -> None:
    from academy.organisations.models import BusinessType, District, Post

    Post.objects.get_or_create(name="厨师")
    city, _made = District.objects.get_or_create(name="云汀市", parent=None)
    for n in range(9):
        District.objects.get_or_create(name=f"第{n}区", parent=city)
    BusinessType.objects.get_or_create(name="小餐饮")


def known(count: int) -> None:
    """Every tenth is in the register already, under another name, with somebody in it."""
    from django.utils import timezone

    from academy.accounts.models import User
    from academy.organisations.models import BusinessType, District, Enterprise, Membership, Post

    kind, post = BusinessType.objects.get(name="小餐饮"), Post.objects.get(name="厨师")
    keys = dict(District.objects.exclude(parent=None).values_list("name", "pk"))
    made = Enterprise.objects.bulk_create(
        Enterprise(name=f"旧店{n}", credit_code=code(n), district_id=keys[f"第{n % 9}区"], business_type=kind)
        for n in range(0, count, 10)
    )
    users = User.objects.bulk_create(User(phone=f"137{one.pk:08d}", name=f"旧人{one.pk}") for one in made)
    Membership.objects.bulk_create(
        Membership(user=user, enterprise=one, post=post, joined_at=timezone.now())
        for user, one in zip(users, made, strict=True)
    )
