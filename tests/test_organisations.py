"""Where somebody works: joining, changing, leaving, and the page that asks for it."""

from typing import Any

import pytest
from django.test import Client

from academy.accounts.models import User
from academy.organisations.joining import join, leave
from academy.organisations.models import Membership
from tests.factories import DistrictFactory, EnterpriseFactory, MembershipFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db

WORK = "/me/work/"


def answers(**changes: Any) -> dict[str, Any]:
    enterprise = changes.pop("enterprise", None) or EnterpriseFactory()
    return {"name": "李桂芳", "enterprise": enterprise.pk, "post": PostFactory().pk, **changes}


# Joining


def test_joining_opens_a_membership() -> None:
    membership = join(UserFactory(), EnterpriseFactory(), PostFactory())
    assert membership.left_at is None


def test_joining_another_enterprise_closes_the_first_membership() -> None:
    first = MembershipFactory()
    second = join(first.user, EnterpriseFactory(), first.post)
    first.refresh_from_db()
    assert first.left_at is not None
    assert list(Membership.objects.current().filter(user=first.user)) == [second]


def test_a_new_post_in_the_same_enterprise_is_a_new_membership() -> None:
    first = MembershipFactory()
    join(first.user, first.enterprise, PostFactory(name="食品安全员"))
    assert [m.post.name for m in first.user.memberships.order_by("pk")] == ["厨师", "食品安全员"]
    assert Membership.objects.current().get(user=first.user).post.name == "食品安全员"


def test_joining_twice_counts_once() -> None:
    first = MembershipFactory()
    assert join(first.user, first.enterprise, first.post) == first
    assert first.user.memberships.count() == 1


def test_whoever_comes_back_gets_a_new_membership_beside_the_old() -> None:
    first = MembershipFactory()
    join(first.user, EnterpriseFactory(), first.post)
    join(first.user, first.enterprise, first.post)
    assert first.user.memberships.count() == 3
    assert Membership.objects.current().filter(user=first.user).count() == 1


def test_leaving_closes_and_deletes_nothing() -> None:
    membership = MembershipFactory()
    leave(membership.user)
    membership.refresh_from_db()
    assert membership.left_at is not None


# The page


def test_the_page_asks_strangers_to_sign_in(client: Client) -> None:
    assert client.get(WORK).url == "/accounts/login/?next=/me/work/"


def test_name_enterprise_and_post_are_saved_and_the_way_goes_on(worker_client: Client, worker: User) -> None:
    response = worker_client.post(WORK, answers(next="/ask/"))
    worker.refresh_from_db()
    assert response.url == "/ask/"
    assert worker.name == "李桂芳"
    assert Membership.objects.current_of(worker) is not None


@pytest.mark.parametrize(
    ("written", "kept"),
    [("王\u202e\u200b小梅", "王小梅"), (" 欧阳\r\n娜 \t娜", "欧阳 娜 娜"), ("王\ue863", "王\ue863")],
)
def test_a_name_holds_nothing_that_nobody_sees(
    worker_client: Client, worker: User, written: str, kept: str
) -> None:
    """A mark that turns the direction would show another name on the certificate."""
    assert worker_client.post(WORK, answers(name=written)).status_code == 302
    worker.refresh_from_db()
    assert worker.name == kept
    assert worker_client.post(WORK, answers(name="\u200b\u2060")).status_code == 200
    worker.refresh_from_db()
    assert worker.name == kept


def test_posted_twice_it_counts_once(worker_client: Client, worker: User) -> None:
    data = answers()
    worker_client.post(WORK, data)
    worker_client.post(WORK, data)
    assert worker.memberships.count() == 1


def test_it_can_be_skipped(worker_client: Client) -> None:
    assert 'href="/ask/"' in worker_client.get(f"{WORK}?next=/ask/").text


def test_it_never_leads_to_another_site(worker_client: Client) -> None:
    response = worker_client.post(WORK, answers(next="https://example.org/"))
    assert response.url == "/me/"


def test_what_is_known_is_filled_in(client: Client) -> None:
    membership = MembershipFactory()
    client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(WORK).text
    assert f'value="{membership.user.name}"' in page
    assert f'<option value="{membership.enterprise.pk}" selected>' in page


def test_what_is_missing_is_said_and_nothing_saved(worker_client: Client, worker: User) -> None:
    response = worker_client.post(WORK, {"name": "李桂芳"})
    assert set(response.context["form"].errors) == {"enterprise", "post"}
    assert not worker.memberships.exists()


def test_enterprises_stand_under_their_district(worker_client: Client) -> None:
    EnterpriseFactory()
    EnterpriseFactory(district=DistrictFactory(name="西山区"))
    page = worker_client.get(WORK).text
    assert page.index('<optgroup label="东关区">') < page.index('<optgroup label="西山区">')


def test_one_district_lists_its_enterprises_and_those_of_its_subdistricts(worker_client: Client) -> None:
    district = DistrictFactory()
    inside = EnterpriseFactory(district=DistrictFactory(name="河口街道", parent=district))
    outside = EnterpriseFactory(district=DistrictFactory(name="西山区"))
    page = worker_client.get(WORK, {"district": district.pk}).text
    assert inside.name in page
    assert outside.name not in page


@pytest.mark.parametrize("district", ["999999", "x", "１", "-1", ""])
def test_an_unknown_district_lists_all(worker_client: Client, district: str) -> None:
    name = EnterpriseFactory().name
    assert name in worker_client.get(WORK, {"district": district}).text


def test_the_page_costs_the_same_for_many_enterprises(
    worker_client: Client, django_assert_num_queries: Any
) -> None:
    EnterpriseFactory.create_batch(12)
    worker_client.get(WORK)
    with django_assert_num_queries(6):
        worker_client.get(WORK)


# The admin


@pytest.mark.parametrize("model", ["enterprise", "district", "businesstype", "post"])
def test_lists_and_forms_open_in_the_admin(staff_client: Client, model: str) -> None:
    EnterpriseFactory()
    PostFactory()
    assert staff_client.get(f"/admin/snippets/organisations/{model}/").status_code == 200
    assert staff_client.get(f"/admin/snippets/organisations/{model}/add/").status_code == 200


def test_enterprises_are_found_by_name_and_filtered_by_district(staff_client: Client) -> None:
    wanted = EnterpriseFactory(name="老街面馆")
    other = EnterpriseFactory(name="江边酒楼", district=DistrictFactory(name="西山区"))
    address = "/admin/snippets/organisations/enterprise/"
    assert other.name not in staff_client.get(address, {"q": "老街"}).text
    found = staff_client.get(address, {"district": wanted.district.pk}).text
    assert wanted.name in found
    assert other.name not in found


@pytest.mark.parametrize("district", ["9" * 25, "9" * 5000, "²", "-1", "x"])
def test_a_district_that_is_none_lists_every_enterprise(worker_client: Client, district: str) -> None:
    EnterpriseFactory(name="示例面馆")
    assert "示例面馆" in worker_client.get(WORK, {"district": district}).content.decode()
