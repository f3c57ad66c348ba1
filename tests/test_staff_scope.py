"""Each address of the supervising staff, tried by everybody: the city, the district itself, another one, and those who
are no staff."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from academy.accounts.models import User
from academy.chat.models import Topic
from academy.exams import spot
from academy.exams.models import SpotExam
from academy.organisations.models import Change, District, Enterprise, EnterpriseManager, Membership
from academy.organisations.scope import scope_of
from academy.records.attending import attend
from academy.records.completing import complete
from academy.records.merging import merge_people
from academy.records.models import Certificate, Completion, Revocation, TrainingHours
from academy.reports import seeing
from tests.factories import (
    CityFactory,
    DistrictFactory,
    EnterpriseFactory,
    MembershipFactory,
    PaperFactory,
    PostFactory,
    UserFactory,
    make_asking,
)
from tests.test_scope import official

pytestmark = [
    pytest.mark.django_db,
    # A file is streamed for an asynchronous server; the test client is a synchronous one
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]
LISTS = ("records", "certificates", "log", "enterprises", "people", "spot-exams")
COURSE = {"course_key": "course:7", "course_title": "烧熟煮透", "edition": 1, "hours": Decimal(1)}


@dataclass(frozen=True)
class World:
    """Twice the same: an enterprise with somebody at work, who has learned, was at an event and was drawn."""

    city: District
    east: Membership
    west: Membership
    exams: dict[str, SpotExam]


def place(district: District, name: str) -> Membership:
    enterprise = EnterpriseFactory(district=district, name=f"{name}饭店")
    person = UserFactory(name=f"{name}师傅")
    at_work: Membership = MembershipFactory(user=person, enterprise=enterprise)
    complete(person, **COURSE, validity_months=12)
    event = {"event_key": "event:1", "event_title": f"{name}约谈", "kind": "talk", "hours": Decimal(1)}
    attend(person, **event, at=timezone.now())
    return at_work


def drawn(title: str, district: District | None) -> SpotExam:
    now = timezone.now()
    window = {"opens_at": now, "closes_at": now + timedelta(hours=1)}
    exam = SpotExam.objects.create(title=title, paper=PaperFactory(), district=district, size=9, **window)
    spot.draw_candidates(exam, UserFactory(), now)
    return exam


@pytest.fixture
def world() -> World:
    city = CityFactory()
    east, west = DistrictFactory(name="东关区", parent=city), DistrictFactory(name="西渚县", parent=city)
    places = place(DistrictFactory(name="东门街道", parent=east), "东门"), place(west, "西渚")
    exams = {
        "east": drawn("东关抽考", east),
        "west": drawn("西渚抽考", west),
        "city": drawn("全市抽考", None),
    }
    return World(city, *places, exams)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def clients(world: World) -> dict[str, Client]:
    """`manager` keeps the staff list of the very enterprise that is looked for; `forgotten` is an official without a
    district."""
    east = world.east.enterprise.district
    manager = UserFactory()
    EnterpriseManager.objects.create(user=manager, enterprise=world.east.enterprise)
    people = {
        "city": official(world.city),
        "district": official(east.parent),
        "street": official(east),
        "other": official(world.west.enterprise.district),
        "forgotten": official(None),
        "manager": manager,
        "worker": world.east.user,
    }
    return {**{name: client_of(user) for name, user in people.items()}, "stranger": Client()}


def addresses(world: World) -> Iterator[str]:
    person, enterprise = world.east.user_id, world.east.enterprise_id
    number = Certificate.objects.get(user=person).number
    yield f"/staff/certificates/{number}/"
    yield f"/staff/enterprises/{enterprise}/"
    yield f"/staff/enterprises/{enterprise}/edit/"
    yield f"/staff/enterprises/{enterprise}/newcomer/"
    for table in ("staff", "former", "learned"):
        yield f"/staff/enterprises/{enterprise}/?table={table}&format=csv"
    yield f"/staff/people/{person}/"
    yield f"/staff/people/{person}/places/new/"
    yield f"/staff/people/{person}/places/{world.east.pk}/"


STATUS = {
    "city": 200,
    "district": 200,
    "street": 200,
    "other": 404,
    "forgotten": 403,
    "manager": 403,
    "worker": 403,
    "stranger": 302,
}


@pytest.mark.parametrize("who", STATUS)
def test_what_has_a_number_opens_only_where_it_belongs(
    world: World, clients: dict[str, Client], who: str
) -> None:
    for address in addresses(world):
        assert clients[who].get(address).status_code == STATUS[who], address


def forms(world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    person, enterprise, post = world.east.user_id, world.east.enterprise, PostFactory(name="切配").pk
    number = Certificate.objects.get(user=person).number
    yield f"/staff/certificates/{number}/", {"reason": "替考", "sure": "1"}
    yield (
        f"/staff/enterprises/{enterprise.pk}/edit/",
        {
            "name": "改名饭店",
            "district": enterprise.district_id,
            "business_type": enterprise.business_type_id,
        },
    )
    yield (
        f"/staff/enterprises/{enterprise.pk}/newcomer/",
        {
            "phone": "13700000009",
            "name": "新人",
            "post": post,
        },
    )
    yield f"/staff/people/{person}/hours/", {"key": "0" * 31 + "1", "hours": "2", "reason": "补录"}
    yield f"/staff/people/{person}/places/new/", {"enterprise": "饭店", "post": world.east.post_id}
    yield f"/staff/people/{person}/places/{world.east.pk}/", {"on": f"{timezone.localdate():%Y-%m-%d}"}


@pytest.mark.parametrize("who", [who for who, status in STATUS.items() if status != 200])
def test_nothing_is_changed_from_outside(world: World, clients: dict[str, Client], who: str) -> None:
    for address, data in forms(world):
        assert clients[who].post(address, data).status_code == STATUS[who], address
    assert not Revocation.objects.exists()
    assert not Change.objects.exists()
    assert not TrainingHours.objects.filter(source="correction").exists()
    assert Membership.objects.current().count() == Membership.objects.count() == 2


def test_the_district_itself_changes_what_is_its_own(world: World, clients: dict[str, Client]) -> None:
    for address, data in forms(world):
        assert clients["district"].post(address, data).status_code == 302, address
    assert Revocation.objects.count() == 1
    assert Change.objects.filter(enterprise=world.east.enterprise).count() == 3


@pytest.mark.parametrize("listed", LISTS)
@pytest.mark.parametrize("query", [{}, {"q": "东门"}, {"format": "csv"}, {"format": "csv", "q": "东门"}])
def test_lists_searches_and_files_name_nobody_from_elsewhere(
    world: World, clients: dict[str, Client], listed: str, query: dict[str, str]
) -> None:
    def words(who: str) -> str:
        response = clients[who].get(f"/staff/{listed}/", query)
        assert response.status_code == 200
        content = b"".join(response) if response.streaming else response.content
        return content.decode().replace('value="东门"', "").replace("东门街道", "")

    own = "东关抽考" if listed == "spot-exams" else "东门"
    for who in ("city", "district", "street"):
        assert own in words(who) or (listed == "spot-exams" and who == "street"), who
    assert own not in words("other")
    for who in ("forgotten", "manager", "worker", "stranger"):
        assert clients[who].get(f"/staff/{listed}/", query).status_code == STATUS[who]


def test_other_formats_hold_nothing_more(world: World, clients: dict[str, Client]) -> None:
    sent = b"".join(clients["other"].get("/staff/log/", {"format": "xapi"})).decode()
    assert f'"user-{world.west.user_id}"' in sent
    assert f'"user-{world.east.user_id}"' not in sent
    for listed in LISTS:
        assert clients["other"].get(f"/staff/{listed}/", {"format": "xlsx"}).status_code == 200


def test_a_filter_does_not_reach_outside(world: World, clients: dict[str, Client]) -> None:
    east = world.east.enterprise
    for address, query in (
        ("enterprises", {"district": east.district_id}),
        ("enterprises", {"q": east.name}),
        ("people", {"district": east.district_id}),
        ("people", {"enterprise": east.name}),
        ("people", {"q": world.east.user.phone}),
        ("people", {"state": "nowhere"}),
        ("records", {"district": east.district_id}),
        ("records", {"enterprise": east.pk}),
        ("records", {"q": world.east.user.phone}),
        ("find", {"q": world.east.user.phone}),
        ("find", {"q": east.name}),
        ("coverage/people", {"enterprise": east.pk, "trained": "all"}),
        ("coverage/enterprises", {"district": east.district_id, "trained": "all"}),
        ("certificates", {"enterprise": east.pk}),
        ("log", {"q": world.east.user.phone}),
    ):
        page = clients["other"].get(f"/staff/{address}/", query).content.decode()
        assert "东门饭店" not in page.replace(f'value="{east.name}"', "")
        assert "东门师傅" not in page


def test_an_official_without_a_district_is_told_so_in_words(clients: dict[str, Client]) -> None:
    for address in ("/staff/enterprises/", "/staff/questions/", "/staff/spot-exams/new/"):
        page = clients["forgotten"].get(address).content.decode()
        assert "/me/" in page
        assert "<h1>" in page
        assert "没有给你分配辖区" in page or "No district" in page or "辖区" in page


def test_certificates_open_outside_the_staff_pages_for_the_same_people(
    world: World, clients: dict[str, Client]
) -> None:
    """A manager answers for the own staff."""
    found = Certificate.objects.get(user=world.east.user)
    for who in ("city", "district", "street", "manager", "worker"):
        assert clients[who].get(found.get_absolute_url()).status_code == 200
    for who in ("other", "forgotten"):
        assert clients[who].get(found.get_absolute_url()).status_code == 404
        assert clients[who].get(reverse("records:pdf", args=[found.number])).status_code == 404


# Who moves


def test_a_certificate_is_seen_where_it_was_earned(world: World, clients: dict[str, Client]) -> None:
    """That somebody holds one is counted where they work; what it says is read where it was earned, or verified."""
    person, number = world.east.user, Certificate.objects.get(user=world.east.user).number
    Membership.objects.filter(pk=world.east.pk).update(left_at=timezone.now())
    MembershipFactory(user=person, enterprise=world.west.enterprise)
    for who, status in (("district", 200), ("other", 404)):
        assert clients[who].get(f"/staff/certificates/{number}/").status_code == status
        page = clients[who].get(f"/staff/people/{person.pk}/").content.decode()
        assert (number in page) == (status == 200)
    staff = f"/staff/enterprises/{world.west.enterprise_id}/?table=staff&format=csv"
    held = b"".join(clients["other"].get(staff)).decode()
    assert [line for line in held.splitlines() if line.startswith(person.name) and line.endswith(",1")]


def test_a_completion_is_seen_only_where_it_was_made(world: World, clients: dict[str, Client]) -> None:
    person = world.east.user
    MembershipFactory(user=person, enterprise=world.west.enterprise)
    Membership.objects.filter(pk=world.east.pk).update(left_at=timezone.now())
    complete(person, **{**COURSE, "course_title": "留样", "course_key": "course:8"})
    seen = {
        who: clients[who].get(f"/staff/people/{person.pk}/").context["completions"]
        for who in ("city", "district", "other")
    }
    titles = {who: {one.course_title for one in found} for who, found in seen.items()}
    assert titles == {"city": {"烧熟煮透", "留样"}, "district": {"烧熟煮透"}, "other": {"留样"}}


def test_the_page_of_somebody_who_works_in_two_districts_names_the_own_enterprise(
    world: World, clients: dict[str, Client]
) -> None:
    person = world.east.user
    MembershipFactory(user=person, enterprise=world.west.enterprise)
    page = clients["other"].get(f"/staff/people/{person.pk}/").content.decode()
    assert "西渚饭店" in page
    assert "东门饭店" not in page
    listed = b"".join(clients["other"].get("/staff/people/?format=csv")).decode()
    assert "东门师傅" in listed
    assert "东门饭店" not in listed


def test_hours_are_for_those_who_answer_for_the_person_today(
    world: World, clients: dict[str, Client]
) -> None:
    person = world.east.user
    Membership.objects.filter(pk=world.east.pk).update(left_at=timezone.now())
    MembershipFactory(user=person, enterprise=world.west.enterprise)
    said = {"key": "0" * 31 + "1", "hours": "2", "reason": "补录"}
    assert clients["district"].get(f"/staff/people/{person.pk}/").context["years"] == []
    assert clients["district"].post(f"/staff/people/{person.pk}/hours/", said).status_code == 404
    assert clients["other"].post(f"/staff/people/{person.pk}/hours/", said).status_code == 302


def test_the_log_tells_what_was_done_while_somebody_worked_here(
    world: World, clients: dict[str, Client]
) -> None:
    person = world.east.user
    Membership.objects.filter(pk=world.east.pk).update(left_at=timezone.now())
    MembershipFactory(user=person, enterprise=world.west.enterprise, joined_at=timezone.now())
    complete(person, **{**COURSE, "course_title": "留样", "course_key": "course:8"})

    def told(who: str) -> str:
        return b"".join(clients[who].get("/staff/log/", {"format": "csv", "q": person.name})).decode()

    assert "留样" not in told("district")
    assert "东门约谈" in told("district")
    assert "留样" in told("other")
    assert "东门约谈" not in told("other")


# Spot exams


def test_a_district_sees_of_an_exam_of_the_city_its_own_people(
    world: World, clients: dict[str, Client]
) -> None:
    exam = world.exams["city"]
    address = reverse("spot:one", args=[exam.pk])
    page = clients["other"].get(address).content.decode()
    assert "西渚师傅" in page
    assert "东门师傅" not in page
    assert "东门师傅" not in b"".join(clients["other"].get(address, {"format": "csv"})).decode()
    assert clients["other"].get(address, {"format": "csv", "table": "population"}).status_code == 404
    assert clients["city"].get(address, {"format": "csv", "table": "population"}).status_code == 200
    listed = b"".join(clients["other"].get("/staff/spot-exams/", {"format": "csv"})).decode("utf-8-sig")
    assert [line.rsplit(",", 2)[1] for line in listed.splitlines()[1:]] == ["1", "1"]


def test_an_exam_of_elsewhere_is_not_there(world: World, clients: dict[str, Client]) -> None:
    east = world.exams["east"]
    assert clients["other"].get(reverse("spot:one", args=[east.pk])).status_code == 404
    SpotExam.objects.update(drawn_at=None)
    for exam in (east, world.exams["city"]):
        for name in ("edit", "draw"):
            assert clients["other"].post(reverse(f"spot:{name}", args=[exam.pk])).status_code == 404
    assert clients["district"].get(reverse("spot:edit", args=[east.pk])).status_code == 200


def test_a_district_draws_only_from_its_own(world: World, clients: dict[str, Client]) -> None:
    data = {
        "title": "新抽考",
        "paper": PaperFactory().pk,
        "opens_at": "2096-11-30T09:00",
        "closes_at": "2096-11-30T18:00",
        "size": 2,
    }
    for district in ("", world.city.pk, world.east.enterprise.district_id):
        wrong = clients["other"].post(reverse("spot:new"), {**data, "district": district})
        assert wrong.status_code == 422
    own = world.west.enterprise.district_id
    assert clients["other"].post(reverse("spot:new"), {**data, "district": own}).status_code == 302
    assert clients["city"].post(reverse("spot:new"), {**data, "title": "全市"}).status_code == 302


# What is asked


def test_questions_are_counted_where_they_were_asked(world: World, clients: dict[str, Client]) -> None:
    east = world.east.enterprise.district.parent
    topic = Topic.objects.create(question="停车费多少", vector=b"", state=Topic.State.WAITING)
    make_asking("停车费多少", district=east, topic=topic)
    assert "停车费多少" in clients["district"].get("/staff/questions/").content.decode()
    assert "停车费多少" not in clients["other"].get("/staff/questions/").content.decode()
    assert clients["other"].get(f"/staff/questions/{topic.pk}/").status_code == 404
    figures = clients["other"].get("/staff/questions/figures/")
    assert figures.context["total"].asked == 0
    for who in ("forgotten", "manager"):
        assert clients[who].get("/staff/questions/").status_code == 403


# The administration


def test_officials_find_no_enterprises_people_or_trees_to_change_in_the_administration(
    world: World, clients: dict[str, Client]
) -> None:
    east = world.east.enterprise
    for address in (
        "/admin/snippets/organisations/enterprise/",
        f"/admin/snippets/organisations/enterprise/edit/{east.pk}/",
        f"/admin/snippets/organisations/district/edit/{east.district_id}/",
        "/admin/snippets/organisations/district/add/",
        "/admin/users/",
        f"/admin/users/edit/{world.east.user_id}/",
        "/admin/reports/site-history/",
        "/admin/reports/site-history/results/",
    ):
        assert clients["other"].get(address).status_code in (302, 403, 404), address
    assert Enterprise.objects.get(pk=east.pk).name == east.name


@pytest.mark.parametrize("some", [(1,), (2, 5), (300, 3000)])
def test_who_is_found_does_not_depend_on_how_many_are_asked_of_at_once(
    some: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeing, "SOME", some)
    east, west = (DistrictFactory(name=name, parent=CityFactory()) for name in ("东关区", "西渚县"))
    for n in range(4):
        for district in (east, west):
            MembershipFactory(user__name=f"王{n}", enterprise__district=district)
    kept, learner = UserFactory(name="王二"), UserFactory(name="王三")
    former = MembershipFactory(user__name="王旧", enterprise__district=east).user
    merge_people(former, kept, by=UserFactory(), reason="同一个人")
    place = Membership.objects.get(user__name="王0", enterprise__district=east)
    Completion.objects.filter(pk=complete(learner, **COURSE).pk).update(**place.snapshot())
    found = User.objects.filter(name__contains="王")
    for who in (east, west):
        scope = scope_of(official(who))
        known = list((seeing.people(scope) & found).order_by("name", "pk"))
        for most in (1, 3, 20):
            assert seeing.first_of(scope, found, most) == known[:most]
    assert {kept, former, learner} <= set(seeing.first_of(scope_of(official(east)), found, 20))
