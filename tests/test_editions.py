from datetime import timedelta
from importlib import import_module
from random import Random
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Revision

from academy.accounts.models import User
from academy.accounts.roles import EDITORS, STAFF, ensure_roles
from academy.courses.enrolling import move, stay
from academy.courses.learning import (
    continue_where,
    finish_lesson,
    overview,
    progress,
    pursued,
    settle,
)
from academy.courses.models import (
    CoursePage,
    CourseVersion,
    Enrolment,
    LessonPage,
    LessonProgress,
    LessonVersion,
)
from academy.courses.outline import fingerprint
from academy.courses.versions import changes, publish_edition, standing
from academy.exams import sitting
from academy.exams.models import Attempt
from academy.library.models import HomePage
from academy.records.models import Completion, Statement, Verb
from tests.factories import PaperFactory, StaffFactory, UserFactory, make_course


def lessons_of(course: CoursePage) -> list[LessonPage]:
    return list(LessonPage.objects.child_of(course).live().order_by("path"))


def fresh(course: CoursePage) -> CoursePage:
    return CoursePage.objects.get(pk=course.pk)


def finish_all(user: User, course: CoursePage) -> None:
    for lesson in pursued(user, fresh(course)).lessons:
        finish_lesson(user, lesson)


def publish(course: CoursePage, **chosen: Any) -> CoursePage:
    return publish_edition(fresh(course), StaffFactory(), timezone.now(), **chosen)


def draft_of(lesson: LessonPage, words: str) -> None:
    lesson.body = [("text", f"<p>{words}</p>")]
    lesson.save_revision()


def choose(client: Client, course: CoursePage, go: str, edition: int) -> Any:
    url = reverse("courses:choose_edition", args=[course.pk])
    return client.post(url, {"go": go, "edition": edition}, follow=True)


def text_of(response: Any) -> str:
    return BeautifulSoup(response.content, "lxml").main.get_text(" ", strip=True)


@pytest.fixture
def course(home: Page) -> CoursePage:
    made = make_course(home)
    for lesson in lessons_of(made):
        lesson.body = [("heading", "要点"), ("text", f"<p>{lesson.title}的旧文。</p>")]
        lesson.save_revision().publish()
    return made


@pytest.fixture
def renewed(worker: User, course: CoursePage) -> CoursePage:
    """The worker did the first two lessons; the second has changed in edition 2."""
    first, second, _third = lessons_of(course)
    finish_lesson(worker, first)
    finish_lesson(worker, second)
    draft_of(second, "新文。")
    return publish(course)


# ── publishing one ──


def test_what_is_in_force_is_kept_and_the_drafts_take_its_place(course: CoursePage) -> None:
    first, second, third = lessons_of(course)
    draft_of(second, "新文。")
    course.title = "入门（新）"
    course.save_revision()
    course.add_child(instance=LessonPage(title="加的一课", live=False))
    third.unpublish()
    after = publish(course)
    assert (after.edition, after.title) == (2, "入门（新）")
    kept = CourseVersion.objects.get()
    assert (kept.edition, kept.title, kept.hours) == (1, "厨房食品安全入门", course.hours)
    assert [lesson.key for lesson in kept.lessons.all()] == [first.key, second.key]
    assert "旧文" in str(kept.lessons.get(key=second.key).body)
    assert [lesson.title for lesson in lessons_of(after)] == ["课时1", "课时2", "加的一课"]
    assert "新文" in str(lessons_of(after)[1].body)


def test_an_editor_says_which_lessons_go_in(course: CoursePage) -> None:
    first, second, third = lessons_of(course)
    third.unpublish()
    after = publish(course, goes_in=[second.pk, third.pk])
    assert lessons_of(after) == [second, third]
    assert [lesson.key for lesson in CourseVersion.objects.get().lessons.all()] == [first.key, second.key]


def test_one_form_sent_twice_raises_the_edition_once(staff_client: Client, course: CoursePage) -> None:
    url = reverse("courses_new_edition", args=[course.pk])
    data = {"edition": 1, "goes_in": [lesson.pk for lesson in lessons_of(course)]}
    for _ in range(2):
        assert staff_client.post(url, data).status_code == 302
    assert fresh(course).edition == 2
    assert CourseVersion.objects.count() == 1
    staff_client.post(url, {**data, "edition": "x"})
    staff_client.post(url, {"edition": 2})
    assert fresh(course).edition == 2


def test_nobodys_completion_progress_or_attempt_changes(worker: User, course: CoursePage, home: Page) -> None:
    sat = make_course(home, title="有考试的课", lessons=1, paper=PaperFactory())
    finish_all(worker, course)
    finish_all(worker, sat)
    sitting.start(worker, sat.paper, sat.purpose, timezone.now())

    def records() -> list[Any]:
        return [list(model.objects.values()) for model in (Completion, LessonProgress, Attempt, Enrolment)]

    before = records()
    publish(course)
    publish(sat)
    assert records() == before


def test_no_draft_brings_an_old_edition_back(course: CoursePage) -> None:
    lesson = lessons_of(course)[0]
    early = course.save_revision()
    held = fresh(course)
    publish(course)
    assert Revision.objects.get(pk=early.pk).as_object().edition == 2
    early.publish()
    assert fresh(course).edition == 2
    held.edition = 7
    held.save()
    assert fresh(course).edition == 2
    publish(course)
    lesson.save_revision().publish()
    fresh(course).save_revision().publish()
    assert fresh(course).edition == 3


def test_a_small_correction_raises_nothing(worker: User, course: CoursePage) -> None:
    first = lessons_of(course)[0]
    finish_lesson(worker, first)
    draft_of(first, "改了一个错字。")
    first.latest_revision.publish()
    course.save_revision().publish()
    assert fresh(course).edition == 1
    assert progress(worker, fresh(course)).cells == ["done", "now", "todo"]


def test_a_copied_course_begins_at_edition_1(course: CoursePage) -> None:
    after = publish(course)
    copied = after.copy(recursive=True, update_attrs={"slug": "copied", "title": "另一门"})
    assert fresh(copied).edition == 1
    fresh(copied).save_revision().publish()
    assert fresh(copied).edition == 1
    assert fresh(course).edition == 2


def test_what_would_change_is_said_before(course: CoursePage) -> None:
    first, second, third = lessons_of(course)
    draft_of(first, "新文。")
    second.title = "只改了题目"
    second.save_revision()
    third.unpublish()
    course.add_child(instance=LessonPage(title="加的一课", live=False))
    found = changes(course)
    assert [change.goes_in for change in found] == [True, True, False, True]
    assert len({str(change.words) for change in found}) == 4


def test_how_many_are_concerned_is_said_before(worker: User, course: CoursePage) -> None:
    finish_all(worker, course)
    finish_lesson(UserFactory(), lessons_of(course)[0])
    assert standing(course) == (1, 1)


def test_the_admin_asks_once_and_only_who_may_publish(course: CoursePage, staff_client: Client) -> None:
    url = reverse("courses_new_edition", args=[course.pk])
    edit = reverse("wagtailadmin_pages:edit", args=[course.pk])
    assert url in staff_client.get(edit).content.decode()
    assert 'name="edition" value="1"' in staff_client.get(url).content.decode()
    ensure_roles()
    official, editor = (UserFactory(is_staff=True, email=f"{n}@example.com") for n in range(2))
    official.groups.add(Group.objects.get(name=STAFF))
    editor.groups.add(Group.objects.get(name=EDITORS))
    for user, may in ((official, False), (editor, True)):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert (client.get(url).status_code == 200) is may
        client.post(url, {"edition": 1, "goes_in": [lessons_of(course)[0].pk]})
        assert fresh(course).edition == (2 if may else 1)


def test_a_draft_that_lacks_something_is_named_and_nothing_changes(
    course: CoursePage, staff_client: Client
) -> None:
    course.outcome = ""
    course.save_revision(clean=False)
    url = reverse("courses_new_edition", args=[course.pk])
    response = staff_client.post(url, {"edition": 1, "goes_in": lessons_of(course)[0].pk}, follow=True)
    assert response.redirect_chain[0][0] == url
    assert fresh(course).edition == 1
    assert not CourseVersion.objects.exists()
    assert len(lessons_of(course)) == 3


def test_a_draft_that_is_to_go_live_later_is_named_and_nothing_changes(
    course: CoursePage, staff_client: Client
) -> None:
    lesson = lessons_of(course)[1]
    lesson.go_live_at = timezone.now() + timedelta(days=3)
    draft_of(lesson, "新文。")
    url = reverse("courses_new_edition", args=[course.pk])
    page = staff_client.post(url, {"edition": 1, "goes_in": [lesson.pk]}, follow=True).content.decode()
    assert lesson.title in page
    assert fresh(course).edition == 1
    assert not CourseVersion.objects.exists()
    assert "旧文" in str(LessonPage.objects.get(pk=lesson.pk).body)


def test_a_course_that_is_not_published_has_no_edition_to_replace(
    course: CoursePage, staff_client: Client
) -> None:
    course.unpublish()
    staff_client.post(reverse("courses_new_edition", args=[course.pk]), {"edition": 1, "goes_in": 1})
    assert not CourseVersion.objects.exists()


def test_a_body_is_the_same_whatever_ids_its_blocks_have(course: CoursePage) -> None:
    first, second, _third = lessons_of(course)
    content = [("text", "<p>一样的话。</p>"), ("checks", ["手洗了", "帽子戴了"])]
    first.body, second.body = content, content
    first.save()
    second.save()
    one, other = (LessonPage.objects.get(pk=lesson.pk) for lesson in (first, second))
    assert one.body.raw_data[0]["id"] != other.body.raw_data[0]["id"]
    assert fingerprint(one.body) == fingerprint(other.body)
    LessonPage.objects.filter(pk=second.pk).update(title="题目")
    other.body = [("text", "<p>一样的话。</p>")]
    assert fingerprint(one.body) != fingerprint(other.body)


# ── which one somebody is at ──


def test_whoever_is_under_way_goes_on_in_the_old_one_and_is_asked(
    worker_client: Client, worker: User, renewed: CoursePage
) -> None:
    assert progress(worker, renewed).cells == ["done", "done", "now"]
    page = worker_client.get(renewed.url)
    main = BeautifulSoup(page.content, "lxml").main
    assert [button["value"] for button in main.select("button[name=go]")] == ["stay", "move"]
    kept = LessonVersion.objects.get(key=lessons_of(renewed)[1].key)
    assert main.select(f"a[href='{kept.edition_url}']")
    home = renewed.get_parent().get_parent().add_child(instance=HomePage(title="首页", slug="start"))
    assert BeautifulSoup(worker_client.get(home.url).content, "lxml").select("button[name=go]")
    finish_lesson(worker, pursued(worker, renewed).lessons[2])
    assert Completion.objects.get().edition == 1


def test_whoever_stays_is_asked_no_more_but_may_still_move(
    worker_client: Client, worker: User, renewed: CoursePage
) -> None:
    for _ in range(2):
        choose(worker_client, renewed, "stay", 2)
    found = progress(worker, renewed)
    assert found.outline.edition == 1
    assert not found.asks_for_edition
    main = BeautifulSoup(worker_client.get(renewed.url).content, "lxml").main
    assert [button["value"] for button in main.select("button[name=go]")] == ["move"]
    choose(worker_client, renewed, "move", 2)
    assert progress(worker, renewed).outline.edition == 2


def test_whoever_moves_keeps_what_did_not_change_and_does_the_rest_again(
    worker_client: Client, worker: User, renewed: CoursePage
) -> None:
    LessonProgress.objects.update(seconds=300, watched={"v": [[0, 60]]})
    for _ in range(2):
        assert choose(worker_client, renewed, "move", 2).status_code == 200
    found = progress(worker, renewed)
    assert (found.outline.edition, found.cells) == (2, ["done", "now", "todo"])
    assert Enrolment.objects.count() == 2
    carried = LessonProgress.objects.get(edition=2)
    old = LessonProgress.objects.get(edition=1, lesson_key=carried.lesson_key)
    assert (carried.done_at, carried.watched, carried.seconds) == (old.done_at, old.watched, 0)
    finish_all(worker, renewed)
    assert Completion.objects.get().edition == 2


def test_an_offer_that_is_out_of_date_moves_nobody(
    worker_client: Client, worker: User, renewed: CoursePage
) -> None:
    publish(renewed)
    assert 'class="toast"' in choose(worker_client, renewed, "move", 2).content.decode()
    choose(worker_client, renewed, "stay", 2)
    found = progress(worker, fresh(renewed))
    assert (found.outline.edition, found.asks_for_edition) == (1, True)
    for nonsense in ("", "x", "-1", "9" * 30):
        choose(worker_client, renewed, "move", nonsense)  # type: ignore[arg-type]
    assert Enrolment.objects.count() == 1
    assert move(worker, fresh(renewed), 3)


def test_an_exam_passed_in_the_old_edition_does_not_count_for_the_new(worker: User, home: Page) -> None:
    course = make_course(home, lessons=2, paper=PaperFactory())
    finish_lesson(worker, lessons_of(course)[0])
    Attempt.objects.create(
        user=worker, purpose=course.purpose, paper=course.paper, pass_mark=60, drawn=[], score=90,
        passed=True, started_at=timezone.now(), submitted_at=timezone.now(),
    )  # fmt: skip
    after = publish(course)
    assert progress(worker, after).passed
    move(worker, after, 2)
    assert not progress(worker, after).passed
    finish_all(worker, after)
    assert progress(worker, after).exam_open
    assert not Completion.objects.exists()


def test_whoever_was_through_keeps_it_and_may_take_the_new_one_from_the_beginning(
    worker_client: Client, worker: User, course: CoursePage
) -> None:
    finish_all(worker, course)
    after = publish(course)
    found = progress(worker, after)
    assert found.completion
    assert found.cells == ["done"] * 3
    main = BeautifulSoup(worker_client.get(after.url).content, "lxml").main
    assert [button["value"] for button in main.select("button[name=go]")] == ["move"]
    choose(worker_client, after, "move", 2)
    found = progress(worker, after)
    assert found.cells == ["now", "todo", "todo"]
    assert found.before
    finish_all(worker, after)
    assert sorted(Completion.objects.values_list("edition", flat=True)) == [1, 2]
    assert progress(worker, after).completion.edition == 2


def test_whoever_never_began_gets_the_newest(worker: User, renewed: CoursePage) -> None:
    other = UserFactory()
    assert (pursued(other, renewed).edition, pursued(other, renewed).frozen) == (2, False)
    finish_lesson(other, lessons_of(renewed)[0])
    assert Enrolment.objects.get(user=other).edition == 2


def test_the_old_edition_is_completed_with_its_own_title_and_hours(worker: User, course: CoursePage) -> None:
    finish_lesson(worker, lessons_of(course)[0])
    course.title, course.hours = "改名了", 9
    course.save_revision()
    after = publish(course)
    finish_all(worker, after)
    kept = Completion.objects.get()
    assert (kept.edition, kept.course_title, str(kept.hours)) == (1, "厨房食品安全入门", "1.5")
    assert settle(worker, after).completion == kept


def test_home_and_list_show_the_edition_somebody_is_at(worker: User, course: CoursePage) -> None:
    finish_lesson(worker, lessons_of(course)[0])
    course.title = "改名了"
    course.save_revision()
    publish(course)
    where = continue_where(worker)
    assert where
    assert where[1].outline.title == "厨房食品安全入门"


# ── lessons of an edition that was replaced ──


def old_url(lesson: LessonPage, edition: int = 1) -> str:
    return reverse("courses:edition_lesson", args=[lesson.course.pk, edition, lesson.pk])


def test_a_lesson_is_read_as_the_own_edition_has_it(worker_client: Client, renewed: CoursePage) -> None:
    second = lessons_of(renewed)[1]
    assert worker_client.get(second.url).url == old_url(second)
    shown = text_of(worker_client.get(old_url(second)))
    assert "旧文" in shown
    assert "新文" not in shown
    assert "新文" in text_of(Client().get(second.url))
    choose(worker_client, renewed, "move", 2)
    assert "新文" in text_of(worker_client.get(second.url))
    assert worker_client.get(old_url(second)).status_code == 200


def test_a_lesson_that_is_gone_stays_readable_and_can_be_finished_in_the_old_edition(
    worker_client: Client, worker: User, course: CoursePage
) -> None:
    first, second, third = lessons_of(course)
    finish_lesson(worker, first)
    publish(course, goes_in=[first.pk, second.pk])
    second.delete()
    for lesson in (second, third):
        assert lesson.title in text_of(worker_client.get(old_url(lesson)))
        done = reverse("courses:lesson_done", args=[course.pk, lesson.pk])
        assert worker_client.post(done).status_code == 302
    assert Completion.objects.get().edition == 1


def test_a_lesson_new_in_a_later_edition_does_not_count_for_the_old(
    worker_client: Client, worker: User, course: CoursePage
) -> None:
    finish_lesson(worker, lessons_of(course)[0])
    added = course.add_child(instance=LessonPage(title="加的一课", live=False))
    publish(course)
    assert worker_client.get(added.url).status_code == 200
    done = reverse("courses:lesson_done", args=[course.pk, added.pk])
    assert worker_client.post(done).status_code == 404
    finish_lesson(worker, LessonPage.objects.get(pk=added.pk))
    assert LessonProgress.objects.count() == 1


def test_what_restricts_a_lesson_now_restricts_it_in_every_edition(
    worker_client: Client, renewed: CoursePage
) -> None:
    lesson = lessons_of(renewed)[0]
    assert worker_client.get(old_url(lesson)).status_code == 200
    PageViewRestriction.objects.create(page=lesson, restriction_type="groups")
    assert worker_client.get(old_url(lesson)).status_code == 404


def test_what_is_carried_over_is_written_down(worker: User, renewed: CoursePage) -> None:
    move(worker, fresh(renewed), 2)
    first, _second, _third = lessons_of(renewed)
    told = Statement.objects.get(verb=Verb.FINISHED, edition=2)
    assert (told.object_key, told.evidence) == (first.key, {"carried_from": 1})
    assert Statement.objects.filter(verb=Verb.ENROLLED).values_list("edition", flat=True).count() == 2


def test_who_is_enrolled_in_an_edition_that_was_not_kept_takes_the_one_in_force(
    worker_client: Client, worker: User, course: CoursePage
) -> None:
    CoursePage.objects.filter(pk=course.pk).update(edition=3)
    Enrolment.objects.create(user=worker, course_key=course.key, edition=1, began_at=timezone.now())
    lesson = lessons_of(course)[0]
    assert worker_client.get(lesson.url).status_code == 200
    opened = LessonProgress.objects.get()
    assert (opened.edition, bool(opened.opened_at)) == (3, True)


def test_only_who_took_the_edition_and_editors_read_it(renewed: CoursePage, staff_client: Client) -> None:
    lesson = lessons_of(renewed)[0]
    other = Client()
    other.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    assert other.get(old_url(lesson)).status_code == 404
    assert reverse("account_login") in Client().get(old_url(lesson)).url
    assert staff_client.get(old_url(lesson)).status_code == 200
    assert staff_client.get(old_url(lesson, edition=9)).status_code == 404
    assert staff_client.get(f"/courses/{renewed.pk}/editions/{'9' * 30}/lessons/1/").status_code == 404
    renewed.unpublish()
    assert staff_client.get(old_url(lesson)).status_code == 404


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_to_a_course_nobody_loses_anything(
    worker: User, course: CoursePage, seed: int
) -> None:
    """A walk of learning, publishing, withdrawing and choosing: within an edition progress only grows."""
    chance = Random(seed)
    known, through = progress(worker, course), 0
    for step in range(25):
        lesson = chance.choice(list(LessonPage.objects.child_of(course)))
        act = chance.choice(("learn", "learn", "learn", "draft", "publish", "withdraw", "move", "stay"))
        if act == "learn":
            finish_lesson(worker, chance.choice(pursued(worker, fresh(course)).lessons))
        elif act == "draft":
            draft_of(lesson, f"第{step}稿。")
        elif act == "publish":
            publish(course, goes_in=[one.pk for one in LessonPage.objects.child_of(course)])
        elif act == "withdraw" and len(lessons_of(course)) > 1:
            lesson.unpublish()
        elif act == "move":
            move(worker, fresh(course), fresh(course).edition)
        elif act == "stay":
            stay(worker, fresh(course), fresh(course).edition)
        now = settle(worker, fresh(course))
        if now.outline.edition == known.outline.edition:
            assert set(known.done) <= set(now.done)
            assert bool(now.completion) >= bool(known.completion)
        assert now.outline.edition >= known.outline.edition
        assert now.cells.count("done") <= len(now.cells)
        assert Completion.objects.count() >= through
        assert not Completion.objects.filter(edition__gt=fresh(course).edition).exists()
        known, through = now, Completion.objects.count()


def test_many_courses_in_old_editions_take_as_many_queries_as_one(
    worker: User, home: Page, django_assert_num_queries: Any
) -> None:
    made = [make_course(home, title=f"课{n}") for n in range(4)]
    for one in made:
        finish_lesson(worker, lessons_of(one)[0])
        publish(one)
    for courses in (made[:1], made):
        fetched = list(CoursePage.objects.filter(pk__in=[one.pk for one in courses]))
        with django_assert_num_queries(7):
            assert all(found.outline.frozen for found in overview(worker, fetched))


def test_time_in_an_edition_counts_by_its_own_moments(worker: User, renewed: CoursePage) -> None:
    move(worker, renewed, 2)
    LessonProgress.objects.filter(edition=2).update(done_at=timezone.now() - timedelta(days=1))
    finish_all(worker, renewed)
    assert (
        Completion.objects.get().completed_at
        == LessonProgress.objects.filter(edition=2).latest("done_at").done_at
    )


def test_whoever_learned_before_there_were_enrolments_is_enrolled_by_the_migration(
    worker: User, course: CoursePage
) -> None:
    finish_lesson(worker, lessons_of(course)[0])
    Enrolment.objects.all().delete()
    for _ in range(2):
        import_module("academy.courses.migrations.0004_versions").enrol(apps, None)
    assert Enrolment.objects.get().began_at == LessonProgress.objects.get().done_at
