"""What a spreadsheet hides, templates that help to fill it in, and exports that come back unchanged."""

import io
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from openpyxl import Workbook, load_workbook

from academy.core.cells import bare, neutral
from academy.organisations.models import District, Enterprise, Membership
from ingest.load import Unreadable
from ingest.sheets import Trouble, lines
from tests.factories import (
    BusinessTypeFactory,
    CityFactory,
    DistrictFactory,
    EnterpriseFactory,
    MembershipFactory,
    PostFactory,
    StaffFactory,
    UserFactory,
)
from tests.registers import (
    client_of,
    code,
    content,
    downloaded,
    official,
    packed,
    problems,
    send,
    states,
    xlsx,
)


def read(data: bytes, name: str = "a.xlsx") -> list[Any]:
    return list(lines(name, data, 100))


def test_a_cell_says_when_it_cannot_be_relied_upon() -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["甲", "乙", "丙", "丁"])
    sheet.append(["=1+1", 911101010000000123, date(2026, 3, 1), 13900000001])
    sheet.append(["并", "", "", ""])
    sheet.append(["", "x", "", ""])
    sheet.append([])
    sheet.append(["末", None, True, 1.5])
    sheet.merge_cells("A3:B4")
    sheet.row_dimensions[6].hidden = True
    found = read(packed(book))
    assert [line.number for line in found] == [1, 2, 3, 6]
    assert found[1].texts[2:] == ["2026-03-01", "13900000001"]
    assert found[1].troubles == {0: Trouble.FORMULA, 1: Trouble.DIGITS}
    assert found[2].troubles == {1: Trouble.MERGED}
    assert found[3].texts[2:] == ["是", "1.5"]
    assert [line.is_hidden for line in found] == [False, False, False, True]


def test_the_first_sheet_that_is_shown_is_read() -> None:
    book = Workbook()
    hidden: Any = book.active
    hidden.append(["藏"])
    hidden.sheet_state = "hidden"
    book.create_sheet("名单").append(["见"])
    assert read(packed(book))[0].texts == ["见"]


def test_too_many_lines_and_columns_are_refused() -> None:
    with pytest.raises(Unreadable):
        read(xlsx(["甲"], [["x"]] * 101))
    with pytest.raises(Unreadable):
        read(xlsx(["甲"] * 201, []))


@given(st.text(max_size=20))
def test_what_was_neutralised_is_read_as_it_was(text: str) -> None:
    said = "".join(char for char in text if char.isprintable())
    assert bare(str(neutral(said))) == said


@pytest.mark.django_db
class TestFiles:
    @pytest.fixture
    def east(self) -> District:
        BusinessTypeFactory()
        PostFactory()
        CityFactory()
        DistrictFactory(name="西川区")
        return DistrictFactory(name="东关区")

    def test_a_template_has_lists_notes_and_columns_that_stay_text(self, east: District) -> None:
        DistrictFactory(name="东门街道", parent=east)
        client = client_of(official(east))
        answer = client.get("/staff/imports/template/enterprises/?format=xlsx")
        book = load_workbook(io.BytesIO(content(answer)))
        sheet = book.worksheets[0]
        heads = {cell.value: cell for cell in sheet[1]}
        letter = heads["统一社会信用代码"].column_letter
        assert sheet.column_dimensions[letter].number_format == "@"
        assert "18" in heads["统一社会信用代码"].comment.text
        rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
        assert set(rules) == {
            f"{heads[head].column_letter}2:{heads[head].column_letter}50001"
            for head in ("辖区", "业态", "风险等级")
        }
        assert book.worksheets[1].sheet_state == "hidden"
        assert [row[0].value for row in book.worksheets[1].iter_rows()][:2] == ["东关区", "东关区/东门街道"]
        plain = downloaded(client.get("/staff/imports/template/people/?format=csv"))
        assert plain[0][:2] == ["编号", "统一社会信用代码"]
        assert client.get("/staff/imports/template/people/?format=pdf").status_code == 404
        assert client.get("/staff/imports/template/others/?format=csv").status_code == 404

    def test_an_export_has_what_is_in_the_scope_and_neither_formulas_nor_spoilt_numbers(
        self, east: District
    ) -> None:
        EnterpriseFactory(
            name="=1+1", district=east, responsible_phone="+86 13900000001", credit_code=code(1)
        )
        EnterpriseFactory(name="西川饭店", district=District.objects.get(name="西川区"))
        client = client_of(official(east))
        for form in ("csv", "xlsx"):
            table = downloaded(client.get(f"/staff/imports/export/enterprises/?format={form}"))
            assert [row[1] for row in table[1:]] == ["'=1+1"]
            assert table[1][table[0].index("负责人电话")] == "+86 13900000001"

    def test_titles_merged_cells_and_hidden_rows(self, east: District) -> None:
        book = Workbook()
        sheet: Any = book.active
        sheet.append(["东关区食品经营单位登记表"])
        sheet.append([])
        sheet.append(["企业名称*", "统一社会信用代码（18位）", "所属辖区", "业 态", "备注"])
        for n in range(1, 4):
            sheet.append([f"店{n}", code(n), "东关区" if n == 1 else None, "社会餐饮", "x"])
        sheet.merge_cells("A1:E1")
        sheet.merge_cells("C4:C5")
        sheet.row_dimensions[6].hidden = True
        sheet.column_dimensions["D"].hidden = True
        client = client_of(official(east))
        batch = send(client, "enterprises", packed(book))
        assert states(batch) == ["new", "wrong", "wrong"]
        assert [words[0].split("：")[0] for words in problems(batch).values()] == ["辖区", "辖区"]
        assert (batch.hidden, batch.passed_over) == (1, ["备注"])
        page = client.get(f"/staff/imports/{batch.pk}/").content.decode()
        assert "备注" in page
        assert batch.hidden_columns == ["业态"]

    def test_a_busy_import_is_asked_for_again_and_can_be_looked_at_without_scripts(
        self, east: District
    ) -> None:
        client = client_of(official(east))
        batch = send(client, "enterprises", xlsx(["企业名称", "统一社会信用代码"], [["店", code(1)]]))
        type(batch).objects.filter(pk=batch.pk).update(state="applying", total=10, done=5, stopped="断了")
        page = client.get(f"/staff/imports/{batch.pk}/").content.decode()
        assert 'hx-trigger="every 2s"' in page
        assert f'href="/staff/imports/{batch.pk}/"' in page
        assert "断了" in page
        listing = client.get("/staff/imports/").content.decode()
        assert batch.name in listing
        assert len(downloaded(client.get("/staff/imports/?format=csv"))) == 2


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=30).filter(
    lambda text: "\0" not in text and text.strip()
)
MAYBE = st.one_of(st.just(""), WORDS)
DAYS = st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
SIGNS = st.sampled_from(["", "=", "+86 13900000001", "@x", "清空", "'=a", "-", "1.38E+10", "ＡＢＣ"])


class RoundTrips(TestCase):
    """Whatever the register holds, its export comes back and changes nothing."""

    def setUp(self) -> None:
        self.street = DistrictFactory(name="东门街道", parent=DistrictFactory(name="东关区"))
        self.client = client_of(StaffFactory())

    @settings(max_examples=12, deadline=None)
    @given(
        form=st.sampled_from(["csv", "xlsx"]),
        rows=st.lists(
            st.fixed_dictionaries(
                {
                    "name": st.one_of(WORDS, SIGNS.filter(bool)),
                    "credit_code": st.sampled_from(["", "1", "2"]),
                    "licence": st.one_of(MAYBE, SIGNS),
                    "licence_expires_on": DAYS,
                    "address": st.one_of(MAYBE, SIGNS),
                    "responsible": st.one_of(MAYBE, SIGNS),
                    "responsible_phone": st.one_of(st.just("+86 13900000001"), SIGNS),
                    "risk_level": st.sampled_from(["", "A", "D"]),
                    "closed_on": DAYS,
                }
            ),
            min_size=1,
            max_size=3,
        ),
    )
    def test_enterprises(self, form: str, rows: list[dict[str, Any]]) -> None:
        taken: set[str] = set()
        for fields in rows:
            number = fields.pop("credit_code")
            kept = "" if number in taken else number
            taken.add(kept)
            EnterpriseFactory(**fields, credit_code=code(int(kept)) if kept else "", district=self.street)
        before = list(Enterprise.objects.order_by("pk").values())
        data = content(self.client.get(f"/staff/imports/export/enterprises/?format={form}"))
        batch = send(self.client, "enterprises", data, f"a.{form}")
        assert set(states(batch)) == {"unchanged"}, problems(batch) or list(batch.rows.values_list("changes"))
        assert list(Enterprise.objects.order_by("pk").values()) == before
        assert not batch.rows.noted()

    @settings(max_examples=8, deadline=None)
    @given(
        form=st.sampled_from(["csv", "xlsx"]),
        names=st.lists(st.one_of(MAYBE, SIGNS), min_size=1, max_size=3),
        days=st.lists(st.dates(date(1990, 1, 1), date(2026, 1, 1)), min_size=3, max_size=3),
    )
    def test_people(self, form: str, names: list[str], days: list[date]) -> None:
        place = EnterpriseFactory(district=self.street)
        for name, day in zip(names, days, strict=False):
            joined = timezone.make_aware(datetime.combine(day, datetime.min.time()))
            MembershipFactory(user=UserFactory(name=name), enterprise=place, joined_at=joined)
        before = list(Membership.objects.order_by("pk").values())
        data = content(self.client.get(f"/staff/imports/export/people/?format={form}"))
        batch = send(self.client, "people", data, f"a.{form}")
        assert set(states(batch)) == {"unchanged"}, problems(batch) or list(batch.rows.values_list("changes"))
        assert list(Membership.objects.order_by("pk").values()) == before
