"""The people of `benchmarks.sitting`, their paper, and what became of their answers. Needs the site set up."""

from decimal import Decimal
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from taggit.models import Tag

from academy.accounts.models import User
from academy.courses.models import CourseIndexPage, CoursePage
from academy.exams.models import Attempt, Choice, Paper, PaperDraw, Question

BANK, TAG = 337, "benchmark"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def prepare(people: int, questions: int) -> tuple[int, list[str]]:
    """The course whose exam is sat, new each time, and a session for each person."""
    _bank()
    paper = Paper(title=f"Benchmark {Paper.objects.count()}", pass_mark=25, minutes=0, attempts_allowed=1)
    paper.draws = [PaperDraw(tag=Tag.objects.get(name=TAG), count=questions)]
    paper.save()
    course = CourseIndexPage.objects.get().add_child(
        instance=CoursePage(title=paper.title, outcome="-", hours=Decimal(1), paper=paper)
    )
    return course.pk, [_session(n) for n in range(people)]


def check(course_pk: int, saved: dict[int, dict[str, str]], people: int) -> None:
    attempts = Attempt.objects.sat_for("course", course_pk)
    kept = {attempt.pk: {key: chosen[0] for key, chosen in attempt.answers.items()} for attempt in attempts}
    lost = sum(
        kept.get(pk, {}).get(key) != chosen
        for pk, answers in saved.items()
        for key, chosen in answers.items()
    )
    marked = attempts.exclude(submitted_at=None).count()
    print(f"{len(kept)} attempts for {people} people, {marked} handed in, {lost} acknowledged answers lost")
    print(f"{attempts.passed().count()} passed")


def _bank() -> None:
    for n in range(Question.objects.filter(tags__name=TAG).count(), BANK):
        question = Question(stem=f"Benchmark question {n}: how hot must the core be?")
        question.choices = [Choice(text=f"Choice {i}", correct=i == n % 4, sort_order=i) for i in range(4)]
        question.tags.add(TAG)
        question.save()


def _session(n: int) -> str:
    user = User.objects.of_phone(f"199{n:08d}")
    User.objects.filter(pk=user.pk, name="").update(name=f"Benchmark {n}")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
