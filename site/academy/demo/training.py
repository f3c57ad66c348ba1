"""The demo's course, with its paper."""

from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from wagtail.images.models import Image

from academy.courses.models import CourseIndexPage, CoursePage, LessonPage
from academy.demo.bodies import body
from academy.demo.content import FOLDER, read
from academy.exams.models import Choice, Paper, PaperQuestion, Question
from academy.library.models import ChapterPage, HomePage
from academy.library.tree import ensure_child


def load_course() -> None:
    data = read("course")
    intro = "几分钟一课，学完能考，考过记学时。"
    index = ensure_child(
        HomePage.objects.get(), CourseIndexPage, "courses", title="课程", intro=intro, show_in_menus=True
    )
    names = ("title", "outcome", "audience", "edition", "validity_months")
    fields = {name: data[name] for name in names}
    course = ensure_child(
        index, CoursePage, data["slug"], **fields, hours=Decimal(data["hours"]), paper=_paper(data["quiz"])
    )
    for lesson in data["lessons"]:
        ensure_child(
            course,
            LessonPage,
            lesson["slug"],
            title=lesson["title"],
            minutes=lesson["minutes"],
            body=body([_linked(block) for block in lesson["body"]], f"{data['slug']}/{lesson['slug']}"),
        )


def _paper(quiz: dict[str, Any]) -> Paper:
    known: Paper | None = Paper.objects.filter(title=quiz["title"]).first()
    if known:
        return known
    paper = Paper(
        title=quiz["title"],
        pass_mark=quiz["pass_mark"],
        minutes=quiz["minutes"],
        attempts_allowed=quiz["attempts"],
    )
    paper.entries = [
        PaperQuestion(question=_question(entry), sort_order=n) for n, entry in enumerate(quiz["questions"])
    ]
    paper.save()
    return paper


def _linked(block: dict[str, Any]) -> dict[str, Any]:
    """What stands elsewhere is named by its number: a question of the bank, a chapter of the handbook."""
    makers = {"check": lambda entry: _known(entry).pk, "reference": _chapter}
    return {kind: makers[kind](value) if kind in makers else value for kind, value in block.items()}


def _chapter(slug: str) -> int:
    return int(ChapterPage.objects.get(slug=slug).pk)


def _known(entry: dict[str, Any]) -> Question:
    return Question.objects.filter(stem=entry["stem"]).first() or _question(entry)


def _question(entry: dict[str, Any]) -> Question:
    """The choices of most kinds are all right about something; only where one is marked it tells them apart."""
    names = ("kind", "stem", "explanation", "basis", "columns", "rows")
    question = Question(**{name: entry[name] for name in names if name in entry})
    if "image" in entry:
        question.image = _picture(entry["image"], entry["alt"])
    question.choices = [
        Choice(
            text=str(option["text"]),
            correct=option.get("correct", False),
            sort_order=n,
            **{name: option.get(name, "") for name in ("pair", "cells", "feedback")},
        )
        for n, option in enumerate(entry["options"])
    ]
    question.save()
    return question


def _picture(name: str, alt: str) -> Image:
    file = ContentFile((FOLDER / f"{name}.png").read_bytes(), f"{name}.png")
    picture: Image = Image.objects.create(title="库房", description=alt, file=file)
    return picture
