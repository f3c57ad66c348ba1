"""The register as the supervising staff keep it: enterprises, who works in them, and who changed what."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from academy.accounts.models import User
from academy.organisations import credit_codes
from academy.organisations.models import Change, Enterprise, EnterpriseManager, Jurisdiction, Membership
from academy.records.attending import attend, withdraw
from academy.records.completing import complete
from tests.factories import (
    BusinessTypeFactory,
    CityFactory,
    CompletionFactory,
    DistrictFactory,
    EnterpriseFactory,
    MembershipFactory,
    PostFactory,
    UserFactory,
)
from tests.test_scope import official

pytestmark = [
    pytest.mark.django_db,
    # A file is streamed for an asynchronous server; the test client is a synchronous one
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]
ENTERPRISES, PEOPLE = "/staff/enterprises/", "/staff/people/"
CODE = "91320999MADEMX001T"
COURSE = {"course_key": "course:7", "course_title": "烧熟煮透", "edition": 1, "hours": Decimal(1)}
TODAY = timezone.localdate()


@pytest.fixture
def client() -> Client:
    """An official of the district 东关区."""
    CityFactory()
    signed_in = Client()
    signed_in.force_login(official(DistrictFactory()), backend="django.contrib.auth.backends.ModelBackend")
    return signed_in


def soup(client: Client, url: str, **query: Any) -> BeautifulSoup:
    response = client.get(url, query)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "lxml")


def names(client: Client, url: str, **query: Any) -> set[str]:
    return {cell.get_text(strip=True) for cell in soup(client, url, **query).select("tbody th")}


def sheet(client: Client, url: str, **query: Any) -> list[list[str]]:
    response = client.get(url, {**query, "format": "csv"})
    return list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))


def answers(**changes: Any) -> dict[str, Any]:
    district, kind = DistrictFactory().pk, BusinessTypeFactory().pk
    return {"name": "老街面馆", "district": district, "business_type": kind, **changes}


class TestList:
    def test_it_is_narrowed_by_words_tree_type_risk_licence_and_state(self, client: Client) -> None:
        street = DistrictFactory(name="文昌街道", parent=DistrictFactory())
        school = BusinessTypeFactory(name="学校食堂")
        EnterpriseFactory(name="甲", credit_code=CODE, risk_level="D", licence="JY132")
        EnterpriseFactory(name="乙", district=street, licence_expires_on=TODAY - timedelta(days=1))
        EnterpriseFactory(name="丙", business_type=school, licence_expires_on=TODAY + timedelta(days=60))
        closed = EnterpriseFactory(name="丁", closed_on=TODAY)
        EnterpriseFactory(name="戊", merged_into=closed)
        EnterpriseFactory(name="己", district=DistrictFactory(name="西渚县"))
        for query, expected in (
            ({}, "甲乙丙"),
            ({"q": "甲"}, "甲"),
            ({"q": "９１３２０９９９ｍａｄｅｍｘ００１ｔ"}, "甲"),
            ({"q": "jy132"}, "甲"),
            ({"district": street.pk}, "乙"),
            ({"district": DistrictFactory().pk}, "甲乙丙"),
            ({"business_type": school.pk}, "丙"),
            ({"risk": "D"}, "甲"),
            ({"licence": "expired"}, "乙"),
            ({"licence": "soon"}, "丙"),
            ({"licence": "unknown"}, "甲"),
        ):
            assert names(client, ENTERPRISES, **query) == set(expected), query
        assert [row[0] for row in sheet(client, ENTERPRISES, state="closed")[1:]] == ["丁"]
        assert len(names(client, ENTERPRISES, state="all")) == 4

    def test_nobody_trained_this_year_asks_what_todays_staff_learned_anywhere(self, client: Client) -> None:
        empty = EnterpriseFactory(name="没有人")
        learned, elsewhere, attended, merged, gone = (
            MembershipFactory(enterprise=EnterpriseFactory(name=name))
            for name in ("学过", "在别处学过", "到过会", "用旧号学过", "学了就走")
        )
        MembershipFactory(enterprise=EnterpriseFactory(name="没学"))
        last_year = MembershipFactory(enterprise=EnterpriseFactory(name="去年学的"))
        CompletionFactory(user=last_year.user, completed_at=timezone.now() - timedelta(days=366))
        complete(learned.user, **COURSE)
        CompletionFactory(user=elsewhere.user, enterprise_name="别处", enterprise_key=9999)
        CompletionFactory(user=UserFactory(merged_into=merged.user))
        complete(gone.user, **COURSE)
        Membership.objects.filter(pk=gone.pk).update(left_at=timezone.now())
        event = {"event_key": "event:1", "event_title": "约谈", "kind": "talk", "hours": Decimal(1)}
        there = attend(attended.user, **event, at=timezone.now())
        assert names(client, ENTERPRISES, state="untrained") == {"没有人", "没学", "去年学的", "学了就走"}
        withdraw(there, reason="点错了", by=UserFactory())
        assert "到过会" in names(client, ENTERPRISES, state="untrained")
        assert empty.name in names(client, ENTERPRISES, state="untrained")

    def test_a_file_has_all_that_is_known_and_no_formula(self, client: Client) -> None:
        place = EnterpriseFactory(
            name="=1+1", credit_code=CODE, licence_expires_on=date(2099, 1, 2), responsible="何掌柜"
        )
        MembershipFactory.create_batch(2, enterprise=place)
        row = sheet(client, ENTERPRISES)[1]
        assert row[:3] == ["'=1+1", CODE, "东关区"]
        assert "2099-01-02" in row
        assert "何掌柜" in row
        assert "2" in row
        assert client.get(ENTERPRISES, {"format": "xlsx"}).status_code == 200
        assert client.get(ENTERPRISES, {"format": "pdf"}).status_code == 404

    @pytest.mark.parametrize(
        "query",
        [
            {"district": "x"},
            {"district": "9" * 30},
            {"risk": "Z"},
            {"licence": "\x00"},
            {"q": "\x00"},
            {"page": "9" * 30},
        ],
    )
    def test_what_cannot_be_chosen_is_said_and_left_out(self, client: Client, query: dict[str, str]) -> None:
        EnterpriseFactory(name="甲")
        for address in (ENTERPRISES, PEOPLE):
            assert client.get(address, query).status_code == 200
        assert names(client, ENTERPRISES, **query) == {"甲"}

    def test_fifty_a_page_and_as_many_queries_for_many_as_for_few(
        self, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for n in range(51):
            MembershipFactory(enterprise=EnterpriseFactory(district=DistrictFactory(name="东关区")))
            BusinessTypeFactory(name=f"业态{n}")
        with django_assert_max_num_queries(15):
            page = soup(client, ENTERPRISES, state="untrained")
        assert len(page.select("tbody tr")) == 50
        assert "state=untrained" in page.select_one("a[rel=next]")["href"]
        with django_assert_max_num_queries(15):
            page = soup(client, PEOPLE)
        assert len(page.select("tbody tr")) == 50


class TestKeeping:
    def test_what_is_entered_stands_there_with_who_entered_it(self, client: Client) -> None:
        said = answers(
            credit_code="９１３２０９９９　ｍａｄｅｍｘ００１ｔ",
            licence="ＪＹ１３２",
            licence_expires_on="２０２９-06-30",
            responsible_phone="０５１２－６５２２１２３４",
        )
        response = client.post(f"{ENTERPRISES}new/", said)
        known = Enterprise.objects.get()
        assert response.url == f"{ENTERPRISES}{known.pk}/"
        assert (known.credit_code, known.licence) == (CODE, "JY132")
        assert known.licence_expires_on == date(2029, 6, 30)
        assert known.responsible_phone == "0512-65221234"
        change = known.changes.get()
        assert change.by == User.objects.get(groups__name="监管人员")
        assert ["name", "", "老街面馆"] in change.what
        assert "老街面馆" in client.get(response.url).content.decode()

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("credit_code", "91320999MADEMX0011"),
            ("credit_code", "91320999MADEMX001"),
            ("credit_code", "91320999MADEMXO01T"),
            ("licence_expires_on", "2029-02-30"),
            ("licence_expires_on", "1029-02-20"),
            ("district", ""),
            ("responsible_phone", "问老王"),
            ("name", ""),
        ],
    )
    def test_what_is_wrong_is_said_in_words_and_nothing_lost(
        self, client: Client, field: str, value: str
    ) -> None:
        response = client.post(f"{ENTERPRISES}new/", answers(address="示例路1号", **{field: value}))
        assert response.status_code == 422
        page = BeautifulSoup(response.content, "lxml")
        assert page.select_one(f"a[href='#id_{field}']")
        assert page.select_one("input[name=address]")["value"] == "示例路1号"
        assert not Enterprise.objects.exists()

    def test_a_code_is_entered_once_and_names_the_other_only_where_it_may_be_seen(
        self, client: Client
    ) -> None:
        EnterpriseFactory(name="西渚饭店", district=DistrictFactory(name="西渚县"), credit_code=CODE)
        elsewhere = client.post(f"{ENTERPRISES}new/", answers(credit_code=CODE))
        assert elsewhere.status_code == 422
        assert "西渚饭店" not in elsewhere.content.decode()
        Enterprise.objects.update(district=DistrictFactory())
        assert "西渚饭店" in client.post(f"{ENTERPRISES}new/", answers(credit_code=CODE)).content.decode()

    def test_another_district_cannot_be_entered(self, client: Client) -> None:
        other = DistrictFactory(name="西渚县")
        assert client.post(f"{ENTERPRISES}new/", answers(district=other.pk)).status_code == 422
        own = EnterpriseFactory()
        moved = client.post(f"{ENTERPRISES}{own.pk}/edit/", answers(district=other.pk))
        assert moved.status_code == 422

    def test_a_change_is_written_down_once_with_before_and_after(self, client: Client) -> None:
        known = EnterpriseFactory(name="老街面馆", risk_level="A")
        for _twice in range(2):
            client.post(f"{ENTERPRISES}{known.pk}/edit/", answers(risk_level="C"))
        [change] = known.changes.all()
        assert [line.label for line in change.lines] == [
            str(Enterprise._meta.get_field("risk_level").verbose_name)
        ]
        assert change.what[0][0] == "risk_level"
        section = soup(client, f"{ENTERPRISES}{known.pk}/").select_one("section[aria-labelledby=changes]")
        assert change.what[0][1] in section.get_text()

    def test_closing_ends_the_places_and_deletes_nothing(self, client: Client) -> None:
        place = MembershipFactory(joined_at=timezone.now() - timedelta(days=30))
        known = place.enterprise
        address = f"{ENTERPRISES}{known.pk}/edit/"
        tomorrow = client.post(address, answers(closed_on=f"{TODAY + timedelta(days=1):%Y-%m-%d}"))
        assert tomorrow.status_code == 422
        day = TODAY - timedelta(days=2)
        client.post(address, answers(closed_on=f"{day:%Y-%m-%d}"))
        known.refresh_from_db()
        place.refresh_from_db()
        assert known.closed_on == day
        assert place.left_on == day
        assert known.name not in names(client, ENTERPRISES)
        assert place.user.name in soup(client, f"{ENTERPRISES}{known.pk}/").get_text()
        assert client.get(f"{ENTERPRISES}{known.pk}/newcomer/").status_code == 404

    def test_who_may_only_look_changes_nothing(self) -> None:
        viewer = UserFactory()
        viewer.user_permissions.add(Permission.objects.get(codename="view_training"))
        Jurisdiction.objects.create(user=viewer, district=CityFactory())
        known = MembershipFactory()
        client = Client()
        client.force_login(viewer, backend="django.contrib.auth.backends.ModelBackend")
        page = soup(client, f"{ENTERPRISES}{known.enterprise_id}/")
        assert not page.select("main a[href$='edit/'], main a[href$='newcomer/']")
        for address in ("new/", f"{known.enterprise_id}/edit/", f"{known.enterprise_id}/newcomer/"):
            assert client.get(f"{ENTERPRISES}{address}").status_code == 403
        assert client.get(f"{PEOPLE}{known.user_id}/places/new/").status_code == 403


class TestEnterprise:
    def test_it_counts_persons_and_person_times_by_whatever_account(self, client: Client) -> None:
        place = MembershipFactory()
        second = MembershipFactory(enterprise=place.enterprise)
        other = MembershipFactory(enterprise=place.enterprise)
        before = EnterpriseFactory(name="旧名饭店", merged_into=place.enterprise)
        for user in (place.user, second.user, other.user):
            complete(user, **COURSE)
        User.objects.filter(pk=second.user_id).update(merged_into=place.user)
        complete(place.user, **{**COURSE, "course_key": "course:8"})
        old = {"enterprise_key": before.pk, "district_key": before.district_id}
        CompletionFactory(user=other.user, course_key="course:9", **old)
        CompletionFactory(
            user=UserFactory(), completed_at=timezone.now() - timedelta(days=400), **place.snapshot()
        )
        event = {"event_key": "event:1", "event_title": "约谈", "kind": "talk", "hours": Decimal(1)}
        attend(other.user, **event, at=timezone.now())
        page = soup(client, f"{ENTERPRISES}{place.enterprise_id}/")
        figures = [next(value.stripped_strings) for value in page.select(".stat .v")]
        assert figures == ["2", "6"]
        assert all(words.get_text(strip=True) for words in page.select(".stat .d"))
        assert "旧名饭店" in page.get_text()
        lines = sheet(client, f"{ENTERPRISES}{place.enterprise_id}/", table="learned")[1:]
        assert len(lines) == 6
        assert [line[0] for line in lines] == sorted((line[0] for line in lines), reverse=True)

    def test_one_that_was_merged_leads_to_what_it_is(self, client: Client) -> None:
        real = EnterpriseFactory(name="真饭店")
        merged = EnterpriseFactory(merged_into=real)
        page = soup(client, f"{ENTERPRISES}{merged.pk}/")
        assert page.select_one(f"a[href='{ENTERPRISES}{real.pk}/']")
        assert not page.select("main a[href$='edit/']")
        assert client.get(f"{ENTERPRISES}{merged.pk}/edit/").status_code == 404

    def test_present_and_former_staff_stand_with_their_dates(self, client: Client) -> None:
        now = timezone.now()
        place = MembershipFactory(joined_at=now - timedelta(days=40), user__name="王芳")
        complete(place.user, **COURSE, validity_months=12)
        gone = MembershipFactory(
            enterprise=place.enterprise, joined_at=now - timedelta(days=40), left_at=now, user__name="李强"
        )
        manager = EnterpriseManager.objects.create(
            user=UserFactory(name="何掌柜"), enterprise=place.enterprise
        )
        address = f"{ENTERPRISES}{place.enterprise_id}/"
        since = f"{TODAY - timedelta(days=40):%Y-%m-%d}"
        assert sheet(client, address, table="staff")[1] == ["王芳", "厨师", since, "1"]
        assert sheet(client, address, table="former")[1] == ["李强", "厨师", since, f"{TODAY:%Y-%m-%d}"]
        page = soup(client, address)
        assert manager.user.name in page.get_text()
        assert page.select_one(f"section[aria-labelledby=former] a[href='{PEOPLE}{gone.user_id}/']")
        assert client.get(address, {"format": "csv", "table": "x"}).status_code == 404

    def test_it_asks_as_many_questions_for_many_as_for_few(
        self, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        place = EnterpriseFactory()
        for n in range(60):
            member = MembershipFactory(enterprise=place, post=PostFactory(name=f"岗位{n % 5}"))
            complete(member.user, **COURSE)
            Change.objects.create(enterprise=place, by=member.user, what=[["name", "a", "b"]])
        with django_assert_max_num_queries(15):
            page = soup(client, f"{ENTERPRISES}{place.pk}/")
        assert len(page.select("section[aria-labelledby=staff] tbody tr")) == 50


class TestNewcomers:
    def test_somebody_is_added_by_number_once_and_keeps_other_places(self, client: Client) -> None:
        known = MembershipFactory(user__name="王芳", user__phone="13812345678")
        place = EnterpriseFactory()
        data = {"phone": "138 1234 5678", "name": "王芳", "post": PostFactory().pk}
        for _twice in range(2):
            assert client.post(f"{ENTERPRISES}{place.pk}/newcomer/", data).status_code == 302
        assert Membership.objects.current().filter(user=known.user).count() == 2
        assert place.changes.count() == 1

    def test_a_new_number_begins_an_account(self, client: Client) -> None:
        place = EnterpriseFactory()
        data = {"phone": "13900000001", "name": "新人", "post": PostFactory().pk}
        client.post(f"{ENTERPRISES}{place.pk}/newcomer/", data)
        person = User.objects.get(phone="13900000001")
        assert (person.name, person.phone_verified, person.has_usable_password()) == ("新人", False, False)
        assert Membership.objects.current().get(user=person).enterprise == place

    def test_whose_a_number_is_cannot_be_found_out_by_trying(self, client: Client) -> None:
        UserFactory(name="王芳", phone="13812345678")
        place = EnterpriseFactory()
        data = {"phone": "13812345678", "name": "猜的", "post": PostFactory().pk}
        response = client.post(f"{ENTERPRISES}{place.pk}/newcomer/", data)
        assert response.status_code == 422
        assert "王芳" not in response.content.decode()
        assert not Membership.objects.exists()


class TestPeople:
    def test_they_are_found_by_name_number_enterprise_post_and_state(self, client: Client) -> None:
        cook, cutter = PostFactory(name="厨师"), PostFactory(name="切配")
        here = EnterpriseFactory(name="甲店", credit_code=CODE)
        MembershipFactory(user__name="王芳", user__phone="13812345678", enterprise=here, post=cook)
        once = {"joined_at": timezone.now() - timedelta(days=9), "left_at": timezone.now()}
        left = MembershipFactory(user__name="李强", enterprise=here, post=cutter, **once)
        MembershipFactory(user=left.user, enterprise=EnterpriseFactory(name="乙店"), post=cutter)
        gone = MembershipFactory(user__name="赵敏", enterprise=here, **once)
        MembershipFactory(
            user__name="外人", enterprise=EnterpriseFactory(district=DistrictFactory(name="西渚县"))
        )
        MembershipFactory(user__name="并掉的", user__merged_into=gone.user, enterprise=here)
        UserFactory(name="没说的")
        for query, expected in (
            ({}, {"王芳", "李强"}),
            ({"q": "芳"}, {"王芳"}),
            ({"q": "１３８ １２３４ ５６７８"}, {"王芳"}),
            ({"q": "1381234"}, set()),
            ({"enterprise": "甲店"}, {"王芳"}),
            ({"enterprise": CODE.lower()}, {"王芳"}),
            ({"post": cutter.pk}, {"李强"}),
            ({"state": "left"}, {"赵敏"}),
            ({"state": "left", "enterprise": "甲店"}, {"李强", "赵敏"}),
            ({"district": DistrictFactory().pk}, {"王芳", "李强"}),
        ):
            assert names(client, PEOPLE, **query) == expected, query
            assert {row[0] for row in sheet(client, PEOPLE, **query)[1:]} == expected

    def test_the_city_finds_who_never_said_where(self, staff_client: Client) -> None:
        UserFactory(name="没说的")
        MembershipFactory(user__name="王芳")
        assert names(staff_client, PEOPLE, state="nowhere") == {"没说的"}

    def test_the_page_of_a_person_shows_the_history_of_places(self, client: Client) -> None:
        person = UserFactory(name="王芳")
        now = timezone.now()
        MembershipFactory(
            user=person, enterprise__name="旧店", joined_at=now - timedelta(days=9), left_at=now
        )
        present = MembershipFactory(user=person, enterprise__name="新店")
        section = soup(client, f"{PEOPLE}{person.pk}/").select_one("section[aria-labelledby=places]")
        shown = section.get_text()
        assert shown.index("新店") < shown.index("旧店")
        assert section.select_one(f"a[href='{PEOPLE}{person.pk}/places/{present.pk}/']")

    def test_an_enterprise_is_added_by_code_or_by_enough_of_its_name(self, client: Client) -> None:
        person, post = MembershipFactory().user, PostFactory(name="切配")
        one, other = (
            EnterpriseFactory(name="东门饭店", credit_code=CODE),
            EnterpriseFactory(name="东门饭店二部"),
        )
        EnterpriseFactory(name="西渚饭店", district=DistrictFactory(name="西渚县"))
        EnterpriseFactory(name="关门饭店", closed_on=TODAY)
        address = f"{PEOPLE}{person.pk}/places/new/"
        for words in ("东门", "没有这家", "西渚饭店", "关门饭店", ""):
            assert client.post(address, {"enterprise": words, "post": post.pk}).status_code == 422, words
        for words in ("东门饭店", CODE.lower(), "二部"):
            assert client.post(address, {"enterprise": words, "post": post.pk}).status_code == 302
        now = {place.enterprise for place in Membership.objects.current().filter(user=person)}
        assert {one, other} < now
        assert one.changes.count() == 1

    def test_a_post_changes_and_a_place_ends_with_a_day(self, client: Client) -> None:
        place = MembershipFactory(joined_at=timezone.now() - timedelta(days=10))
        address = f"{PEOPLE}{place.user_id}/places/{place.pk}/"
        client.post(address, {"post": PostFactory(name="食品安全员").pk})
        place.refresh_from_db()
        assert place.left_at
        now = Membership.objects.current().get(user=place.user)
        assert now.post.name == "食品安全员"
        address = f"{PEOPLE}{place.user_id}/places/{now.pk}/"
        for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=1)):
            assert client.post(address, {"on": f"{day:%Y-%m-%d}"}).status_code == 422
        assert client.post(address, {"on": ""}).status_code == 422
        for expected in (302, 404):
            assert client.post(address, {"on": f"{TODAY:%Y-%m-%d}"}).status_code == expected
        now.refresh_from_db()
        assert now.left_on == TODAY
        assert place.enterprise.changes.count() == 2
        assert Membership.objects.count() == 2

    def test_a_merged_account_leads_to_who_it_is_and_its_records_stand_there(self, client: Client) -> None:
        place = MembershipFactory(user__name="王芳")
        second = MembershipFactory(user__name="王小芳", user__merged_into=place.user).user
        complete(second, **COURSE)
        assert soup(client, f"{PEOPLE}{second.pk}/").select_one(f"a[href='{PEOPLE}{place.user_id}/']")
        page = soup(client, f"{PEOPLE}{place.user_id}/").get_text()
        assert "烧熟煮透" in page
        assert "王小芳" in page


def test_the_codes_of_the_tests_are_true() -> None:
    credit_codes.validate(CODE)
