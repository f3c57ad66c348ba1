"""The demo's course, with its paper."""

from decimal import Decimal
from typing import Any

from academy.courses.models import CourseIndexPage, CoursePage, LessonPage
from academy.demo.bodies import body
from academy.demo.content import read
from academy.exams.models import Choice, Paper, PaperQuestion, Question
from academy.library.models import HomePage
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
            body=body(lesson["body"], f"{data['slug']}/{lesson['slug']}"),
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


def _question(entry: dict[str, Any]) -> Question:
    question = Question(**{name: entry[name] for name in ("kind", "stem", "explanation", "basis")})
    question.choices = [
        Choice(text=str(option["text"]), correct=option.get("correct", False), sort_order=n)
        for n, option in enumerate(entry["options"])
    ]
    question.save()
    return question
