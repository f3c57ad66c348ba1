"""Where somebody works: joining, changing, leaving, and the page that asks for it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from academy.accounts.models import User
from academy.organisations.joining import choose, join, leave, move
from academy.organisations.models import Membership
from academy.records.models import midnight
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


def test_joining_another_enterprise_keeps_the_first() -> None:
    first = MembershipFactory()
    second = join(first.user, EnterpriseFactory(), first.post)
    assert set(Membership.objects.current().filter(user=first.user)) == {first, second}


def test_a_new_post_in_the_same_enterprise_is_a_new_membership() -> None:
    first, elsewhere = MembershipFactory(), EnterpriseFactory()
    join(first.user, elsewhere, first.post)
    join(first.user, first.enterprise, PostFactory(name="食品安全员"))
    here = first.user.memberships.filter(enterprise=first.enterprise).order_by("pk")
    assert [(m.post.name, m.left_at is None) for m in here] == [("厨师", False), ("食品安全员", True)]
    assert Membership.objects.current().filter(enterprise=elsewhere).exists()


def test_joining_twice_counts_once() -> None:
    first = MembershipFactory()
    assert join(first.user, first.enterprise, first.post) == first
    assert first.user.memberships.count() == 1


def test_who_moves_leaves_every_other_place_also_said_twice() -> None:
    first = MembershipFactory()
    MembershipFactory(user=first.user)
    new = EnterpriseFactory()
    assert move(first.user, new, first.post) == move(first.user, new, first.post)
    assert [place.enterprise for place in Membership.objects.current().filter(user=first.user)] == [new]
    assert first.user.memberships.count() == 3


def test_whoever_comes_back_gets_a_new_membership_beside_the_old() -> None:
    first = MembershipFactory()
    move(first.user, EnterpriseFactory(), first.post)
    move(first.user, first.enterprise, first.post)
    assert first.user.memberships.count() == 3
    assert Membership.objects.current().filter(user=first.user).count() == 1


def test_leaving_closes_one_place_and_deletes_nothing() -> None:
    membership, other = MembershipFactory(), MembershipFactory()
    kept = MembershipFactory(user=membership.user)
    leave(membership.user, membership.enterprise)
    left = set(Membership.objects.exclude(left_at=None))
    assert left == {membership}
    assert {kept, other} == set(Membership.objects.current())


def test_a_last_day_counts_to_its_end() -> None:
    today = timezone.localdate()
    membership = MembershipFactory(joined_at=timezone.now() - timedelta(days=30))
    leave(membership.user, membership.enterprise, today - timedelta(days=3))
    membership.refresh_from_db()
    assert membership.left_at == midnight(today - timedelta(days=2))
    assert membership.left_on == today - timedelta(days=3)
    leave(membership.user, membership.enterprise)
    assert membership.left_on == today - timedelta(days=3)


def test_who_joined_after_the_last_day_left_as_they_joined() -> None:
    membership = MembershipFactory()
    leave(membership.user, membership.enterprise, timezone.localdate() - timedelta(days=9))
    membership.refresh_from_db()
    assert membership.left_at == membership.joined_at
    assert membership.left_on == membership.joined_on


def test_records_name_the_place_joined_last_until_another_is_chosen() -> None:
    user, post = UserFactory(), PostFactory()
    first, second = join(user, EnterpriseFactory(), post), join(user, EnterpriseFactory(), post)
    assert Membership.objects.current_of(user) == second
    choose(user, first.enterprise)
    assert Membership.objects.current_of(user) == first
    third = join(user, EnterpriseFactory(), post)
    assert list(Membership.objects.places_of(user)) == [third, first, second]
    leave(user, third.enterprise)
    assert Membership.objects.current_of(user) == first


# The page


def test_the_page_asks_strangers_to_sign_in(client: Client) -> None:
    assert client.get(WORK).url == "/accounts/login/?next=/me/work/"


def test_name_enterprise_and_post_are_saved_and_the_way_goes_on(worker_client: Client, worker: User) -> None:
    response = worker_client.post(WORK, answers(next="/ask/"))
    worker.refresh_from_db()
    assert response.url == "/ask/"
    assert worker.name == "李桂芳"
    assert Membership.objects.current_of(worker) is not None


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


def test_another_place_is_asked_about_and_then_kept_or_left(worker_client: Client, worker: User) -> None:
    first = MembershipFactory(user=worker)
    unsaid = worker_client.post(WORK, answers())
    assert set(unsaid.context["form"].errors) == {"how"}
    assert worker.memberships.count() == 1
    worker_client.post(WORK, answers(how="also"))
    assert Membership.objects.current().filter(user=worker).count() == 2
    worker_client.post(WORK, answers(how="moved"))
    first.refresh_from_db()
    assert first.left_at
    assert Membership.objects.current().filter(user=worker).count() == 1


def test_another_post_in_the_same_place_is_not_asked_about(worker_client: Client, worker: User) -> None:
    first = MembershipFactory(user=worker)
    worker_client.post(WORK, answers(enterprise=first.enterprise, post=PostFactory(name="切配").pk))
    assert Membership.objects.current().get(user=worker).post.name == "切配"


def test_places_are_listed_ended_and_chosen(worker_client: Client, worker: User) -> None:
    first, second = MembershipFactory(user=worker), MembershipFactory(user=worker)
    page = worker_client.get(WORK).text
    assert first.enterprise.name in page
    assert f'action="/me/work/{second.pk}/leave/"' in page
    assert f'action="/me/work/{first.pk}/name/"' in page
    assert f'action="/me/work/{first.pk}/name/"' in worker_client.get("/me/").text
    worker_client.post(f"{WORK}{first.pk}/name/")
    assert Membership.objects.current_of(worker) == first
    for _twice in range(2):
        assert worker_client.post(f"{WORK}{first.pk}/leave/", {"next": WORK}).url == WORK
    assert Membership.objects.current().get(user=worker) == second
    again = join(worker, first.enterprise, first.post)
    worker_client.post(f"{WORK}{first.pk}/leave/")
    assert again in Membership.objects.current()


def test_nobody_ends_the_place_of_somebody_else(worker_client: Client) -> None:
    other = MembershipFactory()
    for act in ("leave", "name"):
        assert worker_client.post(f"{WORK}{other.pk}/{act}/").status_code == 404
        assert worker_client.get(f"{WORK}{other.pk}/{act}/").status_code == 405
    assert other in Membership.objects.current()


def test_closed_and_merged_enterprises_are_not_offered(worker_client: Client) -> None:
    closed = EnterpriseFactory(name="关门饭店", closed_on=timezone.localdate())
    merged = EnterpriseFactory(name="重复饭店", merged_into=EnterpriseFactory())
    page = worker_client.get(WORK).text
    assert "关门饭店" not in page
    assert "重复饭店" not in page
    for gone in (closed, merged):
        assert worker_client.post(WORK, answers(enterprise=gone)).context["form"].errors["enterprise"]


def test_of_many_enterprises_the_first_are_listed_and_the_rest_found_by_name(
    worker_client: Client, worker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("academy.organisations.forms.LISTED", 3)
    monkeypatch.setattr("academy.organisations.views.LISTED", 3)
    EnterpriseFactory.create_batch(3)
    rare = EnterpriseFactory(name="珍味楼", district=DistrictFactory(name="西山区"))
    page = worker_client.get(WORK).text
    assert "珍味楼" not in page
    assert 'name="q"' in page
    assert "珍味楼" in worker_client.get(WORK, {"q": "珍味"}).text
    wrong = worker_client.post(WORK, {"enterprise": rare.pk, "name": "王", "post": ""})
    assert f'<option value="{rare.pk}" selected>' in wrong.text


# The admin


@pytest.mark.parametrize("model", ["district", "businesstype", "post"])
def test_lists_and_forms_open_in_the_admin(staff_client: Client, model: str) -> None:
    EnterpriseFactory()
    PostFactory()
    assert staff_client.get(f"/admin/snippets/organisations/{model}/").status_code == 200
    assert staff_client.get(f"/admin/snippets/organisations/{model}/add/").status_code == 200


@pytest.mark.parametrize("district", ["9" * 25, "9" * 5000, "²", "-1", "x"])
def test_a_district_that_is_none_lists_every_enterprise(worker_client: Client, district: str) -> None:
    EnterpriseFactory(name="示例面馆")
    assert "示例面馆" in worker_client.get(WORK, {"district": district}).content.decode()
