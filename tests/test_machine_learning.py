"""A person, two phones, an editor and a bad network: whatever they do in whatever order, learning is counted once."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID, uuid4

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from wagtail.models import Site
from wagtail_factories import DocumentFactory

from academy.courses import checks, visiting, watching
from academy.courses.claims import Claim
from academy.courses.enrolling import move, stay
from academy.courses.finishing import UnfinishedError, finish
from academy.courses.learning import Progress, pursued, settle
from academy.courses.models import CoursePage, Enrolment, LessonPage, LessonProgress, LessonVisit
from academy.courses.outline import Outline
from academy.courses.terms import Terms, terms_of
from academy.courses.versions import publish_edition
from academy.exams import occasions, sitting
from academy.exams.models import Attempt
from academy.records.models import Certificate, Completion, TrainingHours
from academy.records.refusals import RefusedError
from tests.factories import PaperFactory, QuestionFactory, StaffFactory, UserFactory, make_course

FILM = Path(__file__).parent / "files" / "film.mp4"
BEGAN = datetime(2026, 11, 26, 2, 0, tzinfo=timezone.get_fixed_timezone(0))
ALLOWED = 3


@dataclass(frozen=True)
class Report:
    lesson: str
    edition: int
    claim: Claim


class Learning(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = BEGAN
        self.clock = mock.patch("django.utils.timezone.now", side_effect=lambda: self.now)
        self.clock.start()
        self.user, self.editor = UserFactory(), StaffFactory()
        self.question = QuestionFactory()
        self.course = self._course()
        self.reports: list[Report] = []
        self.visits: dict[tuple[str, int], UUID] = {}
        self.seen: dict[tuple[str, int], tuple[Any, ...]] = {}
        self.completed: dict[int, tuple[Any, ...]] = {}

    def teardown(self) -> None:
        self.clock.stop()
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def _course(self) -> CoursePage:
        home = Site.objects.get(is_default_site=True).root_page
        paper = PaperFactory(pass_mark=50, attempts_allowed=ALLOWED, questions=[QuestionFactory()])
        course = make_course(home, lessons=2, paper=paper, validity_months=12)
        text, film = LessonPage.objects.child_of(course).order_by("path")
        text.body = [("text", f"<p>{'烧' * 600}</p>"), ("check", self.question)]
        text.save_revision().publish()
        film.watch_through = True
        video = DocumentFactory(file=ContentFile(FILM.read_bytes(), "film.mp4"))
        film.body = [("video", {"title": "量中心温度", "video": video})]
        film.save_revision().publish()
        return CoursePage.objects.get(pk=course.pk)

    @property
    def outline(self) -> Outline:
        self.course.refresh_from_db()
        return pursued(self.user, self.course)

    def terms(self, n: int) -> Terms:
        outline = self.outline
        return terms_of(outline, outline.lessons[n])

    # ── what the person and the phones do ──

    @initialize()
    def look_at_the_course(self) -> None:
        settle(self.user, self.course)

    @rule(seconds=st.sampled_from([0, 1, 5, 20, 60, 400]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(n=st.integers(0, 1))
    def open(self, n: int) -> None:
        terms = self.terms(n)
        visiting.open_lesson(self.user, terms, self.now)
        self.visits[(terms.lesson_key, terms.edition)] = uuid4()

    @rule(
        n=st.integers(0, 1),
        seconds=st.integers(0, 600),
        begin=st.floats(0, 8),
        end=st.floats(0, 60),
        speed=st.sampled_from([1.0, 1.5, 2.0]),
    )
    def claim(self, n: int, seconds: int, begin: float, end: float, speed: float) -> None:
        """True or not: what a page, or somebody in its place, may say."""
        terms = self.terms(n)
        key = self.visits.get((terms.lesson_key, terms.edition), uuid4())
        watched = {video: [[begin, end]] for video in terms.videos if begin < end <= terms.length(video)}
        claim = Claim(key, seconds, watched, dict.fromkeys(terms.videos, begin), speed)
        self.reports.append(Report(terms.lesson_key, terms.edition, claim))
        self._deliver(self.reports[-1], terms)

    @precondition(lambda self: self.reports)
    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        report = data.draw(st.sampled_from(self.reports))
        for n in range(len(self.outline.lessons)):
            terms = self.terms(n)
            if (terms.lesson_key, terms.edition) == (report.lesson, report.edition):
                self._deliver(report, terms)

    def _deliver(self, report: Report, terms: Terms) -> None:
        before = list(LessonProgress.objects.order_by("pk").values())
        visits = list(LessonVisit.objects.order_by("pk").values())
        try:
            visiting.count(self.user, terms, report.claim, self.now)
        except RefusedError:
            assert list(LessonProgress.objects.order_by("pk").values()) == before
            assert list(LessonVisit.objects.order_by("pk").values()) == visits

    @rule()
    def watch_honestly(self) -> None:
        """From where it was left to the end, in so much time as it takes."""
        terms = self.terms(1)
        self.open(1)
        key = self.visits[(terms.lesson_key, terms.edition)]
        for video in terms.videos:
            length = terms.length(video)
            self.now += timedelta(seconds=length + 1)
            self._deliver(Report("", 0, Claim(key, 0, {video: [[0.0, length]]}, {}, 1.0)), terms)

    @rule(right=st.booleans(), key=st.none() | st.just(UUID(int=7)))
    def answer_the_check(self, right: bool, key: UUID | None) -> None:
        drawn = checks.drawn(self.question, self.user)
        chosen = [o["key"] for o in drawn["options"] if o["correct"] == right][:1]
        with suppress(RefusedError):
            checks.answer(self.user, self.terms(0), self.question, chosen, self.now, key)

    @rule(n=st.integers(0, 1))
    def finish(self, n: int) -> None:
        outline = self.outline
        try:
            finish(self.user, outline, outline.lessons[n], self.now)
        except UnfinishedError:
            assert not self._row(self.terms(n)) or self._row(self.terms(n)).done_at is None

    @rule(nth=st.integers(0, 4), right=st.booleans(), late=st.booleans())
    def sit_the_exam(self, nth: int, right: bool, late: bool) -> None:
        found = settle(self.user, self.course)
        if found.todo or found.completion:
            return
        purpose = found.outline.purpose
        try:
            attempt = sitting.start(self.user, found.outline.paper, purpose, self.now, nth)
            self.now += timedelta(minutes=31 if late else 1)
            question = attempt.questions[0]
            chosen = [o["key"] for o in question["options"] if o["correct"] == right][:1]
            sitting.answer(attempt, question["key"], chosen, self.now)
        except RefusedError:
            pass
        for attempt in Attempt.objects.of(self.user, purpose).open():
            occasions.settle(sitting.submit(attempt, self.now))

    @rule()
    def take_it_all(self) -> None:
        """As it is meant: whoever does so has completed the edition they are in."""
        self.open(0)
        self.now += timedelta(seconds=60)
        self.answer_the_check(True, None)
        self.finish(0)
        self.watch_honestly()
        self.finish(1)
        outline = self.outline
        self.sit_the_exam(Attempt.objects.of(self.user, outline.purpose).count() + 1, True, False)
        used_up = Attempt.objects.of(self.user, outline.purpose).count() >= ALLOWED
        assert used_up or settle(self.user, self.course).completion

    @rule()
    def look(self) -> None:
        settle(self.user, self.course)

    # ── what the editor does, and what the person says to it ──

    @precondition(lambda self: self.course.edition < 3)
    @rule(changed=st.booleans())
    def publish_an_edition(self, changed: bool) -> None:
        if changed:
            lesson = LessonPage.objects.child_of(self.course).order_by("path").first()
            lesson.title = f"{lesson.title}改"
            lesson.body = [("text", f"<p>{'煮' * 300}</p>")]
            lesson.save_revision()
        publish_edition(self.course, self.editor, self.now)
        self.course = CoursePage.objects.get(pk=self.course.pk)

    @rule(act=st.sampled_from([stay, move]), edition=st.integers(1, 3))
    def choose(self, act: Callable[..., Any], edition: int) -> None:
        act(self.user, self.course, edition)

    # ── what holds, whatever they do ──

    def _row(self, terms: Terms) -> LessonProgress | None:
        return visiting.progress_in(self.user, terms)

    @invariant()
    def progress_never_goes_back_nor_over_all(self) -> None:
        for row in LessonProgress.objects.all():
            key = (row.lesson_key, row.edition)
            parts = [part for parts in row.watched.values() for part in parts]
            state = (row.seconds, watching.seconds(parts), row.done_at is not None)
            assert all(now >= before for now, before in zip(state, self.seen.get(key, state), strict=True))
            assert parts == watching.union(parts)
            self.seen[key] = state
        shown: Progress = settle(self.user, self.course)
        assert 0 <= shown.done_count <= len(shown.lessons)

    @invariant()
    def no_more_time_is_counted_than_has_passed(self) -> None:
        counted = sum(row.seconds for row in LessonProgress.objects.all())
        assert counted <= (self.now - BEGAN).total_seconds() + visiting.GRACE

    @invariant()
    def one_completion_an_edition_with_all_that_belongs_to_it_and_nothing_without(self) -> None:
        for completion in Completion.objects.all():
            state = (completion.score, completion.completed_at, completion.course_title, completion.hours)
            assert self.completed.setdefault(completion.edition, state) == state
            sat_for = f"{self.course.key}:{completion.edition}"
            assert Attempt.objects.of(self.user, sat_for).passed().exists()
            done = LessonProgress.objects.done().filter(edition=completion.edition)
            assert done.count() == 2
        editions = list(Completion.objects.values_list("edition", flat=True))
        assert (
            len(editions)
            == len(set(editions))
            == Certificate.objects.count()
            == TrainingHours.objects.count()
        )

    @invariant()
    def no_more_attempts_than_allowed(self) -> None:
        for edition in range(1, self.course.edition + 1):
            begun = Attempt.objects.of(self.user, f"{self.course.key}:{edition}")
            assert begun.count() <= ALLOWED

    @invariant()
    def whoever_moves_is_in_each_edition_once(self) -> None:
        rows = list(Enrolment.objects.values_list("edition", flat=True))
        assert len(rows) == len(set(rows))


TestLearning = pytest.mark.django_db(Learning.TestCase)
TestLearning.settings = settings(
    max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
