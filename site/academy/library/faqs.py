"""The editors' own answer to a question, where they have written one."""

from functools import lru_cache
from typing import Any

from django.db.models import Count, Max

from academy.core.knowledge import knowledge_base
from academy.library.models import FAQ
from kb.faq import Wordings, matching


def asked(question: str) -> FAQ | None:
    """The published entry that the question asks."""
    version = FAQ.objects.published().aggregate(rows=Count("pk"), changed=Max("updated_at"))
    entries = _as_of(version["rows"], version["changed"])
    key = matching(question, entries, knowledge_base().glossary)
    return FAQ.objects.published().filter(pk=key).first() if key else None


@lru_cache(maxsize=1)
def _as_of(rows: int, changed: Any) -> tuple[Wordings, ...]:
    """Kept until an entry changes, comes or goes."""
    return tuple(
        Wordings(faq.pk, (faq.question, *faq.other_wordings), tuple(faq.unlike_wordings))
        for faq in FAQ.objects.published()
    )
