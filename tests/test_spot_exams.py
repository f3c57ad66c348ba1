"""A spot exam from its plan to its results (监督抽考)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from academy.accounts.models import User
from academy.exams import spot
from academy.exams.models import Attempt, Candidate, SpotExam
from academy.library.models import HomePage
from academy.organisations.models import Membership
from academy.records.models import Statement, Verb
from tests.factories import (
    DistrictFactory,
    EnterpriseFactory,
    MembershipFactory,
    PaperFactory,
    PostFactory,
    QuestionFactory,
    UserFactory,
)


def plan(**fields: Any) -> SpotExam:
    now = timezone.now()
    fields = {"title": f"抽考{SpotExam.objects.count()}", "size": 3, **fields}
    window = {"opens_at": now - timedelta(hours=1), "closes_at": now + timedelta(hours=1)}
    paper = fields.pop("paper", None) or PaperFactory(pass_mark=50, questions=[QuestionFactory()])
    return SpotExam.objects.create(paper=paper, **{**window, **fields})


@pytest.fixture
def trade(db: None) -> list[User]:
    """Four cooks of one district, one of whom works in two places, and a waiter of another."""
    here, there = DistrictFactory(name="东关区"), DistrictFactory(name="西湖区")
    cook, waiter = PostFactory(name="厨师"), PostFactory(name="服务员")
    people = [UserFactory() for _ in range(5)]
    for user in people[:4]:
        MembershipFactory(user=user, enterprise=EnterpriseFactory(district=here), post=cook)
    MembershipFactory(user=people[0], enterprise=EnterpriseFactory(district=here), post=cook)
    MembershipFactory(user=people[4], enterprise=EnterpriseFactory(district=there), post=waiter)
    return people


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(spot_exam: SpotExam, name: str = "before", **more: Any) -> str:
    return reverse(f"exams:{name}", kwargs={"kind": "spot", "pk": spot_exam.pk, **more})


def sit(user: User, spot_exam: SpotExam, right: bool) -> None:
    client = client_of(user)
    client.post(url(spot_exam, "start"), {"nth": 1})
    attempt = Attempt.objects.get(user=user)
    chosen = [o["key"] for o in attempt.questions[0]["options"] if o["correct"] == right][:1]
    client.post(url(spot_exam, "sit", attempt_pk=attempt.pk), {"chosen": chosen})
    client.post(url(spot_exam, "hand_in", attempt_pk=attempt.pk))


def test_whoever_fits_is_drawn_from_once_each(trade: list[User]) -> None:
    spot_exam = plan(district=DistrictFactory(name="东关区"), size=10)
    spot_exam.posts.set([PostFactory(name="厨师")])
    assert {place.user for place in spot.eligible(spot_exam)} == set(trade[:4])
    Membership.objects.filter(user=trade[1]).update(left_at=timezone.now())
    assert spot.draw_candidates(spot_exam, trade[0], timezone.now()) == 3


def test_a_draw_happens_once_and_can_be_checked_by_its_seed(trade: list[User], staff: User) -> None:
    spot_exam = plan(size=2)
    for _ in range(2):
        assert spot.draw_candidates(spot_exam, staff, timezone.now()) == 2
    spot_exam.refresh_from_db()
    assert {candidate.user_id for candidate in Candidate.objects.all()} == set(spot.sample(spot_exam))
    Membership.objects.update(left_at=timezone.now())
    assert {candidate.user_id for candidate in Candidate.objects.all()} == set(spot.sample(spot_exam))
    assert spot_exam.population == sorted(user.pk for user in trade)
    assert (spot_exam.drawn_from, spot_exam.drawn_by) == (5, staff)
    assert Statement.objects.filter(verb=Verb.ASSIGNED).count() == 2


def test_only_whoever_was_drawn_finds_it(trade: list[User], staff: User) -> None:
    spot_exam = plan(size=5)
    spot.draw_candidates(spot_exam, staff, timezone.now())
    assert client_of(trade[0]).get(url(spot_exam)).status_code == 200
    assert client_of(UserFactory()).get(url(spot_exam)).status_code == 404
    assert client_of(UserFactory()).post(url(spot_exam, "start"), {"nth": 1}).status_code == 404
    refused = Statement.objects.get(verb=Verb.REFUSED)
    assert (refused.object_key, refused.evidence["why"]) == (spot_exam.purpose, "not drawn")


def test_it_is_sat_once_within_its_window(trade: list[User], staff: User) -> None:
    spot_exam = plan(size=5)
    spot.draw_candidates(spot_exam, staff, timezone.now())
    sit(trade[0], spot_exam, right=False)
    assert Attempt.objects.get().deadline <= spot_exam.closes_at
    client_of(trade[0]).post(url(spot_exam, "start"), {"nth": 2})
    SpotExam.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    client_of(trade[1]).post(url(spot_exam, "start"), {"nth": 1})
    SpotExam.objects.update(
        opens_at=timezone.now() + timedelta(minutes=1), closes_at=timezone.now() + timedelta(hours=1)
    )
    client_of(trade[2]).post(url(spot_exam, "start"), {"nth": 1})
    assert Attempt.objects.count() == 1
    assert list(spot.due_for(trade[0], timezone.now())) == []
    assert list(spot.due_for(trade[1], timezone.now())) == [spot_exam]


def test_staff_plan_see_who_fits_and_draw(staff_client: Client, trade: list[User]) -> None:
    paper = PaperFactory()
    data = {
        "title": "十一月抽考",
        "paper": paper.pk,
        "opens_at": "2096-11-30T09:00",
        "closes_at": "2096-11-30T08:00",
        "size": 2,
    }
    wrong = staff_client.post(reverse("spot:new"), data)
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.content.decode()
    planned = staff_client.post(reverse("spot:new"), {**data, "closes_at": "2096-11-30T18:00"})
    spot_exam = SpotExam.objects.get()
    assert planned.url == reverse("spot:one", args=[spot_exam.pk])
    assert "5" in staff_client.get(planned.url).content.decode()
    staff_client.post(reverse("spot:draw", args=[spot_exam.pk]))
    assert spot_exam.candidates.count() == 2
    assert staff_client.get(reverse("spot:edit", args=[spot_exam.pk])).status_code == 404
    assert "十一月抽考" in staff_client.get(reverse("spot:list")).content.decode()


def test_results_are_counted_by_post_and_by_enterprise(
    staff_client: Client, staff: User, trade: list[User]
) -> None:
    spot_exam = plan(size=5)
    spot.draw_candidates(spot_exam, staff, timezone.now())
    sit(trade[0], spot_exam, right=True)
    sit(trade[4], spot_exam, right=False)
    people = list(spot.with_results(spot_exam))
    assert [(t.label, t.drawn, t.sat, t.passed, t.average) for t in spot.tallies(people, "post")] == [
        ("厨师", 4, 1, 1, 100),
        ("服务员", 1, 1, 0, 0),
    ]
    page = staff_client.get(reverse("spot:one", args=[spot_exam.pk])).content.decode()
    assert spot_exam.candidates.first().enterprise_name in page
    for table in ("", "post", "enterprise", "business-type", "district"):
        address = f"{reverse('spot:one', args=[spot_exam.pk])}?table={table}&format=csv"
        assert len(b"".join(staff_client.get(address)).splitlines()) > 1
    assert (
        staff_client.get(f"{reverse('spot:one', args=[spot_exam.pk])}?table=x&format=csv").status_code == 404
    )


def test_results_take_as_many_queries_for_many_as_for_few(
    staff_client: Client, staff: User, trade: list[User], django_assert_max_num_queries: Any
) -> None:
    spot_exam = plan(size=100)
    for _ in range(20):
        MembershipFactory()
    spot.draw_candidates(spot_exam, staff, timezone.now())
    with django_assert_max_num_queries(12):
        staff_client.get(reverse("spot:one", args=[spot_exam.pk]))


def test_strangers_and_workers_draw_nobody(client: Client, worker_client: Client, trade: list[User]) -> None:
    spot_exam = plan()
    for somebody in (client, worker_client):
        assert somebody.post(reverse("spot:draw", args=[spot_exam.pk])).status_code in (302, 403)
        assert somebody.get(reverse("spot:list")).status_code in (302, 403)
    assert not Candidate.objects.exists()


def test_it_is_not_sat_twice_while_the_first_time_waits_to_be_closed(trade: list[User], staff: User) -> None:
    spot_exam = plan(size=5)
    spot.draw_candidates(spot_exam, staff, timezone.now())
    client = client_of(trade[0])
    client.post(url(spot_exam, "start"), {"nth": 1})
    Attempt.objects.update(deadline=timezone.now() - timedelta(seconds=1))
    client.post(url(spot_exam, "start"), {"nth": 2})
    assert Attempt.objects.count() == 1


def test_nobody_is_told_the_answers_while_others_may_still_sit(trade: list[User], staff: User) -> None:
    spot_exam = plan(size=5)
    spot.draw_candidates(spot_exam, staff, timezone.now())
    sit(trade[0], spot_exam, right=False)
    result = url(spot_exam, "result", attempt_pk=Attempt.objects.get().pk)
    before = client_of(trade[0]).get(result)
    assert "要量最厚的地方。" not in before.content.decode()
    assert before.context["later"] == spot_exam.closes_at
    Attempt.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    assert "要量最厚的地方。" in client_of(trade[0]).get(result).content.decode()


def test_nothing_is_drawn_while_nobody_fits_or_when_the_window_is_over(
    staff_client: Client, staff: User, trade: list[User]
) -> None:
    nobody = plan(district=DistrictFactory(name="南山区"))
    over = plan(closes_at=timezone.now() - timedelta(minutes=1))
    for spot_exam in (nobody, over):
        assert spot.draw_candidates(spot_exam, staff, timezone.now()) == 0
        assert staff_client.get(reverse("spot:edit", args=[spot_exam.pk])).status_code == 200
    assert not Candidate.objects.exists()


def test_home_leads_to_it_and_its_own_terms_are_said(trade: list[User], staff: User, home: Page) -> None:
    paper = PaperFactory(attempts_allowed=0, cool_down_hours=12)
    spot_exam = plan(paper=paper, size=5)
    spot.draw_candidates(spot_exam, staff, timezone.now())
    start = home.add_child(instance=HomePage(title="首页", slug="start"))
    client = client_of(trade[0])
    assert url(spot_exam) in client.get(start.url).content.decode()
    terms = client.get(url(spot_exam)).context["terms"]
    assert (terms.attempts_allowed, terms.attempts_left, terms.closes_at) == (1, 1, spot_exam.closes_at)
    sit(trade[0], spot_exam, right=False)
    assert url(spot_exam) not in client.get(start.url).content.decode()
