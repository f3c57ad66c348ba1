"""The glossary that questions are understood by: what editors keep of the list that ships, and what they add."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from academy.library.models import GlossaryEntry
from academy.library.models.glossary import spelt
from academy.library.text_index import TextIndex
from ingest import tabular
from ingest.load import Unreadable
from kb.glossary import Glossary

FILE_BYTES, ROWS = 1_000_000, 5_000
HEADS = {
    "formal": ("规范说法", "规范用语", "正式说法", "formal"),
    "forms": ("厨房说法", "口语", "俗称", "forms"),
    "note": ("说明", "备注", "note"),
}


def current() -> Glossary:
    """As it stands now, in every process: one small query a question. Without entries, the list that ships."""
    version = GlossaryEntry.objects.aggregate(rows=Count("pk"), changed=Max("updated_at"))
    return _as_of(version["rows"], version["changed"]) if version["rows"] else Glossary.bundled()


@lru_cache(maxsize=1)
def _as_of(rows: int, changed: Any) -> Glossary:
    return Glossary.of((entry.formal, entry.spellings) for entry in GlossaryEntry.objects.active())


def seed() -> int:
    """Entries of the list that ships whose formal term is not there yet; the others stay as editors left them."""
    forms = defaultdict(list)
    for form, formal in Glossary.bundled().pairs:
        forms[formal].append(form)
    known = set(GlossaryEntry.objects.values_list("formal", flat=True))
    fresh = [
        GlossaryEntry(formal=formal, forms="\n".join(them))
        for formal, them in forms.items()
        if formal not in known
    ]
    GlossaryEntry.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def count_forms(question: str) -> None:
    """The entries whose kitchen forms it says have served once more; the glossary itself is as it was."""
    meant = {formal for terms in current().meanings(question).values() for formal in terms}
    if meant:
        entries = GlossaryEntry.objects.active().filter(formal__in=meant)
        entries.update(used=F("used") + 1, used_at=timezone.now())


# What an editor should look at


def conflicts() -> dict[int, list[str]]:
    """By entry: forms that mean several things, or are a formal term themselves."""
    entries = list(GlossaryEntry.objects.active())
    formal = {entry.formal for entry in entries}
    meant = defaultdict(list)
    for entry in entries:
        for form in entry.spellings:
            meant[form].append(entry.formal)
    found: dict[int, list[str]] = {}
    for entry in entries:
        words = [_conflict(form, entry.formal, meant[form], formal) for form in entry.spellings]
        if any(words):
            found[entry.pk] = [word for word in words if word]
    return found


def _conflict(form: str, formal: str, meant: Sequence[str], terms: set[str]) -> str:
    others = [term for term in meant if term != formal]
    if others:
        return _("“%(form)s” also means %(others)s.") % {"form": form, "others": "、".join(others)}
    return _("“%(form)s” is a formal term itself.") % {"form": form} if form in terms else ""


def swallowed() -> dict[int, list[str]]:
    """By entry: forms inside a longer form of another one, beside which they do not count."""
    entries = {entry.pk: entry.spellings for entry in GlossaryEntry.objects.active()}
    owners = defaultdict(set)
    for pk, spellings in entries.items():
        for form in spellings:
            owners[form].add(pk)
    found = defaultdict(list)
    for longer in owners:
        pieces = {longer[i:j] for i in range(len(longer)) for j in range(i + 1, len(longer) + 1)} - {longer}
        for form in sorted(pieces & owners.keys()):
            for pk in owners[form] - owners[longer]:
                found[pk].append(
                    _("“%(form)s” does not count in “%(longer)s”.") % {"form": form, "longer": longer}
                )
    return dict(found)


def unused() -> set[int]:
    """Entries whose formal term stands in no text: they lead nowhere."""
    index = TextIndex()
    return {entry.pk for entry in GlossaryEntry.objects.active() if not index.says(entry.formal)}


# From a file, and back


@dataclass
class Sheet:
    """What a file says: forms and a note by formal term, and what is wrong, each with its line."""

    entries: dict[str, tuple[list[str], str]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def read(name: str, data: bytes) -> Sheet:
    """Raises Unreadable for a file that is no glossary at all."""
    if len(data) > FILE_BYTES:
        raise Unreadable("文件超过 1 MB，请拆成几份再导入。")
    sheet = Sheet()
    for number, row in tabular.rows(name, data, HEADS, ROWS):
        formal, forms = row.get("formal", "").strip(), spelt(row.get("forms", ""))
        if problem := _problem(formal, forms):
            sheet.errors.append(f"第 {number} 行：{problem}")
        else:
            before, note = sheet.entries.get(formal, ([], ""))
            sheet.entries[formal] = ([*before, *forms], row.get("note", "").strip()[:200] or note)
    if not sheet.entries and not sheet.errors:
        raise Unreadable("文件里没有词条。")
    return sheet


def _problem(formal: str, forms: list[str]) -> str:
    if not formal:
        return "没有规范说法。"
    if len(formal) > 60:
        return "规范说法超过 60 个字。"
    if not forms:
        return f"「{formal}」没有厨房说法。"
    return f"「{formal}」的厨房说法里又有它自己。" if formal in forms else ""


@transaction.atomic
def take_in(entries: Iterable[tuple[str, tuple[list[str], str]]]) -> tuple[int, int]:
    """New entries, and entries that gained forms. Nothing is taken away, so the same file twice changes nothing."""
    added = extended = 0
    known = {entry.formal: entry for entry in GlossaryEntry.objects.all()}
    for formal, (forms, note) in entries:
        entry = known.get(formal, GlossaryEntry(formal=formal))
        spellings = list(dict.fromkeys([*entry.spellings, *forms]))
        if entry.pk and spellings == entry.spellings:
            continue
        added, extended = added + (entry.pk is None), extended + (entry.pk is not None)
        entry.forms, entry.note = "\n".join(spellings), entry.note or note
        entry.save()
    return added, extended
