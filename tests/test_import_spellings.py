"""Sheets that others made: their own heads, their own ways to write a day, a code, nothing. Understood and said, or refused and said."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from openpyxl import Workbook

from academy.organisations.models import District, Enterprise, Membership, RegisterImport
from tests.factories import BusinessTypeFactory, DistrictFactory, EnterpriseFactory, PostFactory
from tests.registers import (
    ENTERPRISES,
    apply,
    client_of,
    code,
    downloaded,
    official,
    packed,
    problems,
    send,
    states,
    text,
    xlsx,
)

pytestmark = pytest.mark.django_db
WIDE = str.maketrans({chr(sign): chr(sign + 0xFEE0) for sign in range(0x30, 0x5B)})


@pytest.fixture
def east(db: Any) -> District:
    BusinessTypeFactory(name="小餐饮")
    PostFactory(name="厨师")
    return DistrictFactory(name="东关区")


@pytest.fixture
def client(east: District) -> Client:
    return client_of(official(east))


def row(n: int = 1, **said: Any) -> list[Any]:
    cells = {
        "企业名称": f"示例饭店{n}",
        "统一社会信用代码": code(n),
        "辖区": "东关区",
        "业态": "小餐饮",
        "风险等级": "B",
        "负责人电话": f"139{n:08d}",
        "许可证有效期": "2029-03-01",
    }
    return [(cells | said).get(head, "") for head in ENTERPRISES]


def notes(batch: RegisterImport) -> dict[int, list[str]]:
    return {one.number: [head for head, _words in one.notes] for one in batch.rows.noted()}


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_file_of_any_make(client: Client, delimiter: str, encoding: str) -> None:
    lines = [
        ["东关区食品经营单位登记表，2026年"],
        ["序号", "单位名称", "信用代码", "所属区", "类型", "手机号", "有效期至", "备注"],
        [],
        ["1", "老王面馆,东街店", code(1), "东关区", "小餐饮", "13900000001", "2029/3/1", "a"],
        ["2", "李记；包子", code(2), "东关区", "小餐饮", "13900000002", "2029/3/1", ""],
    ]
    said = "\r\n".join(
        delimiter.join(f'"{cell}"' if "," in cell else cell for cell in line) for line in lines
    )
    batch = send(client, "enterprises", said.encode(encoding), "登记.csv")
    assert states(batch) == ["new", "new"], batch.error
    assert [one.number for one in batch.rows.all()] == [4, 5]
    apply(client, batch)
    assert Enterprise.objects.get(credit_code=code(1)).name == "老王面馆,东街店"
    assert batch.passed_over == ["序号", "备注"]
    page = client.get(f"/staff/imports/{batch.pk}/").content.decode()
    assert "单位名称 → 企业名称" in page


def test_a_head_like_ours_goes_before_one_that_is_only_like_it(client: Client) -> None:
    heads = [
        "法定代表人",
        "名称（必填）",
        "负责人",
        "联系电话",
        "负责人手机号",
        "社会信用代码",
        "区县",
        "街道",
        "业态*",
        "风险\n等级",
    ]
    data = xlsx(
        heads,
        [["王五", "店", "李四", "0571-88888888", "13900000001", code(1), "东关区", "某街道", "小餐饮", "C"]],
    )
    batch = apply(client, send(client, "enterprises", data))
    made = Enterprise.objects.get()
    assert (made.responsible, made.responsible_phone, made.risk_level) == ("李四", "0571-88888888", "C")
    assert batch.passed_over == ["法定代表人", "负责人手机号", "街道"]


def test_a_head_of_two_lines_is_read_as_one(client: Client) -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["单位名称", "信用代码", "辖区", "业态", "许可证", ""])
    sheet.append(["", "", "", "", "许可证号", "有效期至"])
    sheet.append(["店", code(1), "东关区", "小餐饮", "JY12345678901234", "2029-03-01"])
    for cells in ("A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:F1"):
        sheet.merge_cells(cells)
    batch = apply(client, send(client, "enterprises", packed(book)))
    assert states(batch) == ["new"]
    made = Enterprise.objects.get()
    assert (made.licence, made.licence_expires_on) == ("JY12345678901234", date(2029, 3, 1))


READ = [
    ("统一社会信用代码", code(7).translate(WIDE), code(7)),
    ("统一社会信用代码", code(7).lower(), code(7)),
    ("统一社会信用代码", f"{code(7)[:8]} {code(7)[8:]}", code(7)),
    ("统一社会信用代码", "-".join([code(7)[:8], code(7)[8:17], code(7)[17:]]), code(7)),
    ("统一社会信用代码", f"'{code(7)}", code(7)),
    ("统一社会信用代码", f"{code(7)[:9]}\u200b{code(7)[9:]}", code(7)),
    ("许可证编号", "jy１２３４５６７８９０１２３４", "JY12345678901234"),
    ("许可证编号", "无", ""),
    ("负责人电话", "１３９００００００７７", "13900000077"),
    ("负责人电话", "13900000077.0", "13900000077"),
    ("负责人电话", "+86 139-0000-0077", "13900000077"),
    ("负责人电话", "'13900000077", "13900000077"),
    ("负责人电话", "-", ""),
    ("风险等级", "A级", "A"),
    ("风险等级", "ａ", "A"),
    ("企业名称", "示例　　饭店", "示例 饭店"),
    ("企业名称", "示例\u200b饭店", "示例饭店"),
    ("企业名称", "示例\u202e饭店", "示例饭店"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "said", "kept"), READ)
def test_what_is_understood_otherwise_than_it_is_written_is_said(
    client: Client, head: str, said: str, kept: str
) -> None:
    """Each time it comes, in the page and in the report: with row, column and what is kept."""
    for name, data in (
        ("a.csv", text(ENTERPRISES, [row(7, **{head: said}), row(8)])),
        ("a.xlsx", xlsx(ENTERPRISES, [row(7, **{head: said}), row(8)])),
    ):
        batch = send(client, "enterprises", data, name)
        assert notes(batch) == {2: [head]}, problems(batch)
        assert head in client.get(f"/staff/imports/{batch.pk}/?state=noted").content.decode()
        listed = downloaded(client.get(f"/staff/imports/{batch.pk}/?format=csv&cells=1"))
        assert [line[:1] + line[2:3] for line in listed[1:]] == [["2", head]]
        apply(client, batch)
    assert states(batch) == ["unchanged", "unchanged"]
    made = Enterprise.objects.get(credit_code=code(7))
    at = {"统一社会信用代码": "credit_code", "许可证编号": "licence", "负责人电话": "responsible_phone"}
    at |= {"风险等级": "risk_level", "企业名称": "name"}
    assert getattr(made, at[head]) == kept


DAYS = [
    "2029/3/1", "2029年3月1日", "2029年03月01日", "2029 年 3 月 1 日", "20290301", "2029-3-1 00:00:00", "2029-03-01T00:00:00", "2029.3.1",
    "2029 3 1", "47178", "47178.0", "20290301.0", "２０２９／３／１", "2029/3/1 0:00", "2029-03-01 00:00:00.000", "2029年3月1号", "2029年3月1日 星期四",
    "2024-03-02至2029-03-01", "自2024年3月2日至2029年3月1日", "2024/3/2 ~ 2029/3/1",
]  # fmt: skip


@pytest.mark.parametrize("said", DAYS)
def test_a_day_written_as_text_is_understood_and_said(client: Client, said: str) -> None:
    batch = send(client, "enterprises", xlsx(ENTERPRISES, [row(1, 许可证有效期=said)]))
    assert notes(batch) == {2: ["许可证有效期"]}, problems(batch)
    assert [head for head, words in batch.rows.get().notes if "2029-03-01" in words] == ["许可证有效期"]
    apply(client, batch)
    assert Enterprise.objects.get().licence_expires_on == date(2029, 3, 1)


NOT_DAYS = [
    "2029-02-30", "2029-13-01", "3/1/2029", "01/03/2029", "2029-3", "2029年", "二〇二九年三月一日", "长期", "不详", "明年三月", "29-3-1",
    "20291301", "2029-03-01至", "2029-03-01至2024-03-02", "0", "1.0", "#N/A", "########", "2029-03-01 2029-03-02",
]  # fmt: skip


@pytest.mark.parametrize("said", NOT_DAYS)
def test_what_is_no_day_or_may_be_two_is_named(client: Client, said: str) -> None:
    batch = send(client, "enterprises", text(ENTERPRISES, [row(1, 许可证有效期=said)]), "a.csv")
    assert [words.split("：")[0] for words in problems(batch)[2]] == ["许可证有效期"]


@pytest.mark.parametrize(
    "said",
    ["=1+1", "+1", "-1", "@x", "\t=1+1", "＝1+1", " =1", "\u200b=1+1", "#REF!", '="x"', "+cmd|'/c calc'!A1"],
)
@pytest.mark.parametrize("head", ["企业名称", "辖区", "统一社会信用代码", "许可证编号"])
def test_what_a_spreadsheet_would_calculate_is_named_in_every_column(
    client: Client, head: str, said: str
) -> None:
    batch = send(client, "enterprises", text(ENTERPRISES, [row(1, **{head: said})]), "a.csv")
    assert [words.split("：")[0] for words in problems(batch)[2]] == [head]


@pytest.mark.parametrize("said", ["\t示例饭店", "示例饭店\t", "\r示例饭店"])
def test_a_name_that_begins_with_what_cannot_be_seen_is_kept_without_it_and_said(
    client: Client, said: str
) -> None:
    batch = send(client, "enterprises", text(ENTERPRISES, [row(1, 企业名称=said)]), "a.csv")
    assert notes(batch) == {2: ["企业名称"]}
    apply(client, batch)
    assert Enterprise.objects.get().name == "示例饭店"


def test_rows_about_the_same_are_told_apart(client: Client, east: District) -> None:
    batch = send(client, "enterprises", xlsx(ENTERPRISES, [row(1), row(1), row(1, 企业名称="别的店")]))
    assert states(batch) == ["new", "wrong", "wrong"]
    (same,), (other,) = problems(batch).values()
    assert same != other


def test_a_licence_that_ends_before_it_was_issued_is_named(client: Client) -> None:
    heads = [*ENTERPRISES, "发证日期"]
    rows = [
        [*row(1), "2029-03-02"], [*row(2), "2024-03-02"], [*row(3), "早年"], [*row(4), ""], [*row(5), date(2030, 1, 1)],
    ]  # fmt: skip
    batch = send(client, "enterprises", xlsx(heads, rows))
    assert states(batch) == ["wrong", "new", "wrong", "new", "wrong"]
    assert [words[0].split("：")[0] for words in problems(batch).values()] == [
        "许可证有效期",
        "发证日期",
        "许可证有效期",
    ]


def test_the_list_of_cells_says_row_column_value_and_why(client: Client) -> None:
    rows = [
        row(1),
        row(2, 辖区="没有这个区", 许可证有效期="去年"),
        row(3, 风险等级="b"),
        row(4, 企业名称="=1+1"),
    ]
    batch = send(client, "enterprises", xlsx(ENTERPRISES, rows))
    for form in ("csv", "xlsx"):
        listed = downloaded(client.get(f"/staff/imports/{batch.pk}/?format={form}&cells=1"))[1:]
        assert [[str(line[0]), line[2], line[3]] for line in listed] == [
            ["3", "许可证有效期", "去年"],
            ["3", "辖区", "没有这个区"],
            ["4", "风险等级", "b"],
            ["5", "企业名称", "'=1+1"],
        ]
        assert all(line[-1] for line in listed)


def test_a_roster_of_another_make(client: Client, east: District) -> None:
    EnterpriseFactory(credit_code=code(1), district=east)
    heads = ["工作单位", "姓 名", "联系电话", "单位信用代码", "信用代码", "职务", "入职时间"]
    data = xlsx(
        heads,
        [
            ["店", "张　三", "１３９０００００００１", "", code(1).lower(), "厨师", "2025年3月1日"],
            ["店", "李四", 13900000002.0, "", code(1), "厨师", date(2025, 3, 1)],
            ["店", "王五", "1.39E+10", "", code(1), "厨师", "20250301"],
        ],
    )
    batch = send(client, "people", data)
    assert states(batch) == ["new", "new", "wrong"]
    assert set(notes(batch)[2]) == {"姓名", "手机号", "统一社会信用代码", "起始日期"}
    assert set(notes(batch)) == {2}
    apply(client, batch, only_good=True)
    assert Membership.objects.filter(user__name="张 三", user__phone="13900000001").exists()
    assert states(send(client, "people", data)) == ["unchanged", "unchanged", "wrong"]
