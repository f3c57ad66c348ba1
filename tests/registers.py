"""Sheets of enterprises and people as officials send them, and officials to send them."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from academy.accounts.models import User
from academy.accounts.roles import STAFF, ensure_roles
from academy.organisations.credit_codes import check_character
from academy.organisations.models import District, Jurisdiction, RegisterImport
from tests.factories import UserFactory

ENTERPRISES = [
    "企业名称",
    "统一社会信用代码",
    "许可证编号",
    "辖区",
    "业态",
    "风险等级",
    "负责人电话",
    "许可证有效期",
]
PEOPLE = ["统一社会信用代码", "手机号", "姓名", "岗位", "起始日期", "离职日期"]
Rows = Iterable[Sequence[Any]]


def code(n: int) -> str:
    body = f"91110101MA{n:07d}"
    return body + check_character(body)


def xlsx(head: Sequence[str], rows: Rows) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    for row in [head, *rows]:
        sheet.append(list(row))
    return packed(book)


def packed(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def text(head: Sequence[str], rows: Rows, encoding: str = "utf-8-sig") -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows([head, *rows])
    return file.getvalue().encode(encoding)


def official(district: District | None, **fields: Any) -> User:
    ensure_roles()
    user: User = UserFactory(is_staff=True, phone=None, **fields)
    user.groups.add(Group.objects.get(name=STAFF))
    if district:
        Jurisdiction.objects.create(user=user, district=district)
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(client: Client, kind: str, data: bytes, name: str = "登记.xlsx") -> RegisterImport:
    """Tasks run at once in tests, so it is checked when this returns."""
    answer = client.post(f"/staff/imports/new/{kind}/", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content.decode()
    return RegisterImport.objects.get(pk=answer["Location"].rstrip("/").split("/")[-1])


def apply(client: Client, batch: RegisterImport, only_good: bool = False) -> RegisterImport:
    client.post(f"/staff/imports/{batch.pk}/apply/", {"only_good": "1" if only_good else ""})
    batch.refresh_from_db()
    return batch


def undo(client: Client, batch: RegisterImport) -> RegisterImport:
    client.post(f"/staff/imports/{batch.pk}/undo/")
    client.post(f"/staff/imports/{batch.pk}/undo/", {"sure": "1"})
    batch.refresh_from_db()
    return batch


def states(batch: RegisterImport) -> list[str]:
    return list(batch.rows.values_list("state", flat=True))


def problems(batch: RegisterImport) -> dict[int, list[str]]:
    """Row by row the columns with their words."""
    rows = batch.rows.filter(state="wrong")
    return {row.number: [f"{head}：{words}" for head, words in row.problems] for row in rows}


def downloaded(answer: Any) -> list[list[Any]]:
    data = b"".join(answer) if answer.streaming else answer.content
    if data.startswith(b"PK"):
        return [
            list(row) for row in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)
        ]
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def content(answer: Any) -> bytes:
    return b"".join(answer)
