"""The register of enterprises comes in as a sheet: shown first, then done, and undone again."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from academy.organisations.imports import applying, beginning, checking, undoing
from academy.organisations.imports.working import work
from academy.organisations.models import District, Enterprise, ImportChange, ImportRow, RegisterImport
from tests.conftest import AtOnce
from tests.factories import (
    BusinessTypeFactory,
    CityFactory,
    CompletionFactory,
    DistrictFactory,
    EnterpriseFactory,
    MembershipFactory,
)
from tests.registers import (
    ENTERPRISES,
    apply,
    client_of,
    code,
    downloaded,
    official,
    problems,
    send,
    states,
    text,
    undo,
    xlsx,
)

pytestmark = pytest.mark.django_db
State = RegisterImport.State


@pytest.fixture
def east(db: Any) -> District:
    CityFactory()
    BusinessTypeFactory(name="小餐饮")
    BusinessTypeFactory()
    DistrictFactory(name="西川区")
    return DistrictFactory(name="东关区")


@pytest.fixture
def client(east: District) -> Client:
    return client_of(official(east))


def row(n: int, **said: Any) -> list[Any]:
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


def file(*rows: list[Any]) -> bytes:
    return xlsx(ENTERPRISES, rows)


def test_nothing_is_changed_before_it_was_shown(client: Client) -> None:
    batch = send(client, "enterprises", file(row(1), row(2)))
    assert states(batch) == ["new", "new"]
    assert not Enterprise.objects.exists()
    assert "示例饭店1" in client.get(f"/staff/imports/{batch.pk}/").content.decode()
    assert apply(client, batch).state == State.APPLIED
    made = Enterprise.objects.get(credit_code=code(1))
    assert (made.name, made.district.name, made.business_type.name) == ("示例饭店1", "东关区", "小餐饮")
    assert (made.risk_level, made.responsible_phone) == ("B", "13900000001")
    assert made.licence_expires_on == date(2029, 3, 1)


def test_the_same_file_changes_nothing_a_second_time(client: Client) -> None:
    data = file(row(1), row(2, 许可证编号="JY12345678901234"))
    apply(client, send(client, "enterprises", data))
    again = send(client, "enterprises", data)
    assert states(again) == ["unchanged", "unchanged"]
    assert f"{again.pk}/apply/" not in client.get(f"/staff/imports/{again.pk}/").content.decode()
    assert Enterprise.objects.count() == 2


def test_what_is_changed_is_said_with_before_and_after(client: Client, east: District) -> None:
    EnterpriseFactory(name="旧名", credit_code=code(1), district=east, address="东街1号")
    batch = send(client, "enterprises", file(row(1, 企业名称="新名", 业态="社会餐饮")))
    changes = batch.rows.get().changes
    assert changes["企业名称"] == ["旧名", "新名"]
    assert changes["许可证有效期"] == ["", "2029-03-01"]
    assert "业态" not in changes
    apply(client, batch)
    known = Enterprise.objects.get()
    assert (known.name, known.address) == ("新名", "东街1号")


BAD = {
    "统一社会信用代码": [
        code(7)[:-1] + ("0" if code(7)[-1] != "0" else "1"),
        code(7)[:17],
        "9.11101E+17",
        code(7)[:-1] + "O",
    ],
    "辖区": ["东关", "没有这个区", "西川区"],
    "业态": ["小餐馆"],
    "风险等级": ["E"],
    "负责人电话": ["1.38E+10", "1380013800", "电话待补"],
    "许可证有效期": ["2029-02-30", "明年", "29/3/1", "1029-03-01"],
    "企业名称": ['=HYPERLINK("http://x.example","点我")', "@SUM(A1)", "-2+3", "＝1+1", "店" * 101, ""],
    "许可证编号": ["JY123"],
}


@pytest.mark.parametrize(("head", "said"), [(head, one) for head, all_of in BAD.items() for one in all_of])
def test_a_bad_cell_is_named_with_its_row_and_column(client: Client, head: str, said: str) -> None:
    batch = send(client, "enterprises", text(ENTERPRISES, [row(1), row(7, **{head: said})]), "登记.csv")
    assert states(batch) == ["new", "wrong"]
    assert [words.split("：")[0] for words in problems(batch)[3]] == [head]


def test_a_district_with_a_slip_in_it_is_asked_back(client: Client) -> None:
    batch = send(client, "enterprises", file(row(1, 辖区="东管区")))
    assert "东关区" in problems(batch)[2][0]


def test_what_is_typed_full_width_is_understood(client: Client) -> None:
    wide = str.maketrans(
        "0123456789ABCDEFGHJKLMNPQRTUWXY-", "０１２３４５６７８９ＡＢＣＤＥＦＧＨＪＫＬＭＮＰＱＲＴＵＷＸＹ－"
    )
    said = {
        "统一社会信用代码": code(1).translate(wide),
        "负责人电话": "１３９ ００００ ０００１",
        "许可证有效期": "２０２９－０３－０１",
    }
    apply(client, send(client, "enterprises", file(row(1, **said))))
    made = Enterprise.objects.get()
    assert (made.credit_code, made.responsible_phone) == (code(1), "13900000001")
    assert made.licence_expires_on == date(2029, 3, 1)


@pytest.mark.parametrize(
    "said",
    [
        "2029-3-1",
        "2029/3/1",
        "2029.03.01",
        "2029年3月1日",
        "20290301",
        "2029-03-01 00:00:00",
        "47178",
        47178,
        date(2029, 3, 1),
    ],
)
def test_a_day_is_understood_in_every_form(client: Client, said: Any) -> None:
    batch = send(client, "enterprises", file(row(1, 许可证有效期=said)))
    assert problems(batch) == {}
    apply(client, batch)
    assert Enterprise.objects.get().licence_expires_on == date(2029, 3, 1)


def test_the_second_of_two_rows_about_one_enterprise_is_wrong(client: Client, east: District) -> None:
    EnterpriseFactory(credit_code=code(3), district=east)
    rows = [
        row(1),
        row(2, 统一社会信用代码=code(1)),
        row(3),
        row(3),
        row(4, 许可证编号="A1"),
        row(5, 许可证编号="a1"),
    ]
    batch = send(client, "enterprises", file(*rows))
    assert states(batch) == ["new", "wrong", "changed", "wrong", "new", "wrong"]
    assert "2" in problems(batch)[3][0]


def test_an_enterprise_is_known_by_its_licence_and_gets_its_code(client: Client, east: District) -> None:
    known = EnterpriseFactory(licence="JY12345678901234", district=east)
    other = EnterpriseFactory(licence="JY00000000000000", credit_code=code(9), district=east)
    rows = [row(1, 许可证编号="jy12345678901234"), row(2, 许可证编号=other.licence)]
    batch = send(client, "enterprises", file(*rows))
    assert states(batch) == ["changed", "wrong"]
    apply(client, batch, only_good=True)
    known.refresh_from_db()
    assert known.credit_code == code(1)


def test_a_column_that_is_missing_and_a_cell_that_is_empty_change_nothing(
    client: Client, east: District
) -> None:
    known = EnterpriseFactory(
        credit_code=code(1), district=east, address="东街1号", responsible="李四", closed_on=date(2026, 1, 1)
    )
    data = xlsx(["统一社会信用代码", "地址", "负责人", "停业日期"], [[code(1), "", "清空", "清空"]])
    apply(client, send(client, "enterprises", data))
    known.refresh_from_db()
    assert (known.address, known.responsible, known.closed_on) == ("东街1号", "", None)


def test_a_district_imports_for_itself_only(client: Client) -> None:
    west = District.objects.get(name="西川区")
    theirs = EnterpriseFactory(name="西川饭店", credit_code=code(2), licence="L-2", district=west)
    rows = [row(1), row(2), row(3, 辖区="西川区"), row(4, 统一社会信用代码="", 许可证编号="L-2")]
    batch = send(client, "enterprises", file(*rows))
    assert states(batch) == ["new", "wrong", "wrong", "wrong"]
    assert "西川饭店" not in str(problems(batch))
    by_number = send(client, "enterprises", xlsx(["编号", "企业名称"], [[theirs.pk, "x"], [10**9, "x"]]))
    first, second = problems(by_number).values()
    assert first == second
    apply(client, batch, only_good=True)
    theirs.refresh_from_db()
    assert theirs.name == "西川饭店"
    assert Enterprise.objects.count() == 2


def test_with_a_wrong_row_nothing_is_imported_unless_that_is_said(client: Client) -> None:
    batch = send(client, "enterprises", file(row(1), row(2, 风险等级="X")))
    answer = client.post(f"/staff/imports/{batch.pk}/apply/", {"only_good": ""})
    assert answer.status_code == 422
    assert not Enterprise.objects.exists()
    assert apply(client, batch, only_good=True).state == State.APPLIED
    assert Enterprise.objects.count() == 1
    apply(client, batch, only_good=True)
    assert Enterprise.objects.count() == 1


def test_four_hundred_bad_rows_among_many_are_named_and_the_rest_come_in(client: Client) -> None:
    kinds = [
        {"统一社会信用代码": "911101010000000000"},
        {"辖区": "东门镇"},
        {"许可证有效期": "不详"},
        {"统一社会信用代码": code(1)},
        {"企业名称": "=1+1"},
    ]
    rows = [row(n) for n in range(1, 2601)]
    bad = set(range(100, 2500, 6))
    for at, n in enumerate(sorted(bad)):
        rows[n] = row(n + 1, **kinds[at % len(kinds)])
    batch = send(client, "enterprises", text(ENTERPRISES, rows, "gb18030"), "登记.csv")
    assert len(bad) == 400
    assert set(problems(batch)) == {n + 2 for n in bad}
    apply(client, batch, only_good=True)
    assert Enterprise.objects.count() == 2200
    again = send(client, "enterprises", text(ENTERPRISES, rows, "gb18030"), "登记.csv")
    assert sorted(set(states(again))) == ["unchanged", "wrong"]
    report = downloaded(client.get(f"/staff/imports/{batch.pk}/?format=csv&state=wrong"))
    assert len(report) == 401
    assert all(line[-1] and line[-2] for line in report)
    assert {line[1] for line in report} & {"'=1+1"}


def test_a_report_put_right_can_be_sent_in(client: Client) -> None:
    batch = send(client, "enterprises", file(row(1, 风险等级="X")))
    report = downloaded(client.get(f"/staff/imports/{batch.pk}/?format=xlsx"))
    report[1][report[0].index("风险等级")] = "C"
    again = send(client, "enterprises", xlsx(report[0], report[1:]))
    assert states(again) == ["new"]
    assert again.passed_over == ["行号", "结果", "说明"]


def test_what_others_have_done_meanwhile_is_not_overwritten(client: Client, east: District) -> None:
    known = EnterpriseFactory(name="旧名", credit_code=code(1), district=east)
    whole = send(client, "enterprises", file(row(1), row(2)))
    good = send(client, "enterprises", file(row(1), row(2)))
    Enterprise.objects.filter(pk=known.pk).update(name="别人改的")
    assert apply(client, whole).state == State.FAILED
    assert Enterprise.objects.count() == 1
    assert whole.error
    assert apply(client, good, only_good=True).state == State.APPLIED
    assert states(good) == ["wrong", "new"]
    known.refresh_from_db()
    assert known.name == "别人改的"


def test_all_or_nothing_takes_back_the_rows_before(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "AT_A_TIME", 2)
    batch = send(client, "enterprises", file(*(row(n) for n in range(1, 6))))
    EnterpriseFactory(credit_code=code(5), name="比我快")
    assert apply(client, batch).state == State.FAILED
    assert [one.name for one in Enterprise.objects.all()] == ["比我快"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_one_file_sent_twice_at_once_comes_in_once(client: Client, at_once: AtOnce) -> None:
    data = file(*(row(n) for n in range(1, 8)))
    batches = [send(client, "enterprises", data), send(client, "enterprises", data)]

    def do() -> bool:
        return beginning.move(batches.pop(), (State.CHECKED,), State.APPLYING)

    assert at_once(do, 2) == [True, True]

    def seen() -> tuple[set[str], int, int]:
        found = set(RegisterImport.objects.values_list("state", flat=True))
        return found, Enterprise.objects.count(), ImportChange.objects.count()

    assert at_once(seen, 1) == [({State.APPLIED}, 7, 7)]


class Killed(BaseException):
    """As when the power goes."""


@pytest.mark.parametrize("step", [1, 2, 3])
def test_cut_off_in_the_middle_it_goes_on_where_it_was(
    client: Client, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(applying, "AT_A_TIME", 2)
    batch = send(client, "enterprises", file(*(row(n) for n in range(1, 8))))
    done = applying._do
    calls = []

    def dies(batch: RegisterImport, rows: Any) -> None:
        done(batch, rows)
        calls.append(1)
        if len(calls) == step:
            raise Killed

    monkeypatch.setattr(applying, "_do", dies)
    RegisterImport.objects.filter(pk=batch.pk).update(state=State.APPLYING, done=0)
    batch.refresh_from_db()
    with pytest.raises(Killed):
        work.func(batch.pk)
    assert Enterprise.objects.count() == 2 * (step - 1)
    monkeypatch.undo()
    client.post(f"/staff/imports/{batch.pk}/go-on/")
    batch.refresh_from_db()
    assert batch.state == State.APPLIED
    assert Enterprise.objects.count() == 7
    assert ImportChange.objects.filter(batch=batch).count() == 7


def test_stopped_in_the_middle_all_of_it_goes_back(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    EnterpriseFactory(name="旧名", credit_code=code(1), district=District.objects.get(name="东关区"))
    batch = send(client, "enterprises", file(*(row(n) for n in range(1, 8))))
    RegisterImport.objects.filter(pk=batch.pk).update(state=State.APPLYING, done=0)
    monkeypatch.setattr(applying, "AT_A_TIME", 3)
    batch.refresh_from_db()
    assert applying._step(batch)
    assert Enterprise.objects.count() == 3
    page = client.get(f"/staff/imports/{batch.pk}/").content.decode()
    assert f"{batch.pk}/stop/" in page
    client.post(f"/staff/imports/{batch.pk}/stop/")
    batch.refresh_from_db()
    assert batch.state == State.FAILED
    assert [one.name for one in Enterprise.objects.all()] == ["旧名"]
    client.post(f"/staff/imports/{batch.pk}/stop/")
    assert not beginning.stop(batch)


def test_undone_what_it_made_goes_and_what_it_changed_goes_back(client: Client, east: District) -> None:
    known = EnterpriseFactory(
        name="旧名", credit_code=code(1), district=east, licence_expires_on=date(2027, 1, 1)
    )
    batch = apply(client, send(client, "enterprises", file(row(1), row(2))))
    known.refresh_from_db()
    assert known.name == "示例饭店1"
    assert undo(client, batch).state == State.UNDONE
    known.refresh_from_db()
    assert (known.name, known.licence_expires_on) == ("旧名", date(2027, 1, 1))
    assert Enterprise.objects.count() == 1


def test_what_has_become_of_something_else_stays_and_is_said(client: Client, east: District) -> None:
    known = EnterpriseFactory(name="旧名", credit_code=code(1), district=east)
    batch = apply(client, send(client, "enterprises", file(*(row(n) for n in range(1, 6)))))
    Enterprise.objects.filter(pk=known.pk).update(name="别人改的")
    MembershipFactory(enterprise=Enterprise.objects.get(credit_code=code(2)))
    CompletionFactory(enterprise_key=Enterprise.objects.get(credit_code=code(3)).pk)
    Enterprise.objects.filter(credit_code=code(4)).update(address="东街4号", name="别人改的")
    client.post(f"/staff/imports/{batch.pk}/undo/")
    page = client.get(f"/staff/imports/{batch.pk}/").content.decode()
    assert Enterprise.objects.count() == 5
    assert page.count("<li>第") + page.count("<li>Row") >= 4
    undo(client, batch)
    left = set(Enterprise.objects.values_list("credit_code", flat=True))
    assert left == {code(1), code(2), code(3), code(4)}
    assert batch.journal.exclude(kept="").count() == 4


def test_undoing_that_was_cut_off_goes_on(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "AT_A_TIME", 2)
    batch = apply(client, send(client, "enterprises", file(*(row(n) for n in range(1, 6)))))
    back = undoing._go_through
    calls = []

    def dies(batch: RegisterImport, changes: Any) -> None:
        back(batch, changes)
        calls.append(1)
        if len(calls) == 2:
            raise Killed

    client.post(f"/staff/imports/{batch.pk}/undo/")
    monkeypatch.setattr(undoing, "_go_through", dies)
    RegisterImport.objects.filter(pk=batch.pk).update(state=State.UNDOING, done=0)
    with pytest.raises(Killed):
        work.func(batch.pk)
    assert Enterprise.objects.count() == 3
    monkeypatch.undo()
    client.post(f"/staff/imports/{batch.pk}/go-on/")
    assert not Enterprise.objects.exists()


def test_who_has_no_part_of_the_city_and_who_is_no_official_are_kept_out(
    worker_client: Client, east: District
) -> None:
    batch = send(client_of(official(east)), "enterprises", file(row(1)))
    addresses = [
        "",
        "new/enterprises/",
        "template/people/?format=csv",
        "export/people/?format=csv",
        f"{batch.pk}/",
    ]
    for nobody in (worker_client, client_of(official(None))):
        assert {nobody.get(f"/staff/imports/{one}").status_code for one in addresses} == {403}
        assert nobody.post(f"/staff/imports/{batch.pk}/apply/").status_code == 403
    other = client_of(official(District.objects.get(name="西川区")))
    for action in ("apply", "undo", "stop", "go-on"):
        assert other.post(f"/staff/imports/{batch.pk}/{action}/").status_code == 404
    assert other.get(f"/staff/imports/{batch.pk}/").status_code == 404
    assert other.get(f"/staff/imports/{batch.pk}/?format=csv").status_code == 404
    assert not Enterprise.objects.exists()


def test_who_has_lost_the_district_meanwhile_imports_nothing(east: District) -> None:
    user = official(east)
    batch = send(client_of(user), "enterprises", file(row(1)))
    user.jurisdiction.delete()
    RegisterImport.objects.filter(pk=batch.pk).update(state=State.APPLYING)
    work.func(batch.pk)
    batch.refresh_from_db()
    assert batch.state == State.FAILED
    assert not Enterprise.objects.exists()


@pytest.mark.parametrize(
    ("name", "data"),
    [("登记.xls", b"x"), ("登记.xlsx", b""), ("登记.pdf", b"x"), ("登记.csv", b"x" * 20_000_001)],
)
def test_what_cannot_be_such_a_file_is_refused_at_once(client: Client, name: str, data: bytes) -> None:
    answer = client.post("/staff/imports/new/enterprises/", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422
    assert not RegisterImport.objects.exists()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("登记.xlsx", b"PK broken"),
        ("登记.csv", "甲,乙\n1,2\n".encode()),
        ("登记.csv", ",".join(ENTERPRISES).encode()),
    ],
)
def test_what_cannot_be_read_says_why(client: Client, name: str, data: bytes) -> None:
    batch = send(client, "enterprises", data, name)
    assert batch.state == State.FAILED
    assert batch.error in client.get(f"/staff/imports/{batch.pk}/").content.decode()


def test_more_rows_than_may_be_are_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "ROWS", 3)
    batch = send(client, "enterprises", file(*(row(n) for n in range(1, 5))))
    assert (batch.state, batch.rows.count()) == (State.FAILED, 0)


def test_an_import_asks_the_database_by_the_batch(client: Client, django_assert_max_num_queries: Any) -> None:
    data = file(*(row(n) for n in range(1, 401)))
    with django_assert_max_num_queries(40):
        batch = send(client, "enterprises", data)
    with django_assert_max_num_queries(45):
        apply(client, batch)
    with django_assert_max_num_queries(20):
        client.get(f"/staff/imports/{batch.pk}/?state=new&page=3")
    assert Enterprise.objects.count() == 400


def test_what_nobody_imported_is_forgotten_and_what_was_done_is_not(client: Client) -> None:
    unused = send(client, "enterprises", file(row(1)))
    used = apply(client, send(client, "enterprises", file(row(2))))
    RegisterImport.objects.update(read_at=timezone.now() - timedelta(days=100))
    RegisterImport.objects.filter(pk=used.pk).update(applied_at=timezone.now() - timedelta(days=100))
    beginning.forget()
    assert not RegisterImport.objects.filter(pk=unused.pk).exists()
    assert not ImportRow.objects.exists()
    assert used.journal.count() == 1
    assert client.get(f"/staff/imports/{used.pk}/").status_code == 200
    undo(client, used)
    assert not Enterprise.objects.exists()
