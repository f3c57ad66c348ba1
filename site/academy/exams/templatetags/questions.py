from collections.abc import Mapping, Sequence
from typing import Any

from django import template

from academy.exams import showing
from academy.exams.marking import DrawnQuestion
from academy.exams.models import Question
from academy.exams.snapshots import snapshot

register = template.Library()


@register.inclusion_tag("exams/questions/question.html")
def question(
    drawn: DrawnQuestion,
    chosen: Sequence[str] = (),
    closed: bool = False,
    name: str = "chosen",
    number: int | None = None,
    hint: str = "",
    pictures: Mapping[int, showing.Picture] | None = None,
) -> dict[str, Any]:
    """A question to be answered, or marked where it is `closed`; `pictures` spares a query for each."""
    return {"shown": showing.shown(showing.Sheet(drawn, chosen, closed, name), number, hint, pictures)}


@register.inclusion_tag("exams/questions/question.html")
def question_preview(asked: Question, marked: bool = False) -> dict[str, Any]:
    """As a worker sees it, with the cells' names over the picture; `marked`: answered with nothing."""
    return {"shown": showing.shown(showing.Sheet(snapshot(asked), (), marked, "preview", named=True), 1)}


@register.simple_tag
def least_width(picture: showing.Picture, columns: int, rows: int) -> int:
    return showing.least_size(picture, columns, rows)[0]


@register.simple_tag
def least_height(picture: showing.Picture, columns: int, rows: int) -> int:
    return showing.least_size(picture, columns, rows)[1]
