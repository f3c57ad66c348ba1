"""The editors' own answer to a question, where they have written one."""

from functools import lru_cache
from typing import Any

from django.db.models import Count, Max

from academy.library.models import FAQ
from kb.faq import Matcher, Wordings, same_wording
from kb.glossary import Glossary


def asked(question: str, glossary: Glossary) -> FAQ | None:
    """The entry that the question asks."""
    version = FAQ.objects.standing().aggregate(rows=Count("pk"), changed=Max("updated_at"))
    key = _as_of(version["rows"], version["changed"], glossary).match(question)
    return FAQ.objects.standing().filter(pk=key).first() if key else None


@lru_cache(maxsize=1)
def _as_of(rows: int, changed: Any, glossary: Glossary) -> Matcher:
    """Kept until an entry, or the glossary, changes."""
    entries = (
        Wordings(faq.pk, (faq.question, *faq.other_wordings), tuple(faq.unlike_wordings))
        for faq in FAQ.objects.standing()
    )
    return Matcher.of(entries, glossary)


def also_asked_by(entry: FAQ) -> list[tuple[str, str]]:
    """Other published questions with the wording of this one that they have too."""
    others = FAQ.objects.published().exclude(pk=entry.pk) if entry.published else FAQ.objects.none()
    mine = (entry.question, *entry.other_wordings)
    return [
        (other.question, wording)
        for other in others
        for wording in mine
        if any(same_wording(wording, its) for its in (other.question, *other.other_wordings))
    ]
