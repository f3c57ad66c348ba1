"""What the attempts say of the questions, and which questions say the same."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from academy.core.exports import Row, export
from academy.exams.admin.pages import SHOWN, BankPage
from academy.exams.duplicates import groups
from academy.exams.measuring import figures
from academy.exams.models import Question
from academy.exams.statistics import ENOUGH, Figures

# what a list may be ordered by; without enough answers a question comes last
ORDERS: dict[str, Callable[[Figures], float]] = {
    "drawn": lambda one: -one.drawn,
    "answered": lambda one: -one.answered,
    "difficulty": lambda one: 2 if one.difficulty is None else one.difficulty,
    "discrimination": lambda one: 2 if one.discrimination is None else one.discrimination,
}


class StatisticsView(BankPage):
    page_title = gettext_lazy("Statistics of the questions")
    template_name = "exams/admin/statistics.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if file_format := request.GET.get("format"):
            lines = (_line(one) for one in self.found())
            return export(file_format, "question-statistics", _heads(), lines)
        return super().get(request, *args, **kwargs)

    def found(self) -> list[Figures]:
        asked = self.request.GET
        found = figures(_digits(asked.get("question", "")))
        if kind := asked.get("kind"):
            found = [one for one in found if one.kind == kind]
        if asked.get("look"):
            found = [one for one in found if one.look_at]
        order = ORDERS.get(asked.get("order", ""))
        return sorted(found, key=order) if order else found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.found()
        page = Paginator(found, SHOWN).get_page(self.request.GET.get("p"))
        there = set(Question.objects.filter(pk__in=_numbers(page)).values_list("pk", flat=True))
        return super().get_context_data(
            page=page,
            rows=[
                (one, int(one.key) in there if one.key.isdecimal() else False, _reasons(one)) for one in page
            ],
            kinds=Question.Kind.choices,
            asked=self.request.GET,
            question=Question.objects.filter(
                pk=_digits(self.request.GET.get("question", "")) or None
            ).first(),
            to_look_at=sum(bool(one.look_at) for one in found),
            enough=ENOUGH,
            **kwargs,
        )


class DuplicatesView(BankPage):
    page_title = gettext_lazy("Duplicates")
    template_name = "exams/admin/duplicates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(groups(), SHOWN).get_page(self.request.GET.get("p"))
        return super().get_context_data(page=page, **kwargs)


def _digits(said: str) -> str:
    return said if said.isascii() and said.isdigit() and len(said) < 19 else ""


def _numbers(found: Any) -> list[int]:
    return [int(one.key) for one in found if one.key.isdecimal()]


def _reasons(one: Figures) -> list[str]:
    words = {
        "hard": _("hardly anybody gets it right: is the key correct?"),
        "easy": _("nearly everybody gets it right"),
        "dull": _("who knows more does not answer it better"),
    }
    return [words[reason] for reason in one.look_at]


def _heads() -> Row:
    return [
        _("question number"),
        _("version"),
        _("kind"),
        _("exam question"),
        _("times drawn"),
        _("answers"),
        _("share right (p)"),
        _("discrimination (r)"),
        _("most chosen wrong answer"),
        _("times chosen"),
        _("worth a look"),
    ]


def _line(one: Figures) -> Row:
    kinds = dict(Question.Kind.choices)
    return [
        one.key,
        one.version,
        str(kinds.get(one.kind, one.kind)),
        one.stem,
        one.drawn,
        one.answered,
        None if one.difficulty is None else f"{one.difficulty:.2f}",
        None if one.discrimination is None else f"{one.discrimination:.2f}",
        one.wrong,
        one.wrong_count,
        "；".join(_reasons(one)),
    ]
