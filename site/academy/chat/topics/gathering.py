"""Questions that mean the same become one topic, so that editors see what is missing, and when it is answered."""

import re
from datetime import datetime, timedelta

import numpy as np
from django.conf import settings
from django.db.models import Max, QuerySet
from django.utils import timezone
from django_tasks import task

from academy.chat.finding import find
from academy.chat.models import Asking, Conversation, Topic
from academy.chat.models.asking import TopicQuerySet
from academy.core.knowledge import knowledge_base
from academy.core.workers import lock
from academy.library.audiences import EVERYBODY
from academy.library.glossaries import count_forms
from academy.library.likely.use import count_use
from academy.library.models import FAQ, GlossaryEntry, Source
from kb.faq import in_common, same_wording
from kb.ports import Vectors

# Two questions mean the same from here: their cosine, and a tenth of what they ask about in common. Of 102 pairs in
# kitchen Chinese that mean the same 78 % are found, and 96 % of what is found is right.
SAME, IN_COMMON = 0.97, 0.1
# how many of the nearest topics are looked at
NEAREST = 10
# how many askings, and how many topics, are done in one go
ASKINGS, TOPICS = 60, 5

# whoever asked may have written down who he is
_PERSONAL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|\d[\d -]{5,}[\dXx]|(?<=微信)[号是:：\s]*[A-Za-z][\w-]{5,}")


@task()
def gather() -> None:
    """So many askings have a topic afterwards. One at a time, and a few each minute: whoever asks meanwhile is not to
    wait for this."""
    with lock("gather") as is_mine:
        if is_mine:
            _gather()
            look_for_waiting()
            try_again()


def look_for_waiting() -> None:
    """What was refused or voted down waits for an editor."""
    Topic.objects.to_wait().update(state=Topic.State.WAITING, tried_at=timezone.now(), decided_by=None)


def try_again() -> None:
    """What waits and is answered by now waits no longer. Where somebody was not helped, or an editor lets it wait, only
    the editors' own answer counts: that the texts say something, they knew."""
    for topic in _due()[:TOPICS]:
        found, tried = find(topic.question, EVERYBODY), timezone.now()
        Topic.objects.filter(pk=topic.pk).update(tried_at=tried)
        if found.faq or (found.is_answered and not topic.has_complaints and not topic.decided_by_id):
            topic.decide(Topic.State.ANSWERED)


def is_due() -> bool:
    return _unsorted().exists() or Topic.objects.to_wait().exists() or _due().exists()


def expire() -> None:
    """Conversations of browsers that have been quiet for long; what is counted stays."""
    since = timezone.now() - timedelta(days=settings.ANONYMOUS_DAYS)
    Conversation.objects.filter(user=None, last_at__lt=since).delete()


def masked(question: str) -> str:
    """Without numbers and addresses that lead to a person."""
    return _PERSONAL.sub("（略）", question)


def _due() -> TopicQuerySet:
    """Tried before something was published last."""
    return Topic.objects.waiting().filter(tried_at__lt=_last_change()).order_by("tried_at")


def _last_change() -> datetime:
    times = [
        Source.objects.aggregate(last=Max("indexed_at"))["last"],
        FAQ.objects.aggregate(last=Max("updated_at"))["last"],
        GlossaryEntry.objects.aggregate(last=Max("updated_at"))["last"],
    ]
    return max((time for time in times if time), default=timezone.now())


def _unsorted() -> QuerySet[Asking]:
    return Asking.objects.filter(topic=None).exclude(message=None).order_by("at")


def _gather() -> None:
    askings = list(_unsorted().select_related("message")[:ASKINGS])
    questions = [masked(asking.question) for asking in askings]
    topics, embedder = Topics(), knowledge_base().embedder
    for asking, question in zip(askings, questions, strict=True):
        # one by one is the quick way, and leaves room for whoever asks meanwhile
        vector = embedder.questions([question])[0]
        Asking.objects.filter(pk=asking.pk).update(topic=topics.of(question, vector))
        _count(asking)


def _count(asking: Asking) -> None:
    """What served to answer it: kitchen forms of the glossary, and a likely question."""
    count_forms(asking.question)
    if asking.message:
        cited = asking.message.answer.get("citations", [])
        count_use(asking.question, [(one["title"], one.get("path", [])) for one in cited])


class Topics:
    """All there are, with their vectors."""

    def __init__(self) -> None:
        self._topics = list(Topic.objects.order_by("pk"))
        self._vectors = [np.frombuffer(bytes(topic.vector), dtype=np.float32) for topic in self._topics]

    def of(self, question: str, vector: Vectors) -> Topic:
        """The one that the question belongs to; a new one where none is near."""
        near = self._nearest(question, vector)
        if near is not None:
            return near
        topic = Topic.objects.create(question=question, vector=vector.astype(np.float32).tobytes())
        self._topics.append(topic)
        self._vectors.append(vector.astype(np.float32))
        return topic

    def _nearest(self, question: str, vector: Vectors) -> Topic | None:
        if not self._vectors:
            return None
        cosines = np.vstack(self._vectors) @ vector
        near = [(self._topics[at], float(cosines[at])) for at in np.argsort(-cosines)[:NEAREST]]
        scores = [(_sameness(topic.question, question, cosine), topic) for topic, cosine in near]
        best, topic = max(scores, key=lambda score: score[0])
        return topic if best >= SAME else None


def _sameness(one: str, other: str, cosine: float) -> float:
    if same_wording(one, other):
        return 1 + IN_COMMON
    common = in_common(one, other, knowledge_base().glossary)
    return 0.0 if common is None else cosine + IN_COMMON * common
