"""Questions in and out of the bank.

A file is read once, kept with what is wrong in it, and taken in whole or not at all. What is there already is known by
its fingerprint, so the same file brings nothing a second time.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _
from taggit.models import Tag
from wagtail.images import get_image_model
from wagtail.models import ModelLogEntry, ReferenceIndex

from academy.accounts.models import User
from academy.exams.bank.files import parse
from academy.exams.bank.likeness import Stems, fingerprint
from academy.exams.bank.rows import PICTURE, BankQuestion, Problem, Row, as_json, from_json
from academy.exams.models import BankImport, Choice, Question, QuestionTag
from academy.exams.models.question import QuestionQuerySet

# a preview that nobody took in is forgotten
KEPT = timedelta(days=1)
CHUNK = 500


class BadRowsError(Exception):
    """Some rows have errors, and nobody has said to leave them out."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A row with what becomes of it. `other` is the question it is like, `twin` an earlier row of the same file."""

    row: Row
    state: str
    other: int | None = None
    twin: int | None = None


def read_file(name: str, data: bytes, user: User, now: datetime, **more: object) -> BankImport:
    """Raises Unreadable for what is no file of questions."""
    rows = [as_json(row) for row in _with_pictures(parse(name, data))]
    BankImport.objects.filter(imported_at=None, read_at__lt=now - KEPT).delete()
    return BankImport.objects.create(user=user, name=name[-200:], rows=rows, **more)


def rows_of(batch: BankImport) -> list[Row]:
    return [from_json(said) for said in batch.rows]


def judge(rows: Sequence[Row]) -> list[Judged]:
    """Against the bank as it is now."""
    prints = {row.number: fingerprint(row.question) for row in rows if row.question and not row.problems}
    known = dict(Question.objects.filter(fingerprint__in=prints.values()).values_list("fingerprint", "pk"))
    # rows are numbered from 1, so below zero they are no question's number
    stems = {-row.number: row.question.stem for row in rows if row.number in prints and row.question}
    like = Stems({**dict(Question.objects.values_list("pk", "stem")), **stems})
    seen: dict[str, int] = {}
    return [_judged(row, prints.get(row.number), known, seen, like) for row in rows]


def _judged(
    row: Row, mark: str | None, known: Mapping[str, int], seen: dict[str, int], like: Stems
) -> Judged:
    if mark is None or row.question is None:
        return Judged(row, "error")
    if mark in known or mark in seen:
        return Judged(row, "same", known.get(mark), seen.get(mark))
    seen[mark] = row.number
    for number in like.near(row.question.stem):
        if number > 0:
            return Judged(row, "near", number)
        if -number < row.number:
            return Judged(row, "near", None, -number)
    return Judged(row, "new")


def take_in(batch: BankImport, user: User, leave_out: bool, now: datetime) -> int:
    """How many questions are new; a second time the same. Raises BadRowsError."""
    with transaction.atomic():
        # all imports wait for each other, so that two of one file add its questions once
        list(BankImport.objects.select_for_update().order_by("pk").values_list("pk"))
        batch = BankImport.objects.get(pk=batch.pk)
        if batch.imported_at is not None:
            return int(batch.added)
        judged = judge(rows_of(batch))
        if not leave_out and any(one.state == "error" for one in judged):
            raise BadRowsError
        new = [one.row.question for one in judged if one.state in ("new", "near") and one.row.question]
        _add([_completed(question, batch) for question in new], user, now)
        batch.rows, batch.imported_at, batch.added = [], now, len(new)
        batch.save()
    return len(new)


def entries(questions: QuestionQuerySet) -> Iterator[BankQuestion]:
    """As files have them, with their tags."""
    for question in questions.order_by("pk").with_choices().iterator(chunk_size=CHUNK):
        tags = sorted(item.tag.name for item in question.tagged_items.all())
        yield replace(question.entry(), tags=tuple(tags))


def _with_pictures(rows: Sequence[Row]) -> list[Row]:
    """A picture is named by its number or, where only one has it, by its title."""
    said = {row.question.picture for row in rows if row.question and row.question.picture}
    images = get_image_model().objects
    numbers = {int(word) for word in said if word.isascii() and word.isdigit() and len(word) < 10}
    found = {str(pk): [pk] for pk in images.filter(pk__in=numbers).values_list("pk", flat=True)}
    for title, pk in images.filter(title__in=said - set(found)).values_list("title", "pk"):
        found.setdefault(title, []).append(pk)
    return [_with_picture(row, found) for row in rows]


def _with_picture(row: Row, found: Mapping[str, list[int]]) -> Row:
    if row.question is None or not row.question.picture:
        return row
    images = found.get(row.question.picture, [])
    if len(images) == 1:
        return replace(row, question=replace(row.question, picture=str(images[0])))
    words = (
        _("Several pictures have this title. Write its number.") if images else _("There is no such picture.")
    )
    return replace(row, problems=(*row.problems, Problem(PICTURE, words)))


def _completed(question: BankQuestion, batch: BankImport) -> BankQuestion:
    """With the tags and the difficulty given for the whole file; a row's own difficulty stands."""
    tags = tuple(dict.fromkeys([*question.tags, *batch.tags]))
    difficulty = question.difficulty or batch.difficulty or Question.Difficulty.MEDIUM
    return replace(question, tags=tags, difficulty=int(difficulty))


def _add(new: Sequence[BankQuestion], user: User, now: datetime) -> None:
    questions = Question.objects.bulk_create([_question(one) for one in new], batch_size=CHUNK)
    pairs = list(zip(questions, new, strict=True))
    choices = (choice for question, one in pairs for choice in _choices(question, one))
    Choice.objects.bulk_create(choices, batch_size=CHUNK)
    tags = _tags({tag for one in new for tag in one.tags})
    tagged = (
        QuestionTag(content_object=question, tag=tags[name]) for question, one in pairs for name in one.tags
    )
    QuestionTag.objects.bulk_create(tagged, batch_size=CHUNK)
    _log(questions, user, now)
    for question in questions:
        # what is made in bulk sends no signal that would note the use of its picture
        if question.image_id:
            ReferenceIndex.create_or_update_for_object(question)


def _question(one: BankQuestion) -> Question:
    fields = ("kind", "stem", "explanation", "basis", "difficulty", "columns", "rows")
    image = int(one.picture) if one.picture else None
    return Question(
        image_id=image, fingerprint=fingerprint(one), **{name: getattr(one, name) for name in fields}
    )


def _choices(question: Question, one: BankQuestion) -> Iterator[Choice]:
    fields = ("text", "correct", "pair", "cells", "feedback")
    for place, option in enumerate(one.options):
        values = {name: getattr(option, name) for name in fields}
        yield Choice(question=question, sort_order=place, **values)


def _tags(names: Iterable[str]) -> dict[str, Tag]:
    found = {tag.name: tag for tag in Tag.objects.filter(name__in=names)}
    return found | {name: Tag.objects.create(name=name) for name in names if name not in found}


def _log(questions: Iterable[Question], user: User, now: datetime) -> None:
    """Who brought it in, for its history."""
    content_type = ContentType.objects.get_for_model(Question)
    made = uuid.uuid4()
    ModelLogEntry.objects.bulk_create(
        [
            ModelLogEntry(
                content_type=content_type,
                object_id=str(question.pk),
                label=str(question),
                action="wagtail.create",
                timestamp=now,
                uuid=made,
                user=user,
            )
            for question in questions
        ],
        batch_size=CHUNK,
    )
