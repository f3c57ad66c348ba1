"""Many at once: what the database must put in order. In memory SQLite has one connection, so there nobody races."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone
from wagtail.documents.models import Document as Upload
from wagtail.models import Collection

from academy.chat.models import ApiKey
from academy.exams import sitting
from academy.exams.models import Attempt
from academy.library.indexing import bring_up_to_date
from academy.library.models import IngestedFile, Source
from academy.library.models import Passage as Row
from academy.library.models.source import State
from academy.library.text_index import TextIndex
from academy.library.uploading import Shelf
from academy.organisations.joining import move
from academy.organisations.models import Membership
from academy.records.completing import complete
from academy.records.models import Completion
from kb.text import grams
from kb.types import Passage
from tests.factories import EnterpriseFactory, PaperFactory, PostFactory, QuestionFactory, UserFactory

SEVERAL = 6
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def _connections(db: Any) -> None:
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("in memory there is one connection; set DATABASE_URL")


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """What came of it for each of several who begin together."""
    barrier = Barrier(SEVERAL)

    def one(n: int) -> Any:
        try:
            barrier.wait(10)
            return act(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(SEVERAL) as threads:
        return list(threads.map(one, range(SEVERAL)))


def test_an_exam_is_started_once() -> None:
    user, paper = UserFactory(), PaperFactory()
    found = at_once(lambda _n: sitting.start(user, paper, "course:1:1", timezone.now()))
    assert {attempt.pk for attempt in found} == {Attempt.objects.get().pk}


def test_every_answer_is_kept() -> None:
    attempt = sitting.start(
        UserFactory(),
        PaperFactory(questions=QuestionFactory.create_batch(SEVERAL)),
        "course:1:1",
        timezone.now(),
    )
    options = [(one["key"], one["options"][0]["key"]) for one in attempt.questions]
    at_once(lambda n: sitting.answer(attempt, options[n][0], [options[n][1]], timezone.now()))
    attempt.refresh_from_db()
    assert attempt.answers == {key: [chosen] for key, chosen in options}


def test_nothing_is_answered_once_it_is_handed_in() -> None:
    attempt = sitting.start(UserFactory(), PaperFactory(), "course:1:1", timezone.now())
    key, chosen = attempt.questions[0]["key"], [attempt.questions[0]["options"][0]["key"]]

    def act(n: int) -> str:
        try:
            sitting.submit(attempt, timezone.now()) if n == 0 else sitting.answer(
                attempt, key, chosen, timezone.now()
            )
        except sitting.RefusedError:
            return "refused"
        return "taken"

    taken = at_once(act)[1:].count("taken")
    attempt.refresh_from_db()
    assert attempt.submitted_at
    assert bool(attempt.answers) == bool(taken)


def test_who_moves_has_one_place() -> None:
    user, post, places = UserFactory(), PostFactory(), EnterpriseFactory.create_batch(SEVERAL)
    at_once(lambda n: move(user, places[n], post))
    assert Membership.objects.current().filter(user=user).count() == 1
    assert Membership.objects.filter(user=user).count() == SEVERAL


def test_a_completion_counts_once() -> None:
    user = UserFactory()
    known = {"course_key": "course:1", "course_title": "课程", "edition": 1, "hours": 2}
    found = at_once(lambda _n: complete(user, **known).pk)
    assert set(found) == {Completion.objects.get().pk}


def test_a_quota_is_not_overdrawn() -> None:
    key = ApiKey(name="热线", daily_quota=SEVERAL - 2)
    key.renew()
    key.used_on, key.used_today = timezone.localdate() - timedelta(days=1), 99
    key.save()
    assert sum(at_once(lambda _n: key.spend())) == SEVERAL - 2


def test_the_same_source_is_written_by_several_and_is_there_once() -> None:
    made = [Passage("page:1", n, "规范", (), f"第{n}条 四季豆要烧熟煮透") for n in range(20)]
    index = TextIndex()
    at_once(lambda n: index.forget("page:1") if n == 0 else index.replace("page:1", made))
    index.replace("page:1", made)
    assert Row.objects.count() == 20
    assert index.frequencies(grams("四季豆")) == dict.fromkeys(grams("四季豆"), 20)


def test_the_same_words_in_several_files_are_answered_from_once(commit: Any) -> None:
    sources = []
    for n in range(SEVERAL):
        data = ContentFile("# 留样\n\n每个品种留样125克以上。".encode(), f"{n}.md")
        upload = Upload.objects.create(title=f"{n}", file=data)
        key = {"key": f"document:{upload.pk}", "kind": "document", "object_id": upload.pk}
        sources.append(Source.objects.get_or_create(key=key["key"], defaults=key)[0])
    Source.objects.update(state=State.QUEUED, live=False, text_hash="", content_hash="", duplicate_of=None)
    for source in sources:
        source.refresh_from_db()
    at_once(lambda n: bring_up_to_date(sources[n]))
    assert Source.objects.live().count() == 1
    assert Source.objects.filter(state=State.DUPLICATE, duplicate_of__live=True).count() == SEVERAL - 1


def test_the_same_file_sent_by_several_is_taken_once() -> None:
    user, root = UserFactory(is_superuser=True), Collection.get_first_root_node()
    found = at_once(lambda _n: next(iter(Shelf(user, root).receive("留样.md", "留样125克".encode()))))
    assert sum(received.taken for received in found) == 1
    assert IngestedFile.objects.count() == Upload.objects.count() == 1
