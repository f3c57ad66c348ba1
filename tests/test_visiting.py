"""Time in lessons is claimed by pages and counted by the server's clock."""

import contextlib
import json
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Page
from wagtail_factories import DocumentFactory

from academy.accounts.models import User
from academy.core import limiting
from academy.courses import visiting, watching
from academy.courses.claims import Claim
from academy.courses.finishing import UnfinishedError, finish, standing
from academy.courses.learning import pursued
from academy.courses.models import (
    CoursePage,
    CourseVersion,
    Enrolment,
    LearningClock,
    LessonPage,
    LessonProgress,
    LessonVersion,
    LessonVisit,
)
from academy.courses.outline import Outline
from academy.courses.terms import Terms, terms_of
from academy.records.models import Statement, Verb
from academy.records.refusals import RefusedError
from tests.factories import make_course

FILM = Path(__file__).parent / "files" / "film.mp4"
NOW = datetime(2026, 11, 26, 2, 0, tzinfo=timezone.get_fixed_timezone(0))
# with the five signs of the title so many that two minutes of reading count
TEXT = "烧" * 595


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def lesson(home: Page) -> LessonPage:
    course = make_course(home, lessons=1)
    found: LessonPage = LessonPage.objects.child_of(course).get()
    film = DocumentFactory(file=ContentFile(FILM.read_bytes(), "film.mp4"))
    found.body = [("text", f"<p>{TEXT}</p>"), ("video", {"title": "量中心温度", "video": film})]
    found.save()
    return LessonPage.objects.get()


def outline_of(lesson: LessonPage) -> Outline:
    return pursued(AnonymousUser(), lesson.course)


@pytest.fixture
def terms(lesson: LessonPage) -> Terms:
    return terms_of(outline_of(lesson), lesson)


@pytest.fixture
def film(terms: Terms) -> str:
    return next(iter(terms.videos))


@pytest.fixture
def opened(worker: User, terms: Terms) -> LessonProgress:
    return visiting.open_lesson(worker, terms, NOW)


VISIT = uuid.UUID(int=1)


def claim(seconds: int = 0, visit: uuid.UUID = VISIT, speed: float = 1, **watched: Any) -> Claim:
    return Claim(visit, seconds, watched.get("watched", {}), watched.get("positions", {}), speed)


def refusals() -> list[Statement]:
    return list(Statement.objects.filter(verb=Verb.REFUSED))


def state() -> tuple[Any, ...]:
    return (
        list(LessonProgress.objects.values()),
        list(LessonVisit.objects.values()),
        list(LearningClock.objects.values()),
    )


# ── opening ──


def test_a_lesson_that_is_served_is_opened_once(
    worker_client: Client, worker: User, lesson: LessonPage
) -> None:
    for _time in range(2):
        response = worker_client.get(lesson.url)
        assert "no-store" in response["Cache-Control"]
    progress = LessonProgress.objects.get(user=worker)
    assert progress.opened_at
    assert progress.done_at is None
    assert Statement.objects.get(verb=Verb.OPENED).object_name == lesson.title


def test_nothing_is_opened_for_readers_and_for_editors_who_preview(
    client: Client, staff_client: Client, lesson: LessonPage
) -> None:
    assert client.get(lesson.url).status_code == 200
    lesson.save_revision()
    assert staff_client.get(reverse("wagtailadmin_pages:view_draft", args=[lesson.pk])).status_code == 200
    assert not LessonProgress.objects.exists()
    assert not Statement.objects.exists()


# ── what is counted ──


def test_time_that_has_passed_is_counted(worker: User, terms: Terms, opened: LessonProgress) -> None:
    visiting.count(worker, terms, claim(), after(0))
    assert visiting.count(worker, terms, claim(15), after(15)).seconds == 15
    assert visiting.count(worker, terms, claim(30), after(30)).seconds == 30


def test_a_report_that_comes_twice_late_or_out_of_order_counts_once(
    worker: User, terms: Terms, film: str, opened: LessonProgress
) -> None:
    early, late = claim(10, watched={film: [[0, 4]]}), claim(25, watched={film: [[0, 9]]})
    visiting.count(worker, terms, late, after(35))
    before = state()
    for again in (late, early, late):
        visiting.count(worker, terms, again, after(36))
    assert state() == before
    assert LessonProgress.objects.get().seconds == 25


def test_more_time_than_has_passed_changes_nothing_and_is_written_down(
    worker: User, terms: Terms, film: str, opened: LessonProgress
) -> None:
    visiting.count(worker, terms, claim(), after(0))
    before = state()
    with pytest.raises(RefusedError):
        visiting.count(worker, terms, claim(60, watched={film: [[0, 5]]}), after(10))
    assert state() == before
    assert refusals()[0].evidence["claimed"]["seconds"] == 60


def test_the_same_refused_report_is_written_down_once(
    worker: User, terms: Terms, opened: LessonProgress
) -> None:
    for _time in range(2):
        with pytest.raises(RefusedError):
            visiting.count(worker, terms, claim(600), after(1))
    assert len(refusals()) == 1


def test_nobody_learns_in_two_places_at_once(worker: User, terms: Terms, opened: LessonProgress) -> None:
    phone, desk = uuid.UUID(int=1), uuid.UUID(int=2)
    visiting.count(worker, terms, claim(0, phone), after(0))
    visiting.count(worker, terms, claim(0, desk), after(0))
    visiting.count(worker, terms, claim(60, phone), after(60))
    with pytest.raises(RefusedError):
        visiting.count(worker, terms, claim(60, desk), after(60))
    assert LessonProgress.objects.get().seconds == 60


def test_a_film_played_fast_takes_two_thirds_of_its_time_and_no_less(
    worker: User, terms: Terms, film: str, opened: LessonProgress
) -> None:
    visiting.count(worker, terms, claim(), after(0))
    whole = claim(watched={film: [[0, 12]]}, speed=1.5)
    with pytest.raises(RefusedError):
        visiting.count(worker, terms, whole, after(2))
    assert visiting.count(worker, terms, whole, after(3)).watched == {film: [[0, 12]]}
    with pytest.raises(RefusedError):
        visiting.count(worker, terms, claim(0, uuid.uuid4(), 2, watched={film: [[0, 12.5]]}), after(60))


def test_what_was_watched_is_written_down_once_when_it_is_enough(
    worker: User, terms: Terms, film: str, opened: LessonProgress
) -> None:
    for end, at in ((6, 10), (11, 20), (12, 30)):
        visiting.count(worker, terms, claim(watched={film: [[0, end]]}), after(at))
    told = Statement.objects.get(verb=Verb.PROGRESSED)
    assert told.evidence["share"] == 91


def test_reading_counts_no_longer_than_the_text_is(
    worker: User, terms: Terms, opened: LessonProgress
) -> None:
    assert terms.most_seconds == 120
    visiting.count(worker, terms, claim(), after(0))
    assert visiting.count(worker, terms, claim(100), after(100)).seconds == 100
    assert visiting.count(worker, terms, claim(500), after(500)).seconds == 120
    assert visiting.count(worker, terms, claim(60, uuid.uuid4()), after(600)).seconds == 120


# ── offline ──


def test_what_was_read_without_a_network_counts_since_one_was_last_heard_of(
    worker: User, terms: Terms, opened: LessonProgress
) -> None:
    assert visiting.count(worker, terms, claim(90), after(3 * 3600)).seconds == 90
    later = visiting.count(worker, terms, claim(105), after(3 * 3600 + 15))
    assert later.seconds == 105


def test_a_first_report_that_arrives_late_costs_nothing_of_what_follows(
    worker: User, terms: Terms, opened: LessonProgress
) -> None:
    visiting.count(worker, terms, claim(0), after(20))
    assert visiting.count(worker, terms, claim(15), after(21)).seconds == 15


def test_nobody_has_read_for_minutes_who_has_just_opened_the_lesson(
    worker: User, terms: Terms, opened: LessonProgress
) -> None:
    visiting.count(worker, terms, claim(15), after(15))
    other = Terms(terms.course_key, 1, "lesson:99", "别的", False, 90, 600, {}, ())
    visiting.open_lesson(worker, other, after(86_000))
    with pytest.raises(RefusedError):
        visiting.count(worker, other, claim(60, uuid.uuid4()), after(86_003))


def test_lessons_opened_together_share_the_time_since(worker: User, terms: Terms) -> None:
    taken = 0
    for number in range(5):
        one = Terms(terms.course_key, 1, f"lesson:{number}", "课", False, 90, 600, {}, ())
        visiting.open_lesson(worker, one, NOW)
        with contextlib.suppress(RefusedError):
            taken += visiting.count(worker, one, claim(60, uuid.UUID(int=number)), after(60)).seconds
    assert taken == 60


def test_reading_and_watching_add_up(worker: User, terms: Terms, film: str, opened: LessonProgress) -> None:
    both = claim(8, watched={film: [[0, 12]]})
    with pytest.raises(RefusedError):
        visiting.count(worker, terms, both, after(8))
    assert visiting.count(worker, terms, both, after(16)).seconds == 8


def test_films_of_a_day_use_up_the_last_minutes_once(worker: User, terms: Terms) -> None:
    lengths = {str(n): (900.0, "长片") for n in range(3)}
    long = Terms(terms.course_key, 1, terms.lesson_key, "长片", False, 90, 9000, lengths, ())
    visiting.open_lesson(worker, long, NOW)
    first = claim(700, uuid.UUID(int=9), watched={"0": [[0, 900]]})
    visiting.count(worker, long, first, after(86_000))
    for n in (1, 2):
        with pytest.raises(RefusedError):
            visiting.count(
                worker, long, claim(700, uuid.UUID(int=n), watched={str(n): [[0, 900]]}), after(86_000)
            )


def test_a_film_of_yesterday_does_not_count(worker: User, terms: Terms, film: str, home: Page) -> None:
    """Its length is under the ten minutes that go back; a longer claim is not."""
    long = Terms(terms.course_key, 1, terms.lesson_key, "长片", False, 90, 0, {film: (3600.0, "长片")}, ())
    visiting.open_lesson(worker, long, NOW)
    with pytest.raises(RefusedError):
        visiting.count(worker, long, claim(watched={film: [[0, 950]]}), after(86_000))
    assert visiting.count(worker, long, claim(watched={film: [[0, 900]]}), after(86_000)).watched


def test_a_lesson_that_was_never_opened_counts_nothing(worker: User, terms: Terms) -> None:
    with pytest.raises(RefusedError):
        visiting.count(worker, terms, claim(5), NOW)
    assert not LessonProgress.objects.exists()
    assert len(refusals()) == 1


def test_more_pieces_than_anybody_watches_are_refused(worker: User, terms: Terms) -> None:
    long = Terms(terms.course_key, 1, terms.lesson_key, "长片", False, 90, 0, {"1": (3600.0, "长片")}, ())
    visiting.open_lesson(worker, long, NOW)
    pieces = [[float(n), n + 0.5] for n in range(300)]
    with pytest.raises(RefusedError):
        visiting.count(worker, long, claim(watched={"1": pieces}), after(3600))


# ── no skipping ──


def test_the_first_time_a_film_is_not_skipped_through(
    worker: User, lesson: LessonPage, film: str, opened: LessonProgress
) -> None:
    lesson.watch_through = True
    strict = terms_of(outline_of(lesson), lesson)
    visiting.count(worker, strict, claim(watched={film: [[0, 4]]}), after(60))
    with pytest.raises(RefusedError):
        visiting.count(worker, strict, claim(watched={film: [[0, 4], [8, 12]]}), after(120))
    visiting.count(worker, strict, claim(watched={film: [[0, 11.5]]}), after(180))
    # enough was watched: from now on one goes where one likes
    visiting.count(worker, strict, claim(watched={film: [[0, 11.5], [11.8, 12]]}), after(240))


# ── the whole, whatever is claimed ──


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 90), st.integers(1, 3), st.integers(0, 120), st.floats(0, 12, allow_nan=False)
        ),
        max_size=12,
    )
)
def test_never_is_more_counted_than_time_has_passed(
    worker: User, terms: Terms, film: str, said: list[tuple[int, int, int, float]]
) -> None:
    LessonVisit.objects.all().delete()
    LessonProgress.objects.all().delete()
    LearningClock.objects.all().delete()
    visiting.open_lesson(worker, terms, NOW)
    at, before = 0, (0, 0.0)
    for passes, visit, seconds, end in said:
        at += passes
        parts = {film: watching.union([[0, round(end, 1)]])}
        with contextlib.suppress(RefusedError):
            visiting.count(worker, terms, claim(seconds, uuid.UUID(int=visit), watched=parts), after(at))
        kept = LessonProgress.objects.get()
        now = (kept.seconds, watching.seconds(kept.watched.get(film, [])))
        assert now[0] >= before[0]
        assert now[1] >= before[1]
        assert now[0] + now[1] / visiting.FASTEST <= at + visiting.GRACE + 0.1
        for clock in LearningClock.objects.all():
            assert clock.counted_until <= after(at + visiting.GRACE + 0.1)
        before = now


# ── through the door ──


@pytest.fixture
def url(lesson: LessonPage) -> str:
    return reverse("courses:lesson_report", args=[lesson.course.pk, lesson.pk])


def post(client: Client, url: str, **said: Any) -> Any:
    return client.post(url, json.dumps({"visit": str(VISIT), **said}), content_type="application/json")


def long_ago() -> None:
    """The lesson was opened a while ago."""
    LessonProgress.objects.update(opened_at=timezone.now() - timedelta(minutes=5))


@pytest.fixture
def at_it(worker_client: Client, lesson: LessonPage) -> Client:
    worker_client.get(lesson.url)
    long_ago()
    return worker_client


def test_a_report_is_answered_with_what_is_counted(at_it: Client, url: str, film: str) -> None:
    response = post(at_it, url, seconds=12, watched={film: [[0, 12]]}, position={film: 12.3}, speed=1)
    assert response.json() == {
        "watched": {film: {"share": 100, "parts": [[0, 12]]}},
        "missing": [],
    }
    assert LessonProgress.objects.get().positions == {film: 12.3}
    assert LessonVisit.objects.get().seconds == 12


def test_a_form_reports_as_well(at_it: Client, url: str, film: str) -> None:
    said = {"visit": str(VISIT), "seconds": "7", "watched": json.dumps({film: [[0, 3]]}), "position": ""}
    assert at_it.post(url, said).status_code == 200
    assert LessonProgress.objects.get().seconds == 7


def test_what_cannot_be_is_refused_with_words(at_it: Client, url: str) -> None:
    response = post(at_it, url, seconds=4000)
    assert response.status_code == 409
    assert response.json()["message"]


def test_what_is_written_down_of_a_form_holds_no_key(at_it: Client, url: str) -> None:
    at_it.post(url, {"visit": "x", "csrfmiddlewaretoken": "secret"})
    assert refusals()[0].evidence["claimed"] == {"visit": "x"}


def test_no_film_goes_on_behind_its_end(at_it: Client, url: str, film: str) -> None:
    assert post(at_it, url, position={film: 1e308}).status_code == 200
    assert LessonProgress.objects.get().positions == {film: 13}


def test_what_somebody_else_learned_counts_for_nobody(at_it: Client, url: str, worker: User) -> None:
    response = post(at_it, url, seconds=5, person=worker.pk + 1)
    assert (response.status_code, LessonProgress.objects.get().seconds) == (403, 0)
    assert [one.evidence["claimed"]["person"] for one in refusals()] == [worker.pk + 1]


@pytest.mark.parametrize(
    "said",
    [
        {"visit": "x"}, {"seconds": -1}, {"seconds": "NaN"}, {"seconds": 1e12}, {"seconds": [1]}, {"seconds": True},
        {"watched": [1]}, {"watched": {"999": [[0, 1]]}}, {"watched": "{"}, {"speed": "fast"}, {"position": 5},
        {"watched": {"{film}": [[0, 99]]}},
    ],
)  # fmt: skip
def test_nonsense_is_answered_kindly(at_it: Client, url: str, film: str, said: dict[str, Any]) -> None:
    said = json.loads(json.dumps(said).replace("{film}", film))
    response = post(at_it, url, **said)
    assert response.status_code == 400
    assert response.json()["message"]
    assert not LessonVisit.objects.exists()


def test_no_json_no_lesson_no_person(client: Client, at_it: Client, url: str, lesson: LessonPage) -> None:
    assert at_it.post(url, "[", content_type="application/json").status_code == 400
    assert at_it.post(url, "[]", content_type="application/json").status_code == 400
    for number in (0, lesson.pk + 1, 9999999):
        gone = reverse("courses:lesson_report", args=[lesson.course.pk, number])
        assert post(at_it, gone, seconds=1).status_code == 404
    assert post(Client(), url, seconds=1).status_code == 401


def test_what_cannot_be_read_is_written_down(at_it: Client, url: str, film: str) -> None:
    for _time in range(2):
        post(at_it, url, watched={film: [[0, 99]]})
    post(at_it, url, seconds=10**6)
    told = [statement.evidence["claimed"] for statement in refusals()]
    assert len(told) == 2
    assert {"watched", "seconds"} <= {name for claimed in told for name in claimed}


def test_what_is_nested_beyond_reading_is_refused_kindly(at_it: Client, url: str) -> None:
    deep = "[" * 200_000
    assert at_it.post(url, deep, content_type="application/json").status_code == 400
    assert at_it.post(url, {"visit": str(VISIT), "watched": deep}).status_code == 400


@pytest.fixture
def _counted_anew() -> Iterator[None]:
    limiting.limiter.cache_clear()
    yield
    limiting.limiter.cache_clear()


@pytest.mark.usefixtures("_counted_anew")
def test_who_reports_without_end_is_told_to_wait(at_it: Client, url: str, settings: Any) -> None:
    settings.REPORT_LIMIT = "3/minute"
    assert [post(at_it, url, seconds=n).status_code for n in range(4)] == [200, 200, 200, 429]


@pytest.mark.usefixtures("_counted_anew")
def test_of_what_one_person_forges_some_is_written_down(at_it: Client, url: str, settings: Any) -> None:
    settings.REFUSAL_LIMIT = "3/minute"
    for n in range(6):
        assert post(at_it, url, seconds=4000 + n).status_code == 409
    # and one that says that there were more
    assert len(refusals()) == 3 + 1


def test_what_another_person_learned_on_this_device_is_not_counted(
    at_it: Client, url: str, worker: User
) -> None:
    assert post(at_it, url, seconds=5, person=worker.pk + 1).status_code == 403
    assert post(at_it, url, seconds=5, person=worker.pk).status_code == 200


def test_a_report_costs_few_queries(at_it: Client, url: str, film: str, lesson: LessonPage) -> None:
    edition = lesson.course.edition
    post(at_it, url, seconds=1, edition=edition)
    with CaptureQueriesContext(connection) as asked:
        post(at_it, url, seconds=30, watched={film: [[0, 5]]}, position={film: 5}, edition=edition)
    mine = [q["sql"] for q in asked if "courses_" in q["sql"] or "records_" in q["sql"]]
    assert len(mine) <= 6, mine
    with CaptureQueriesContext(connection) as again:
        post(at_it, url, seconds=30, watched={film: [[0, 5]]}, position={film: 5}, edition=edition)
    assert not [q["sql"] for q in again if q["sql"].startswith(("UPDATE", "INSERT"))]


# ── finishing ──


def done(client: Client, lesson: LessonPage) -> Any:
    url = reverse("courses:lesson_done", args=[lesson.course.pk, lesson.pk])
    return client.post(url, {"back": lesson.url}, follow=True)


def test_a_lesson_is_not_finished_in_three_seconds(
    worker: User, lesson: LessonPage, terms: Terms, film: str, opened: LessonProgress
) -> None:
    LessonProgress.objects.update(watched={film: [[0, 12]]})
    assert terms.least_seconds == 24
    with pytest.raises(UnfinishedError) as unfinished:
        finish(worker, outline_of(lesson), lesson, after(3))
    assert "21" in str(unfinished.value)
    assert LessonProgress.objects.get().done_at is None
    assert refusals()[0].evidence["why"]
    finish(worker, outline_of(lesson), lesson, after(24))
    assert LessonProgress.objects.get().done_at == after(24)


def test_lessons_opened_together_are_not_read_together(worker: User, home: Page) -> None:
    course = make_course(home, lessons=3)
    for page in LessonPage.objects.child_of(course):
        page.body = [("text", f"<p>{TEXT}</p>")]
        page.save()
    outline = pursued(AnonymousUser(), course)
    for one in outline.lessons:
        visiting.open_lesson(worker, terms_of(outline, one), NOW)
    first, second, third = outline.lessons
    finish(worker, outline, first, after(60))
    finish(worker, outline, second, after(60))
    with pytest.raises(UnfinishedError, match="9"):
        finish(worker, outline, third, after(60))
    finish(worker, outline, third, after(69))
    finish(worker, outline, first, after(69))


def test_who_has_moved_meanwhile_finishes_nothing_of_the_edition_before(
    worker: User, lesson: LessonPage, film: str, opened: LessonProgress
) -> None:
    LessonProgress.objects.update(watched={film: [[0, 12]]})
    before = outline_of(lesson)
    CoursePage.objects.filter(pk=lesson.course.pk).update(edition=2)
    Enrolment.objects.create(user=worker, course_key=before.course.key, edition=2, began_at=NOW)
    with pytest.raises(UnfinishedError):
        finish(worker, before, lesson, after(60))
    assert not LessonProgress.objects.exclude(done_at=None).exists()
    assert len(refusals()) == 1


def test_a_lesson_is_finished_once_at_the_time_of_the_first_and_says_what_bears_it_out(
    worker: User, lesson: LessonPage, terms: Terms, film: str, opened: LessonProgress
) -> None:
    visiting.count(worker, terms, claim(20, watched={film: [[0, 11]]}), after(30))
    for seconds in (60, 600):
        finish(worker, outline_of(lesson), lesson, after(seconds))
        assert LessonProgress.objects.get().done_at == after(60)
    told = Statement.objects.get(verb=Verb.FINISHED)
    assert told.evidence["seconds"] == 20
    assert told.evidence["visits"] == 1
    assert told.evidence["shares"] == {film: 91}


def test_what_is_missing_is_said(at_it: Client, lesson: LessonPage, film: str, url: str) -> None:
    page = done(at_it, lesson).content.decode()
    assert "量中心温度" in page
    assert LessonProgress.objects.get().done_at is None
    assert [statement.verb for statement in refusals()] == [Verb.REFUSED]
    post(at_it, url, watched={film: [[0, 12]]})
    done(at_it, lesson)
    assert LessonProgress.objects.get().done_at


def test_who_says_that_all_is_watched_changes_nothing(at_it: Client, lesson: LessonPage, film: str) -> None:
    at_it.post(
        reverse("courses:lesson_done", args=[lesson.course.pk, lesson.pk]),
        {"watched": json.dumps({film: [[0, 12]]}), "seconds": 9999},
    )
    kept = LessonProgress.objects.get()
    assert (kept.watched, kept.seconds, kept.done_at) == ({}, 0, None)


def test_a_lesson_that_was_never_opened_is_not_finished(worker_client: Client, lesson: LessonPage) -> None:
    worker_client.post(reverse("courses:lesson_done", args=[lesson.course.pk, lesson.pk]))
    assert not LessonProgress.objects.exists()
    assert len(refusals()) == 1


def test_an_edition_that_was_kept_is_finished_as_it_was(
    worker: User, worker_client: Client, lesson: LessonPage
) -> None:
    course: CoursePage = lesson.course
    version = CourseVersion.objects.create(
        course_key=course.key,
        edition=1,
        title="旧版",
        hours=1,
        validity_months=0,
        watched_share=90,
        frozen_at=NOW,
    )
    LessonVersion.objects.create(
        version=version, key=lesson.key, sort_order=0, title="旧课时", minutes=5, watch_through=False
    )
    Enrolment.objects.create(user=worker, course_key=course.key, edition=1, began_at=NOW)
    CoursePage.objects.filter(pk=course.pk).update(edition=2)
    assert worker_client.get(lesson.url, follow=True).status_code == 200
    worker_client.post(reverse("courses:lesson_done", args=[lesson.course.pk, lesson.pk]))
    progress = LessonProgress.objects.get(user=worker)
    assert (progress.edition, bool(progress.done_at)) == (1, True)


def test_the_standing_tells_of_no_film_that_is_gone(
    worker: User, terms: Terms, opened: LessonProgress
) -> None:
    opened.watched = {"999": [[0, 5]]}
    assert standing(terms, opened)["watched"] == {}
