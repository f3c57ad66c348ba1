"""What cannot be found out by trying: whose a number is, where else somebody works, whether there is such an event."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from academy.accounts.models import User
from academy.accounts.phones import phone_is
from academy.organisations.managing import appoint
from academy.organisations.models import District, EnterpriseManager, Jurisdiction, Membership
from academy.records.completing import complete
from tests.factories import (
    BusinessTypeFactory,
    CityFactory,
    DistrictFactory,
    EnterpriseFactory,
    EventFactory,
    MembershipFactory,
    PostFactory,
    UserFactory,
    make_assignment,
)
from tests.registers import PEOPLE, client_of, code, official, problems, send, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def east() -> District:
    CityFactory()
    made: District = DistrictFactory(name="东关区")
    return made


@pytest.fixture
def here(east: District) -> Membership:
    enterprise = EnterpriseFactory(
        district=east, name="东关饭店", credit_code=code(1), business_type=BusinessTypeFactory()
    )
    made: Membership = MembershipFactory(enterprise=enterprise, user__name="王小梅", post=PostFactory())
    return made


@pytest.fixture
def there(east: District) -> Membership:
    """Somebody of another district."""
    made: Membership = MembershipFactory(
        enterprise=EnterpriseFactory(district=DistrictFactory(name="西渚县"), name="西渚饭店"),
        user=UserFactory(name="司马光明", phone="13911112222"),
    )
    return made


@pytest.fixture
def client(east: District) -> Client:
    return client_of(official(east))


def test_who_keeps_a_list_is_appointed_by_number_and_name(
    client: Client, here: Membership, there: Membership
) -> None:
    at = f"/staff/enterprises/{here.enterprise_id}/managers/"
    for name in ("", "王大梅"):
        page = client.post(at, {"phone": there.user.phone, "name": name}, follow=True)
        assert page.status_code == 422
        assert "司马光明" not in page.text
    assert not EnterpriseManager.objects.exists()
    assert client.post(at, {"phone": there.user.phone, "name": "司马光明"}).status_code == 302
    assert client.post(at, {"phone": "13911113333", "name": "欧阳"}).status_code == 302
    named = EnterpriseManager.objects.values_list("user__name", flat=True)
    assert set(named) == {"司马光明", "欧阳"}


def test_a_roster_names_whoever_is_not_known_here(
    client: Client, here: Membership, there: Membership
) -> None:
    """A number alone would bring the name of its owner onto one's own list."""
    rows = [
        [code(1), number, "", "厨师", "", ""] for number in (there.user.phone, "13911113333", here.user.phone)
    ]
    found = problems(send(client, "people", xlsx(PEOPLE, rows)))
    assert found[2] == found[3]
    assert [words.split("：")[0] for words in found[2]] == ["姓名"]
    assert 4 not in found


def test_two_accounts_are_compared_by_what_is_here(
    client: Client, here: Membership, there: Membership
) -> None:
    person, again = here.user, MembershipFactory(enterprise=here.enterprise, user__name="王小梅").user
    MembershipFactory(user=person, enterprise=there.enterprise)
    appoint(person, there.enterprise, official(None))
    complete(person, course_key="course:7", course_title="留样", edition=1, hours=1, validity_months=12)
    lines = client.get(f"/staff/people/{again.pk}/merge/", {"with": person.pk}).context["lines"]
    said = {line.label: line for line in lines}
    assert "西渚" not in str(lines)
    assert "东关饭店" in str(lines)
    done = Membership.objects.current_of(person)
    assert done is not None
    assert done.enterprise == there.enterprise
    numbers = [line.other for line in said.values() if line.other.isdigit()]
    assert set(numbers[:3]) == {"0"}


def test_where_somebody_no_longer_works_their_hours_are_not_compared(
    client: Client, here: Membership
) -> None:
    person, again = here.user, MembershipFactory(enterprise=here.enterprise).user
    lines = client.get(f"/staff/people/{again.pk}/merge/", {"with": person.pk}).context["lines"]
    Membership.objects.filter(pk=here.pk).update(left_at=timezone.now())
    fewer = client.get(f"/staff/people/{again.pk}/merge/", {"with": person.pk}).context["lines"]
    assert len(lines) - len(fewer) == 3


@pytest.mark.parametrize(("method", "status"), [("get", 404), ("head", 404), ("post", 410)])
def test_an_event_of_others_is_answered_like_none(method: str, status: int) -> None:
    client, event = client_of(UserFactory()), EventFactory()
    for number in (event.pk, event.pk + 1):
        assert getattr(client, method)(f"/events/{number}/here/").status_code == status


@pytest.mark.parametrize("words", ["139", "13911", "1112222", "91111222", "912", "1391111222"])
def test_a_number_is_not_found_digit_by_digit(words: str) -> None:
    user = UserFactory(phone="13911112222")
    assert not User.objects.filter(phone_is(words)).exists()
    for whole in ("13911112222", "+86 139-1111-2222", "１３９１１１１２２２２", "2222"):
        assert list(User.objects.filter(phone_is(whole))) == [user]


@pytest.mark.parametrize("at", ["", "former/", "records/", "assignments/"])
def test_a_manager_finds_no_hidden_digits(here: Membership, at: str) -> None:
    manager, hidden = UserFactory(), here.user.phone[3:7]
    EnterpriseManager.objects.create(user=manager, enterprise=here.enterprise)
    complete(here.user, course_key="course:7", course_title="留样", edition=1, hours=1)
    for words in (hidden, here.user.phone[:5], here.user.phone[2:]):
        page = client_of(manager).get(f"/enterprises/{here.enterprise_id}/{at}", {"q": words}).text
        assert "王小梅" not in page or at in ("former/", "assignments/")


def test_who_has_moved_no_longer_ends_what_they_assigned(here: Membership, there: Membership) -> None:
    boss = official(there.enterprise.district)
    made = make_assignment(boss, district=there.enterprise.district, audience="西渚县")
    client = client_of(boss)
    assert client.get(f"/staff/assignments/{made.pk}/").status_code == 200
    Jurisdiction.objects.filter(user=boss).update(district=here.enterprise.district)
    assert client.get(f"/staff/assignments/{made.pk}/").status_code == 404
    assert client.post(f"/staff/assignments/{made.pk}/cancel/", {"reason": "x"}).status_code == 404
    assert "西渚" not in client.get("/staff/assignments/").text
    made.refresh_from_db()
    assert made.cancelled_at is None


def test_who_has_moved_no_longer_sees_what_they_brought_in(
    client: Client, here: Membership, there: Membership
) -> None:
    rows: list[list[Any]] = [[code(1), here.user.phone, "王小梅", "厨师", "", ""]]
    batch = send(client, "people", xlsx(PEOPLE, rows))
    at = f"/staff/imports/{batch.pk}/"
    assert client.get(at).status_code == 200
    Jurisdiction.objects.filter(user=batch.user).update(district=there.enterprise.district)
    for address in (at, f"{at}?format=csv"):
        assert client.get(address).status_code == 404
    for step in ("apply", "undo", "go-on"):
        assert client.post(f"{at}{step}/").status_code == 404
    assert batch.name not in client.get("/staff/imports/").text


def test_what_is_of_others_is_kept_by_no_browser_and_nobody_on_the_way(
    client: Client, here: Membership
) -> None:
    for address in (
        "/staff/people/",
        "/staff/people/?format=csv",
        f"/enterprises/{here.enterprise_id}/",
        "/staff/log/",
    ):
        assert client.get(address)["Cache-Control"] == "private, no-store"
    assert client.get("/me/")["Cache-Control"] == "private"
