"""What an editor has to know of a topic to answer it."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Q
from django.db.models.functions import TruncWeek
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from academy.chat.finding import Found
from academy.chat.models import Asking, Feedback, Topic
from academy.chat.topics.figures import last_weeks
from academy.chat.topics.gathering import masked
from academy.library.models import Source
from kb.types import Passage

WORDINGS, REASONS, WEEKS, NEAR = 30, 30, 12, 5


class Place(NamedTuple):
    """A source that speaks of something near, and where an editor changes it."""

    title: str
    place: str
    edit_url: str


def wordings(topic: Topic, within: Q) -> list[tuple[str, int]]:
    """How it was asked, and how often; without those whose conversation has been deleted."""
    askings = topic.askings.filter(within).exclude(message=None).select_related("message")[:1000]
    return Counter(masked(asking.question) for asking in askings).most_common(WORDINGS)


def complaints(topic: Topic, within: Q) -> list[Feedback]:
    """`within` is said of a feedback."""
    poor = Feedback.objects.filter(within, asking__topic=topic, verdict__in=Feedback.POOR).order_by("-at")[
        :REASONS
    ]
    for feedback in poor:
        feedback.reason = masked(feedback.reason)
    return list(poor)


def by_week_and_district(topic: Topic, within: Q) -> tuple[list[str], list[list[dict[str, Any]]]]:
    """Heads and rows of a table: how often it was asked, in each of the last weeks in which it was."""
    counted: Counter[tuple[date, str]] = Counter()
    askings = Asking.objects.filter(within, topic=topic).order_by().annotate(week=TruncWeek("at"))
    for week, name, number in askings.values_list("week", "district__name").annotate(number=Count("pk")):
        counted[timezone.localdate(week), name or _("Not stated")] += number
    weeks = [week for week in reversed(last_weeks(WEEKS)) if any(week == at for at, _name in counted)]
    names = sorted({name for week, name in counted if week in weeks})
    rows = [
        _cells(
            [
                f"{week:%Y-%m-%d}",
                *(counted[week, name] for name in names),
                sum(counted[week, n] for n in names),
            ]
        )
        for week in weeks
    ]
    return [_("Week from"), *names, _("Total")], rows


def near(found: Found) -> list[Place]:
    """What was read to answer it, each source once."""
    passages: dict[str, Passage] = {}
    for passage in (*found.answer.read, *(hit.passage for hit in found.answer.near)):
        passages.setdefault(passage.source, passage)
    return [
        Place(passage.title, passage.place, edit_url(found.sources[key]))
        for key, passage in list(passages.items())[:NEAR]
        if key in found.sources
    ]


def edit_url(source: Source) -> str:
    names = {
        Source.Kind.PAGE: "wagtailadmin_pages:edit",
        Source.Kind.DOCUMENT: "wagtaildocs:edit",
        Source.Kind.FAQ: "wagtailsnippets_library_faq:edit",
    }
    return reverse(names[Source.Kind(source.kind)], args=[source.object_id])


def faq_url(topic: Topic, asked: Sequence[tuple[str, int]]) -> str:
    """A new entry of the FAQ, with what is known of how it is asked."""
    others = [wording for wording, _number in asked if wording != topic.question]
    query = {"question": topic.question, "wordings": "\n".join(others)}
    return f"{reverse('wagtailsnippets_library_faq:add')}?{urlencode(query)}"


def said(found: Found) -> list[str]:
    """What somebody who asks now reads first."""
    if found.faq:
        return [found.faq.question]
    return [statement.text for statement in found.answer.statements[:2]]


def waiting_districts(topics: Sequence[Topic], within: Q) -> dict[int, str]:
    """For each topic, where it was asked most."""
    counted: dict[int, list[str]] = {}
    askings = Asking.objects.filter(within, topic__in=topics).exclude(district=None).order_by()
    rows = askings.values_list("topic", "district__name").annotate(number=Count("pk"))
    for topic, name, number in sorted(rows, key=lambda row: -row[2]):
        counted.setdefault(topic, []).append(f"{name} {number}")
    return {topic: "、".join(names) for topic, names in counted.items()}


def _cells(values: Sequence[Any]) -> list[dict[str, Any]]:
    return [{"text": value} for value in values]
