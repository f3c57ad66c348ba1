"""Assignments as staff, managers and workers see them; each sees only their own."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from academy.accounts.models import User
from academy.accounts.sms import MemoryGateway
from academy.courses.models import Assignee, Assignment
from academy.exams.models import Attempt
from academy.library.models import HomePage
from academy.library.tree import ensure_tree
from academy.organisations.models import District, EnterpriseManager, Membership
from academy.records.completing import complete
from tests.conftest import Commit
from tests.factories import (
    CityFactory,
    DistrictFactory,
    EnterpriseFactory,
    MembershipFactory,
    PaperFactory,
    QuestionFactory,
    UserFactory,
    make_assignment,
    make_course,
    make_handbook,
    make_official,
)

pytestmark = [
    pytest.mark.django_db,
    # A file is streamed for an asynchronous server; the test client is a synchronous one
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]
NEW = "/staff/assignments/new/"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def daytime(monkeypatch: pytest.MonkeyPatch) -> None:
    noon = timezone.make_aware(datetime(2026, 11, 20, 12))
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)


@pytest.fixture
def districts() -> dict[str, District]:
    east = DistrictFactory(name="东关区")
    return {"city": CityFactory(), "east": east, "west": DistrictFactory(name="西川区")}


@pytest.fixture
def staff_of(districts: dict[str, District]) -> dict[str, Membership]:
    """Somebody at work in each of two districts, in a place of their own."""
    return {
        name: MembershipFactory(
            enterprise=EnterpriseFactory(district=districts[name], name=f"{name}饭店"),
            user=UserFactory(name=f"{name}师傅"),
        )
        for name in ("east", "west")
    }


@pytest.fixture
def made(commit: Commit, districts: dict[str, District], staff_of: dict[str, Membership]) -> Assignment:
    """By the city, for everybody."""
    with commit():
        return make_assignment(make_official(districts["city"]))


def said(**more: Any) -> dict[str, Any]:
    day = timezone.localdate() + timedelta(days=30)
    return {
        "key": uuid4(), "due_on": f"{day:%Y-%m-%d}", "intake": "once", "grace_days": 30, "renewal_days": 60, **more,
    }  # fmt: skip


def csv(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return b"".join(answer).decode()


class TestMaking:
    def test_it_is_previewed_and_made_once(
        self, commit: Commit, home: Page, districts: dict[str, District], staff_of: dict[str, Membership]
    ) -> None:
        course = make_course(home)
        client = client_of(make_official(districts["city"]))
        data = said(what=course.key)
        preview = client.post(NEW, data).content.decode()
        assert 'value="2"' in preview
        assert not Assignment.objects.exists()
        for _twice in range(2):
            with commit():
                answer = client.post(NEW, {**data, "sure": "2"})
        one = Assignment.objects.get()
        assert answer.url == reverse("assignments:one", args=[one.pk])
        assert (one.title, one.expected, one.assignees.count()) == (course.title, 2, 2)

    def test_whom_it_reaches_has_changed_since_it_was_looked_at(
        self, home: Page, districts: dict[str, District], staff_of: dict[str, Membership]
    ) -> None:
        client = client_of(make_official(districts["city"]))
        data = said(what=make_course(home).key)
        MembershipFactory()
        page = client.post(NEW, {**data, "sure": "2"}).content.decode()
        assert 'value="3"' in page
        assert not Assignment.objects.exists()

    def test_who_holds_it_already_is_said_beforehand(
        self, home: Page, districts: dict[str, District], staff_of: dict[str, Membership]
    ) -> None:
        course = make_course(home)
        complete(
            staff_of["east"].user, course_key=course.key, course_title="", edition=1, hours=Decimal(1),
            validity_months=24,
        )  # fmt: skip
        client = client_of(make_official(districts["city"]))
        found = client.post(NEW, said(what=course.key)).context["preview"]
        assert (found.persons, found.enterprises, found.settled) == (2, 2, 1)
        assert found.districts == [("东关区", 1), ("西川区", 1)]

    def test_a_district_assigns_its_own_people_only(
        self, home: Page, districts: dict[str, District], staff_of: dict[str, Membership]
    ) -> None:
        client = client_of(make_official(districts["east"]))
        data = said(what=make_course(home).key)
        assert client.post(NEW, data).status_code == 422
        assert client.post(NEW, {**data, "district": districts["west"].pk}).status_code == 422
        own = {**data, "district": districts["east"].pk}
        assert client.post(NEW, own).context["preview"].persons == 1
        west = staff_of["west"]
        assert client.post(NEW, {**own, "enterprises": west.enterprise.name}).status_code == 422
        listed = client.post(NEW, {**own, "phones": west.user.phone})
        assert listed.context["preview"].persons == 0
        assert listed.context["unknown"] == [west.user.phone]

    def test_a_list_of_phones_however_it_was_pasted(
        self, home: Page, districts: dict[str, District], staff_of: dict[str, Membership]
    ) -> None:
        client = client_of(make_official(districts["city"]))
        phones = [str(staff_of[name].user.phone) for name in ("east", "west")]
        pasted = f"{phones[0][:3]} {phones[0][3:7]} {phones[0][7:]}\n+86{phones[1]}，{phones[0]}\n13900000000"
        page = client.post(NEW, said(what=make_course(home).key, phones=pasted))
        assert page.context["preview"].persons == 2
        assert page.context["unknown"] == ["13900000000"]
        wrong = client.post(NEW, said(what=make_course(home).key, phones="1380000\n12345678901"))
        assert wrong.status_code == 422
        assert len(wrong.context["form"].errors["phones"]) == 2

    @pytest.mark.parametrize(
        "wrong",
        [
            {"due_on": "2020-01-01"}, {"due_on": "2099-01-01"}, {"what": "course:999999"}, {"key": "x"},
            {"intake": "renewal", "what": "paper"}, {"intake": "open", "phones": "13800000001"}, {"grace_days": "0"},
            {"enterprises": "没有这一家"},
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_said_and_nothing_is_lost(
        self, home: Page, districts: dict[str, District], wrong: dict[str, str]
    ) -> None:
        course, paper = make_course(home), PaperFactory()
        wrong = {name: f"paper:{paper.pk}" if value == "paper" else value for name, value in wrong.items()}
        client = client_of(make_official(districts["city"]))
        page = client.post(NEW, {**said(what=course.key, note="年底检查前"), **wrong})
        assert page.status_code == 422
        assert 'role="alert"' in page.content.decode()
        assert "年底检查前" in page.content.decode()

    def test_it_is_for_staff_who_may(self, districts: dict[str, District]) -> None:
        assert client_of(UserFactory()).get(NEW).status_code == 403
        assert Client().get(NEW).status_code == 302


class TestSeeing:
    def test_every_number_leads_to_the_people_whom_it_counts(
        self, made: Assignment, districts: dict[str, District], staff_of: dict[str, Membership]
    ) -> None:
        Assignee.objects.filter(user=staff_of["west"].user).update(
            due_on=timezone.localdate() - timedelta(days=1)
        )
        client = client_of(make_official(districts["city"]))
        page = client.get(reverse("assignments:one", args=[made.pk]))
        assert page.context["tally"] == (2, 0, 1, 1, 0, 0)
        for table in ("districts", "enterprises"):
            for row in page.context[table]["rows"]:
                for cell in row[1:-1]:
                    people = client.get(cell["url"]).context["page"]
                    assert str(people.paginator.count) == cell["text"]

    def test_a_district_sees_its_own_part_in_every_way(
        self, made: Assignment, districts: dict[str, District], staff_of: dict[str, Membership]
    ) -> None:
        client = client_of(make_official(districts["east"]))
        one = reverse("assignments:one", args=[made.pk])
        addresses = [
            reverse("assignments:list"), f"{reverse('assignments:list')}?format=csv", one,
            f"{one}?table=district&format=csv", f"{one}?table=enterprise&format=csv", f"{one}people/",
            f"{one}people/?format=csv", f"{one}people/?district=西川区", f"{one}people/?q=west",
            f"{one}people/?place={staff_of['west'].enterprise_id}",
        ]  # fmt: skip
        for address in addresses:
            answer = client.get(address)
            page = b"".join(answer).decode() if answer.streaming else answer.content.decode()
            assert "west饭店" not in page, address
            assert "west师傅" not in page, address
        assert client.get(one).context["tally"].persons == 1
        foreign = Assignee.objects.get(user=staff_of["west"].user)
        assert client.get(reverse("assignments:person", args=[made.pk, foreign.pk])).status_code == 404
        excuse = {"reason": "我看不见的人"}
        assert (
            client.post(reverse("assignments:person", args=[made.pk, foreign.pk]), excuse).status_code == 404
        )
        for act in ("cancel", "close"):
            assert client.post(reverse(f"assignments:{act}", args=[made.pk]), excuse).status_code == 404

    def test_who_supervises_nothing_sees_nothing(self, made: Assignment) -> None:
        nobody = client_of(make_official(None))
        assert nobody.get(reverse("assignments:one", args=[made.pk])).status_code == 404
        assert made.title not in nobody.get(reverse("assignments:list")).content.decode()
        assert client_of(UserFactory()).get(reverse("assignments:one", args=[made.pk])).status_code == 403

    def test_a_district_does_not_see_an_assignment_of_others(
        self, commit: Commit, districts: dict[str, District], staff_of: dict[str, Membership]
    ) -> None:
        with commit():
            west = make_assignment(make_official(districts["city"]), district=districts["west"])
        client = client_of(make_official(districts["east"]))
        assert client.get(reverse("assignments:one", args=[west.pk])).status_code == 404
        assert client.get(reverse("assignments:list")).context["page"].paginator.count == 0

    def test_a_manager_sees_the_own_enterprise(
        self, made: Assignment, staff_of: dict[str, Membership]
    ) -> None:
        east, west = (staff_of[name].enterprise for name in ("east", "west"))
        manager = UserFactory()
        EnterpriseManager.objects.create(user=manager, enterprise=east)
        client = client_of(manager)
        page = client.get(f"/enterprises/{east.pk}/assignments/")
        assert made.title in page.content.decode()
        people = client.get(f"/enterprises/{east.pk}/assignments/{made.pk}/").content.decode()
        assert "east师傅" in people
        assert "west师傅" not in people
        assert "east师傅" in csv(client, f"/enterprises/{east.pk}/assignments/{made.pk}/?format=csv")
        assert made.title in csv(client, f"/enterprises/{east.pk}/assignments/?format=csv")
        for rest in ("", f"{made.pk}/", f"{made.pk}/?format=csv"):
            assert client.get(f"/enterprises/{west.pk}/assignments/{rest}").status_code == 404
        assert client.get(f"/staff/assignments/{made.pk}/").status_code == 403
        assert client_of(UserFactory()).get(f"/enterprises/{east.pk}/assignments/").status_code == 404

    @pytest.mark.parametrize("table", ["district", "enterprise"])
    @pytest.mark.parametrize("file_format", ["csv", "xlsx"])
    def test_tables_are_given_out(
        self, made: Assignment, districts: dict[str, District], table: str, file_format: str
    ) -> None:
        client = client_of(make_official(districts["city"]))
        address = f"{reverse('assignments:one', args=[made.pk])}?table={table}&format={file_format}"
        assert b"".join(client.get(address))
        assert (
            client.get(f"{reverse('assignments:one', args=[made.pk])}?table=x&format=csv").status_code == 404
        )

    def test_as_many_queries_for_many_as_for_few(
        self, commit: Commit, districts: dict[str, District], django_assert_max_num_queries: Any
    ) -> None:
        official = make_official(districts["east"])
        for _n in range(30):
            MembershipFactory(enterprise=EnterpriseFactory(district=districts["east"]))
        with commit():
            one = make_assignment(official, district=districts["east"])
            for _n in range(10):
                make_assignment(official, district=districts["east"])
        client = client_of(official)
        for address in (
            reverse("assignments:list"),
            reverse("assignments:one", args=[one.pk]),
            reverse("assignments:people", args=[one.pk]),
        ):
            with django_assert_max_num_queries(15):
                client.get(address)


class TestActing:
    def test_excused_cancelled_and_closed_with_their_reasons(
        self, made: Assignment, staff_of: dict[str, Membership]
    ) -> None:
        client = client_of(made.made_by)
        row = Assignee.objects.get(user=staff_of["east"].user)
        person = reverse("assignments:person", args=[made.pk, row.pk])
        assert client.post(person, {"reason": " "}).status_code == 422
        client.post(person, {"reason": "产假"})
        assert "产假" in client.get(person).content.decode()
        client.post(reverse("assignments:close", args=[made.pk]))
        client.post(reverse("assignments:cancel", args=[made.pk]), {"reason": ""})
        made.refresh_from_db()
        assert (bool(made.closed_at), made.cancelled_at) == (True, None)
        client.post(reverse("assignments:cancel", args=[made.pk]), {"reason": "改期"})
        page = client.get(reverse("assignments:one", args=[made.pk])).content.decode()
        assert "改期" in page

    def test_whoever_is_late_is_reminded_once_a_day(
        self, daytime: None, made: Assignment, staff_of: dict[str, Membership]
    ) -> None:
        MemoryGateway.outbox.clear()
        Assignee.objects.filter(user=staff_of["east"].user).update(
            due_on=timezone.localdate() - timedelta(days=2)
        )
        client = client_of(made.made_by)
        for _twice in range(2):
            client.post(reverse("assignments:remind", args=[made.pk]))
        assert [sms.phone for sms in MemoryGateway.outbox] == [staff_of["east"].user.phone]
        MemoryGateway.outbox.clear()


class TestDoing:
    """What a worker finds on their page, and that doing it is all that has to be done."""

    @pytest.fixture
    def worker(self) -> User:
        user: User = MembershipFactory().user
        return user

    @pytest.fixture
    def tree(self) -> Page:
        ensure_tree()
        return HomePage.objects.get()

    def test_a_course_by_date_with_the_step_that_comes_next(
        self, commit: Commit, tree: Page, worker: User, districts: dict[str, District]
    ) -> None:
        course = make_course(tree, lessons=2)
        today = timezone.localdate()
        with commit():
            by = make_official(districts["city"])
            make_assignment(by, object_key=course.key, title="后办的", due_on=today + timedelta(days=20))
            book = make_handbook()
            make_assignment(
                by, kind="handbook", object_key=book.key, title="先办的", edition=book.edition,
                due_on=today + timedelta(days=10),
            )  # fmt: skip
        client = client_of(worker)
        page = client.get("/me/").content.decode()
        assert page.index("先办的") < page.index("后办的")
        assert reverse("library:sign", args=[book.pk]) in page
        assert course.get_children().first().url in page
        assert "先办的" in client.get("/").content.decode()
        complete(worker, course_key=course.key, course_title="", edition=1, hours=Decimal(1))
        assert "后办的" not in client.get("/me/").content.decode()

    def test_an_exam_is_sat_for_its_assignment(
        self, commit: Commit, worker: User, districts: dict[str, District]
    ) -> None:
        paper = PaperFactory(pass_mark=50, questions=[QuestionFactory()])
        with commit():
            made = make_assignment(
                make_official(districts["city"]),
                kind="exam",
                object_key=f"paper:{paper.pk}",
                title=paper.title,
            )
        client = client_of(worker)
        address = reverse("exams:before", kwargs={"kind": "assigned", "pk": made.pk})
        assert address in client.get("/me/").content.decode()
        client.post(f"{address}start/", {"nth": 1})
        attempt = Attempt.objects.get()
        chosen = [option["key"] for option in attempt.questions[0]["options"] if option["correct"]]
        client.post(f"{address}{attempt.pk}/", {"chosen": chosen})
        client.post(f"{address}{attempt.pk}/hand-in/")
        assert Assignee.objects.get().done_at
        assert client_of(UserFactory()).get(address).status_code == 404

    def test_what_was_withdrawn_has_no_button(
        self, commit: Commit, tree: Page, worker: User, districts: dict[str, District]
    ) -> None:
        course = make_course(tree)
        with commit():
            make_assignment(make_official(districts["city"]), object_key=course.key, title="撤下的课")
        course.unpublish()
        assert "撤下的课" in client_of(worker).get("/me/").content.decode()
        assert "撤下的课" not in client_of(worker).get("/").content.decode()

    def test_who_has_nothing_to_do_reads_nothing_of_it(self, worker: User) -> None:
        assert 'id="duties"' not in client_of(worker).get("/me/").content.decode()
