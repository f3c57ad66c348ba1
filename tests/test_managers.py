"""All that whoever keeps a staff list has: one row of tabs, files, assignments, events, letters; and nothing of others."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pdfplumber
import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from academy.accounts.models import User
from academy.courses.assignments.daily import do_the_day
from academy.courses.assignments.reminding import remind_late
from academy.courses.models import Assignee, Assignment, AssignmentReminder
from academy.events.models import Event, Invited
from academy.events.signing import How, Said, sign_in
from academy.organisations import inviting
from academy.organisations.managing import appoint
from academy.organisations.models import (
    Enterprise,
    Invitation,
    JoinRequest,
    Membership,
    RegisterImport,
)
from academy.organisations.requests import come, withdraw
from academy.records.attending import attend
from academy.records.merging import merge_people
from tests.conftest import Commit
from tests.factories import (
    CompletionFactory,
    DistrictFactory,
    EnterpriseFactory,
    EventFactory,
    MembershipFactory,
    PostFactory,
    StaffFactory,
    UserFactory,
    make_assignment,
    make_official,
)
from tests.registers import PEOPLE, client_of, downloaded, xlsx
from tests.test_staff_lists import certified

pytestmark = pytest.mark.django_db
TABS = ("", "requests/", "invitations/", "assignments/", "events/", "numbers/", "import/", "former/")


@pytest.fixture(autouse=True)
def daytime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("academy.courses.assignments.staff_views.is_daytime", lambda: True)
    monkeypatch.setattr("academy.courses.assignments.reminding.is_daytime", lambda: True)


@pytest.fixture
def kitchen() -> Enterprise:
    return EnterpriseFactory(name="老街面馆")


@pytest.fixture
def manager(kitchen: Enterprise) -> User:
    return appoint(UserFactory(name="孙店长", email="sun@example.com"), kitchen, StaffFactory()).user


@pytest.fixture
def keeper(manager: User) -> Client:
    return client_of(manager)


@pytest.fixture
def cook(kitchen: Enterprise) -> Membership:
    since = timezone.now() - timedelta(days=100)
    return MembershipFactory(enterprise=kitchen, user__name="陈桂香", joined_at=since)


@pytest.fixture
def other() -> Client:
    """Who keeps the list of another enterprise in the same street."""
    return client_of(appoint(UserFactory(), EnterpriseFactory(name="隔壁饭店"), StaffFactory()).user)


def soup(client: Client, url: str, **query: Any) -> BeautifulSoup:
    answer = client.get(url, query)
    assert answer.status_code == 200, url
    return BeautifulSoup(answer.content.decode(), "html.parser")


def late_assignment(commit: Commit, *people: Membership) -> Assignment:
    """Their last day was yesterday."""
    with commit():
        made = make_assignment(StaffFactory(), listed=[one.user_id for one in people])
    Assignee.objects.filter(assignment=made).update(
        due_on=timezone.localdate() - timedelta(days=1),
        assigned_at=timezone.now() - timedelta(days=30),
    )
    return made


def gathering(kitchen: Enterprise, cook: Membership) -> Event:
    event: Event = EventFactory(title="秋季约谈", district=kitchen.district, state=Event.State.RUNNING)
    place = cook.snapshot()
    Invited.objects.create(event=event, user=cook.user, person_name=cook.user.name, **place)
    return event


def sheet(*rows: list[Any]) -> SimpleUploadedFile:
    return SimpleUploadedFile("名单.xlsx", xlsx(PEOPLE, rows))


def brought(client: Client, enterprise: Enterprise, *rows: list[Any]) -> RegisterImport:
    answer = client.post(f"/enterprises/{enterprise.pk}/import/new/people/", {"file": sheet(*rows)})
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"].startswith(f"/enterprises/{enterprise.pk}/import/")
    return RegisterImport.objects.get(pk=answer["Location"].rstrip("/").split("/")[-1])


def applied(client: Client, batch: RegisterImport) -> RegisterImport:
    client.post(f"/enterprises/{batch.enterprise_id}/import/{batch.pk}/apply/", {"only_good": "1"})
    batch.refresh_from_db()
    return batch


# One row of tabs


def test_every_page_of_an_enterprise_leads_to_every_other(
    keeper: Client, kitchen: Enterprise, cook: Membership, commit: Commit
) -> None:
    late_assignment(commit, cook)
    gathering(kitchen, cook)
    at = f"/enterprises/{kitchen.pk}/"
    below = [
        f"assignments/{Assignment.objects.get().pk}/",
        f"events/{Event.objects.get().pk}/",
        "import/new/people/",
        "records/",
        f"people/{cook.pk}/",
    ]
    for page in (*TABS, *below):
        tabs = soup(keeper, at + page).select("nav.keepnav a")
        assert [tab["href"] for tab in tabs] == [at + tab for tab in TABS], page
        assert len([tab for tab in tabs if tab.get("aria-current")]) == 1, page


def test_whoever_supervises_and_keeps_no_lists_is_offered_what_they_may_open(kitchen: Enterprise) -> None:
    onlooker = make_official(kitchen.district)
    onlooker.groups.clear()
    onlooker.user_permissions.add(_permission("view_training"))
    tabs = soup(client_of(onlooker), f"/enterprises/{kitchen.pk}/events/").select("nav.keepnav a")
    assert [tab["href"].split("/")[-2] for tab in tabs] == ["assignments", "events", "numbers"]


def _permission(codename: str) -> Permission:
    return Permission.objects.get(codename=codename)


def test_to_another_manager_none_of_it_is_there(
    other: Client, keeper: Client, kitchen: Enterprise, cook: Membership, commit: Commit
) -> None:
    made, event = late_assignment(commit, cook), gathering(kitchen, cook)
    batch = applied(keeper, brought(keeper, kitchen, ["", "13900000001", "新来的", "厨师", "", ""]))
    at = f"/enterprises/{kitchen.pk}/"
    pages = [
        f"assignments/{made.pk}/", f"events/{event.pk}/", "import/new/people/", "import/template/people/?format=xlsx",
        f"import/{batch.pk}/", f"import/{batch.pk}/?format=csv", "events/?format=csv", f"events/{event.pk}/?format=csv",
    ]  # fmt: skip
    for page in (*TABS, *pages):
        assert other.get(at + page).status_code == 404, page
    acts = [
        f"assignments/{made.pk}/remind/", f"import/{batch.pk}/apply/", f"import/{batch.pk}/undo/",
        f"import/{batch.pk}/go-on/", "import/new/people/", "invitations/send/",
    ]  # fmt: skip
    before = (RegisterImport.objects.count(), AssignmentReminder.objects.count())
    for act in acts:
        assert other.post(at + act, {"sure": "1", "file": sheet()}).status_code == 404, act
    batch.refresh_from_db()
    assert batch.state == RegisterImport.State.APPLIED
    assert (RegisterImport.objects.count(), AssignmentReminder.objects.count()) == before


def test_nothing_of_another_enterprise_is_reached_through_the_own(
    other: Client, keeper: Client, kitchen: Enterprise, cook: Membership, commit: Commit
) -> None:
    made, event = late_assignment(commit, cook), gathering(kitchen, cook)
    batch = applied(keeper, brought(keeper, kitchen, ["", "13900000001", "新来的", "厨师", "", ""]))
    at = f"/enterprises/{Enterprise.objects.get(name='隔壁饭店').pk}/"
    for page in (f"assignments/{made.pk}/", f"events/{event.pk}/", f"import/{batch.pk}/"):
        assert other.get(at + page).status_code == 404, page
    for act in (f"assignments/{made.pk}/remind/", f"import/{batch.pk}/undo/"):
        assert other.post(at + act).status_code == 404, act


# Files


def test_a_manager_brings_in_a_roster_sees_it_and_takes_it_back(
    keeper: Client, kitchen: Enterprise, cook: Membership
) -> None:
    PostFactory(name="切配")
    rows = [["", cook.user.phone, "", "切配", "", ""], ["", "13900000001", "新来的", "厨师", "", ""]]
    batch = brought(keeper, kitchen, *rows)
    page = f"/enterprises/{kitchen.pk}/import/{batch.pk}/"
    assert "新来的" in soup(keeper, page).get_text()
    batch = applied(keeper, batch)
    assert batch.state == RegisterImport.State.APPLIED
    assert Membership.objects.current().get(user=cook.user).post.name == "切配"
    assert Invitation.objects.open().get().phone == "13900000001"
    assert len(downloaded(keeper.get(page, {"format": "xlsx"}))) == 3
    keeper.post(f"{page}undo/")
    keeper.post(f"{page}undo/", {"sure": "1"})
    assert Membership.objects.current().get(user=cook.user).post == cook.post
    assert not Invitation.objects.exists()


def test_the_second_time_it_changes_nothing(keeper: Client, kitchen: Enterprise, cook: Membership) -> None:
    rows = [["", "13900000001", "新来的", "厨师", "", ""], ["", cook.user.phone, "", "厨师", "", ""]]
    PostFactory()
    applied(keeper, brought(keeper, kitchen, *rows))
    again = brought(keeper, kitchen, *rows)
    assert set(again.rows.values_list("state", flat=True)) == {"unchanged"}
    assert Invitation.objects.count() == 1


def test_whether_a_number_has_an_account_and_whose_is_not_told(keeper: Client, kitchen: Enterprise) -> None:
    """The answer is the same for a number that nobody has, that somebody has, under this name or another."""
    PostFactory()
    UserFactory(phone="13900000001", name="别家的")
    MembershipFactory(user=UserFactory(phone="13900000002", name="新来的"))
    rows = [["", f"1390000000{n}", "新来的", "厨师", "", ""] for n in (1, 2, 3)]
    batch = brought(keeper, kitchen, *rows)
    shown = [(row.state, row.changes, row.problems) for row in batch.rows.all()]
    assert shown == [("new", {}, [])] * 3
    nameless = brought(keeper, kitchen, *[[*row[:2], "", *row[3:]] for row in rows])
    assert {str(row.problems) for row in nameless.rows.all()} == {str(nameless.rows.first().problems)}
    assert "别家的" not in soup(keeper, f"/enterprises/{kitchen.pk}/import/{nameless.pk}/").get_text()
    before = Membership.objects.count()
    applied(keeper, batch)
    assert (Membership.objects.count(), Invitation.objects.count()) == (before, 3)


def test_who_was_invited_by_a_sheet_is_on_the_list_once_they_confirm(
    keeper: Client, kitchen: Enterprise
) -> None:
    PostFactory()
    user = UserFactory(phone="13900000001", name="新来的")
    applied(keeper, batch := brought(keeper, kitchen, ["", user.phone, "新来的", "厨师", "", ""]))
    invitation = Invitation.objects.get()
    keeper.post(f"/enterprises/{kitchen.pk}/invitations/send/")
    invitation.refresh_from_db()
    assert invitation.sent_at
    inviting.take_up(invitation, user, PostFactory())
    assert Membership.objects.current().get(user=user).enterprise == kitchen
    at = f"/enterprises/{kitchen.pk}/import/{batch.pk}/undo/"
    keeper.post(at)
    keeper.post(at, {"sure": "1"})
    assert Membership.objects.current().filter(user=user).exists()
    assert "answered" in batch.journal.get().kept or "回" in batch.journal.get().kept


def test_there_is_no_file_with_everybodys_numbers(keeper: Client, kitchen: Enterprise) -> None:
    assert keeper.get(f"/enterprises/{kitchen.pk}/import/export/people/?format=csv").status_code == 404
    assert keeper.get(f"/enterprises/{kitchen.pk}/import/new/enterprises/").status_code == 404


# Undoing what somebody else has imported


def _by_an_official(official: User, *rows: list[Any]) -> RegisterImport:
    client = client_of(official)
    answer = client.post("/staff/imports/new/people/", {"file": sheet(*rows)})
    batch = RegisterImport.objects.get(pk=answer["Location"].rstrip("/").split("/")[-1])
    client.post(f"/staff/imports/{batch.pk}/apply/", {"only_good": "1"})
    return RegisterImport.objects.get(pk=batch.pk)


@pytest.fixture
def street() -> Any:
    return DistrictFactory(name="东门街道", parent=DistrictFactory(name="东关区"))


def test_whoever_supervises_all_of_it_undoes_it_and_is_named(street: Any) -> None:
    PostFactory()
    kitchen = EnterpriseFactory(district=street, credit_code="91110101MA00000014")
    batch = _by_an_official(
        make_official(street), [kitchen.credit_code, "13900000001", "新来的", "厨师", "", ""]
    )
    assert Membership.objects.current().filter(enterprise=kitchen).exists(), batch.rows.first().problems
    county = make_official(street.parent)
    client = client_of(county)
    at = f"/staff/imports/{batch.pk}/"
    assert at in [link["href"] for link in soup(client, "/staff/imports/").select("a.row")]
    assert client.post(f"{at}apply/").status_code == 404
    client.post(f"{at}undo/")
    client.post(f"{at}undo/", {"sure": "1"})
    batch.refresh_from_db()
    assert (batch.state, batch.undone_by) == (RegisterImport.State.UNDONE, county)
    assert not Membership.objects.filter(enterprise=kitchen).exists()
    importer = client_of(batch.user)
    assert str(county) in soup(importer, at).get_text()
    assert str(county) in str(downloaded(importer.get("/staff/imports/", {"format": "csv"})))
    assert client.get(at).status_code == 200


def test_of_what_it_touched_one_row_elsewhere_is_enough_to_hide_it(street: Any) -> None:
    PostFactory()
    near = EnterpriseFactory(district=street, credit_code="91110101MA00000014")
    far = EnterpriseFactory(district=DistrictFactory(name="西渚县"), licence="JY1")
    rows = [
        [near.credit_code, "13900000001", "近处的", "厨师", "", ""],
        [far.credit_code, "13900000002", "远处的", "厨师", "", ""],
    ]
    head = ["许可证编号", *PEOPLE[1:]]
    city = make_official(street.parent.parent)
    data = xlsx(head, [[near.licence or "JY0", *rows[0][1:]], ["JY1", *rows[1][1:]]])
    Enterprise.objects.filter(pk=near.pk).update(licence="JY0")
    answer = client_of(city).post("/staff/imports/new/people/", {"file": SimpleUploadedFile("x.xlsx", data)})
    at = answer["Location"]
    client_of(city).post(f"{at}apply/")
    assert Membership.objects.current().count() == 2
    county = client_of(make_official(street.parent))
    assert county.get(at).status_code == 404
    assert county.get(f"{at}?format=csv").status_code == 404
    assert county.post(f"{at}undo/").status_code == 404
    assert at not in county.get("/staff/imports/").content.decode()
    assert client_of(make_official(street.parent.parent)).get(at).status_code == 200


def test_a_file_that_changed_nothing_yet_is_its_owners(street: Any) -> None:
    PostFactory()
    owner = client_of(make_official(street))
    answer = owner.post(
        "/staff/imports/new/people/", {"file": sheet(["", "13900000001", "谁", "厨师", "", ""])}
    )
    assert client_of(make_official(street.parent)).get(answer["Location"]).status_code == 404


def test_another_ones_file_shows_only_what_it_did(street: Any) -> None:
    """What it says of people elsewhere, and did not do, is for whoever brought it in."""
    PostFactory()
    kitchen = EnterpriseFactory(district=street, credit_code="91110101MA00000014")
    batch = _by_an_official(
        make_official(street),
        [kitchen.credit_code, "13900000001", "新来的", "厨师", "", ""],
        ["91110101MA99999999", "13900000002", "别处的", "厨师", "", ""],
    )
    county = client_of(make_official(street.parent))
    page = soup(county, f"/staff/imports/{batch.pk}/").get_text()
    assert "新来的" in page
    assert "别处的" not in page
    assert "别处的" not in str(downloaded(county.get(f"/staff/imports/{batch.pk}/", {"format": "csv"})))


def test_the_district_undoes_what_a_manager_brought_in(
    keeper: Client, kitchen: Enterprise, cook: Membership
) -> None:
    PostFactory()
    batch = applied(keeper, brought(keeper, kitchen, ["", "13900000001", "新来的", "厨师", "", ""]))
    officer = client_of(make_official(kitchen.district))
    officer.post(f"/staff/imports/{batch.pk}/undo/")
    officer.post(f"/staff/imports/{batch.pk}/undo/", {"sure": "1"})
    assert not Invitation.objects.exists()
    elsewhere = client_of(make_official(DistrictFactory(name="西渚县")))
    assert elsewhere.get(f"/staff/imports/{batch.pk}/").status_code == 404


# Assignments


def test_what_is_assigned_is_still_to_be_learned(
    keeper: Client, kitchen: Enterprise, cook: Membership, commit: Commit
) -> None:
    late_assignment(commit, cook)
    assert "烧熟煮透" in soup(keeper, f"/enterprises/{kitchen.pk}/").select_one("#results").get_text()
    assert "烧熟煮透" in str(downloaded(keeper.get(f"/enterprises/{kitchen.pk}/", {"format": "csv"})))
    assert "烧熟煮透" in soup(keeper, f"/enterprises/{kitchen.pk}/people/{cook.pk}/").get_text()


def test_what_is_assigned_elsewhere_is_not_told(
    keeper: Client, kitchen: Enterprise, cook: Membership, commit: Commit
) -> None:
    second = MembershipFactory(user=cook.user, joined_at=timezone.now())
    late_assignment(commit, second)
    assert Assignee.objects.get().enterprise_key == second.enterprise_id
    assert "烧熟煮透" not in soup(keeper, f"/enterprises/{kitchen.pk}/").get_text()


def test_a_manager_has_the_late_of_their_own_enterprise_reminded_once_a_day(
    keeper: Client, kitchen: Enterprise, cook: Membership, commit: Commit
) -> None:
    elsewhere = MembershipFactory()
    made = late_assignment(commit, cook, elsewhere)
    page = f"/enterprises/{kitchen.pk}/assignments/{made.pk}/"
    assert soup(keeper, page).select_one("form[action$='remind/']")
    for _time in range(2):
        assert keeper.post(f"{page}remind/").status_code == 302
    assert AssignmentReminder.objects.get().assignee.user == cook.user
    assert not soup(keeper, page).select_one("form[action$='remind/']")


def test_who_keeps_two_lists_reminds_one_at_a_time(
    manager: User, keeper: Client, kitchen: Enterprise, cook: Membership, commit: Commit
) -> None:
    second = MembershipFactory()
    appoint(manager, second.enterprise, StaffFactory())
    made = late_assignment(commit, cook, second)
    keeper.post(f"/enterprises/{second.enterprise_id}/assignments/{made.pk}/remind/")
    assert AssignmentReminder.objects.get().assignee.user == second.user


def test_who_no_longer_keeps_the_list_when_it_is_done_reminds_nobody(
    kitchen: Enterprise, cook: Membership, commit: Commit
) -> None:
    made = late_assignment(commit, cook)
    remind_late.call(made.pk, UserFactory().pk, kitchen.pk)
    assert not AssignmentReminder.objects.exists()


# Events


def test_the_events_of_an_enterprise_are_those_of_its_people(
    keeper: Client, kitchen: Enterprise, cook: Membership
) -> None:
    event, at = gathering(kitchen, cook), f"/enterprises/{kitchen.pk}/events/"
    stranger = MembershipFactory(user__name="外人")
    for user in (cook.user, stranger.user):
        sign_in(event, user, Said(How.LIST, by=event.organiser), timezone.now())
    assert "秋季约谈" in soup(keeper, at).get_text()
    mine = soup(keeper, f"{at}{event.pk}/").get_text()
    assert cook.user.name in mine
    assert "外人" not in mine
    assert "外人" not in str(downloaded(keeper.get(f"{at}{event.pk}/", {"format": "csv"})))


def test_events_of_others_are_not_there(keeper: Client, kitchen: Enterprise) -> None:
    place = MembershipFactory()
    event = gathering(place.enterprise, place)
    assert keeper.get(f"/enterprises/{kitchen.pk}/events/{event.pk}/").status_code == 404
    assert "秋季约谈" not in soup(keeper, f"/enterprises/{kitchen.pk}/events/").get_text()


def test_the_events_cost_the_same_for_many(
    keeper: Client, kitchen: Enterprise, cook: Membership, django_assert_max_num_queries: Any
) -> None:
    for _n in range(12):
        gathering(kitchen, cook)
    with django_assert_max_num_queries(15):
        keeper.get(f"/enterprises/{kitchen.pk}/events/")
    with django_assert_max_num_queries(15):
        keeper.get(f"/enterprises/{kitchen.pk}/")


# Somebody asks


def test_whoever_keeps_the_list_is_told_that_somebody_asks(
    keeper: Client, kitchen: Enterprise, commit: Commit
) -> None:
    person = UserFactory(name="何小满")
    for _time in range(2):
        with commit():
            asked = come(person, kitchen, PostFactory())
    assert [one.to for one in mail.outbox] == [["sun@example.com"]]
    assert f"/enterprises/{kitchen.pk}/requests/" in mail.outbox[0].body
    assert "何小满" in mail.outbox[0].body
    assert f"/enterprises/{kitchen.pk}/requests/" in [a["href"] for a in soup(keeper, "/me/").select("a")]
    assert isinstance(asked, JoinRequest)
    withdraw(asked)
    with commit():
        come(person, kitchen, PostFactory())
    assert len(mail.outbox) == 1


def test_of_several_lists_each_says_how_many_wait(manager: User, keeper: Client, kitchen: Enterprise) -> None:
    appoint(manager, EnterpriseFactory(), StaffFactory())
    for _n in range(2):
        come(UserFactory(), kitchen, PostFactory())
    waits = soup(keeper, "/enterprises/").select(".waits")
    assert [("2" in one.get_text()) for one in waits] == [True]


def test_whose_mail_server_is_gone_asks_all_the_same(
    kitchen: Enterprise, manager: User, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*args: Any) -> None:
        raise OSError

    monkeypatch.setattr("academy.organisations.telling.send_mail", gone)
    with commit():
        come(UserFactory(), kitchen, PostFactory())
    assert JoinRequest.objects.undecided().count() == 1


# No score


def test_a_manager_reads_passed_and_no_score_wherever_a_certificate_is(
    keeper: Client, kitchen: Enterprise, cook: Membership
) -> None:
    number = certified(cook.user).number
    pages = {name: client_of(user) for name, user in _readers(kitchen, cook).items()}
    for name, client in {**pages, "manager": keeper}.items():
        paper = client.get(f"/certificates/{number}/").content.decode()
        pdf = _text(client.get(f"/certificates/{number}/certificate.pdf").content)
        assert ("考试87分" in paper) is (name != "manager"), name
        assert ("87分" in pdf) is (name != "manager"), name
        assert "合格" in pdf
    records = f"/enterprises/{kitchen.pk}/records/"
    assert "87" not in soup(keeper, records).select_one("table").get_text().replace("**", "")
    for row in downloaded(keeper.get(records, {"format": "csv"})):
        assert "87" not in row
    assert "87" in str(downloaded(pages["official"].get(records, {"format": "csv"})))


def _readers(kitchen: Enterprise, cook: Membership) -> dict[str, User]:
    return {"holder": cook.user, "official": make_official(kitchen.district)}


def _text(pdf: bytes) -> str:
    with pdfplumber.open(BytesIO(pdf)) as document:
        return "".join(page.extract_text() for page in document.pages).replace("\n", "").replace(" ", "")


def test_an_official_who_keeps_a_list_elsewhere_reads_no_score_there(
    kitchen: Enterprise, cook: Membership
) -> None:
    official = make_official(DistrictFactory(name="西渚县"))
    appoint(official, kitchen, StaffFactory())
    number = certified(cook.user).number
    client = client_of(official)
    assert "考试87分" not in client.get(f"/staff/certificates/{number}/").content.decode()
    assert "87" not in str([row[6] for row in downloaded(client.get("/staff/records/", {"format": "csv"}))])
    page = soup(client, f"/staff/people/{cook.user_id}/").select_one("[aria-labelledby=completions]")
    assert page
    assert "87" not in page.get_text()


# Merging


def test_who_comes_to_a_list_by_merging_is_nobody_new(commit: Commit) -> None:
    staff, place = StaffFactory(), MembershipFactory(joined_at=timezone.now() - timedelta(days=50))
    with commit():
        made = make_assignment(staff, intake=Assignment.Intake.OPEN, enterprises=[place.enterprise])
    kept, due = UserFactory(), Assignee.objects.get().due_on
    with commit():
        merge_people(place.user, kept, by=staff, reason="同一个人")
    row = Assignee.objects.get()
    assert (row.user, row.due_on, row.left_on) == (place.user, due, None)
    do_the_day.call()
    row = Assignee.objects.get(assignment=made)
    assert (row.user, row.left_on, row.enterprise_key) == (place.user, None, place.enterprise_id)


# One person


def test_the_page_of_a_person_shows_duties_signatures_and_events(
    kitchen: Enterprise, cook: Membership, commit: Commit, django_assert_max_num_queries: Any
) -> None:
    late_assignment(commit, cook)
    client = client_of(make_official(kitchen.district))
    text = soup(client, f"/staff/people/{cook.user_id}/").select_one("[aria-labelledby=duties]")
    assert text
    assert "烧熟煮透" in text.get_text()
    far = client_of(make_official(DistrictFactory(name="西渚县")))
    assert far.get(f"/staff/people/{cook.user_id}/").status_code == 404


def test_events_stand_among_the_records_of_ones_own(cook: Membership) -> None:
    when = {"event_key": "event:1", "event_title": "秋季约谈", "kind": "talk", "at": timezone.now()}
    attend(cook.user, hours=Decimal("1.5"), **when)
    records = soup(client_of(cook.user), "/me/").select_one("[aria-labelledby=records]")
    assert records
    assert "秋季约谈" in records.get_text()
    assert "1.5" in records.get_text()


def test_of_many_records_the_page_of_a_person_shows_the_latest_and_asks_no_more(
    kitchen: Enterprise,
    cook: Membership,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: Any,
) -> None:
    monkeypatch.setattr("academy.reports.life.LATEST", 2)
    words = {"enterprise_key": kitchen.pk, "district_key": kitchen.district_id}
    for edition in range(1, 4):
        CompletionFactory(user=cook.user, edition=edition, **words)
    client, page = client_of(make_official(kitchen.district)), f"/staff/people/{cook.user_id}/"
    section = soup(client, page).select_one("[aria-labelledby=completions]")
    assert section
    assert len(section.select(".rec")) == 2
    assert section.select(".meta")[-1].get_text()
    with django_assert_max_num_queries(24):
        client.get(page)
