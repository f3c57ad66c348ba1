"""A certificate at its end, and the exam that is sat again for it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from academy.accounts.models import User
from academy.courses.models import CoursePage
from academy.exams.models import Attempt
from academy.records.models import Certificate, Completion, TrainingHours
from tests.factories import PaperFactory, make_course


@pytest.fixture
def course(home: Page) -> CoursePage:
    return make_course(
        home, lessons=0, paper=PaperFactory(pass_mark=50, attempts_allowed=2), validity_months=12
    )


def url(course: CoursePage, name: str = "before", **more: Any) -> str:
    return reverse(f"exams:{name}", kwargs={"kind": "course", "pk": course.pk, **more})


def sit(client: Client, course: CoursePage, right: bool = True) -> Attempt | None:
    nth = client.get(url(course)).context["nth"]
    client.post(url(course, "start"), {"nth": nth})
    attempt = Attempt.objects.filter(submitted_at=None).first()
    if attempt is None:
        return None
    for n, question in enumerate(attempt.questions, 1):
        chosen = [o["key"] for o in question["options"] if o["correct"] == right][:1]
        client.post(f"{url(course, 'sit', attempt_pk=attempt.pk)}?q={n}", {"chosen": chosen})
    client.post(url(course, "hand_in", attempt_pk=attempt.pk))
    return attempt


@pytest.fixture
def certified(
    worker_client: Client, course: CoursePage, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """The course was completed so long ago that its certificate ends in so many days."""

    def complete(ends_in: int, failing_first: bool = False) -> None:
        ends = timezone.localdate() + timedelta(days=ends_in + 1)
        then = timezone.localtime().replace(year=ends.year - 1, month=ends.month, day=ends.day)
        with monkeypatch.context() as past:
            past.setattr(timezone, "now", lambda: then)
            if failing_first:
                sit(worker_client, course, right=False)
            sit(worker_client, course)

    return complete


def test_passing_gives_a_certificate_and_the_exam_is_over(worker_client: Client, course: CoursePage) -> None:
    sit(worker_client, course)
    certificate = Certificate.objects.get()
    assert certificate.expires_on is not None
    assert sit(worker_client, course) is None
    assert worker_client.get(certificate.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("days", [60, 0, -400])
def test_passing_again_around_or_after_the_end_gives_a_new_one(
    certified: Callable[..., None], worker_client: Client, course: CoursePage, days: int
) -> None:
    certified(ends_in=days)
    old = Certificate.objects.get()
    assert url(course) in worker_client.get(old.get_absolute_url()).content.decode()
    sit(worker_client, course)
    new = Certificate.objects.exclude(pk=old.pk).get()
    assert new.renews == old
    assert new.starts_on == (old.expires_on + timedelta(days=1) if days >= 0 else timezone.localdate())
    assert Completion.objects.count() == TrainingHours.objects.count() == 1
    worker_client.get(course.url)
    assert sit(worker_client, course) is None
    assert Certificate.objects.count() == 2


def test_too_early_nothing_is_renewed(
    certified: Callable[..., None], worker_client: Client, course: CoursePage
) -> None:
    certified(ends_in=61)
    assert sit(worker_client, course) is None


def test_failing_again_takes_nothing_and_has_attempts_of_its_own(
    certified: Callable[..., None], worker_client: Client, course: CoursePage
) -> None:
    certified(ends_in=10, failing_first=True)
    sit(worker_client, course, right=False)
    assert Certificate.objects.get().state == "valid"
    sit(worker_client, course, right=False)
    assert sit(worker_client, course) is None
    assert Attempt.objects.count() == 4


def test_nobody_sits_an_exam_whose_certificate_would_name_nobody(
    worker: User, worker_client: Client, course: CoursePage
) -> None:
    User.objects.update(name="")
    assert reverse("organisations:work") in worker_client.get(url(course)).content.decode()
    assert sit(worker_client, course) is None
    User.objects.update(name="王小梅")
    assert sit(worker_client, course) is not None


@pytest.mark.parametrize(("days", "offered"), [(61, False), (60, True), (-400, True)])
def test_the_course_and_ones_own_page_offer_to_renew(
    certified: Callable[..., None], worker_client: Client, course: CoursePage, days: int, offered: bool
) -> None:
    certified(ends_in=days)
    certificate = Certificate.objects.get()
    page = worker_client.get(course.url)
    assert certificate.number in page.content.decode()
    assert (f'class="btn" href="{url(course)}"' in page.content.decode()) == offered
    # those of the renewal, not those that were used up
    assert page.context["terms"].attempts_left == (2 if offered else 1)
    link = f'class="btn" href="{certificate.get_absolute_url()}"'
    assert (link in worker_client.get(reverse("me:home")).content.decode()) == offered


def test_whoever_is_through_is_led_back_to_the_course(
    certified: Callable[..., None], worker_client: Client, course: CoursePage
) -> None:
    certified(ends_in=200)
    Attempt.objects.update(passed=False)
    page = worker_client.get(url(course)).content.decode()
    assert f'class="btn line" href="{course.url}"' in page
    assert reverse("organisations:work") not in page
