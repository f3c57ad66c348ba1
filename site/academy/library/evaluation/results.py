"""Results as editors read them: what went wrong, and how one run differs from another."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from academy.library.models import EvaluationResult, EvaluationRun
from academy.library.models.evaluation import SEEN

# what is drawn and compared, in this order
SHOWN = {
    "hit@1": _("Right passage first"),
    "hit@5": _("Right passage among the first five"),
    "answered": _("Answered, where a text answers"),
    "evidence": _("Answered from the right passage"),
    "refused": _("Refused, where no text answers"),
}

_KNOWN = ~Q(gold_doc="")
_SEEN = Q(rank__gt=0, rank__lte=SEEN)
# the results of a run by what went wrong
KINDS: dict[str, tuple[Any, Q]] = {
    "missed": (_("Missed"), _KNOWN & ~_SEEN),
    "late": (_("Found, not first"), _KNOWN & _SEEN & Q(rank__gt=1)),
    "refused": (_("Refused wrongly"), _KNOWN & Q(answered=False)),
    "elsewhere": (_("Answered from elsewhere"), _KNOWN & Q(answered=True, evidenced=False)),
    "unsupported": (_("Answered wrongly"), ~_KNOWN & Q(answered=True)),
    "all": (_("All questions"), Q()),
}


def share(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.1f}%"


@dataclass(frozen=True)
class Change:
    label: Any
    before: str
    after: str
    difference: str


@dataclass(frozen=True)
class Comparison:
    """Questions with the same number and words in both runs; `left_out` counts those in one of them only."""

    measures: list[Change]
    settings: list[tuple[str, Any, Any]]
    better: list[tuple[EvaluationResult, EvaluationResult]]
    worse: list[tuple[EvaluationResult, EvaluationResult]]
    left_out: int


def compare(before: EvaluationRun, after: EvaluationRun) -> Comparison:
    olds, news = _by_question(before), _by_question(after)
    both = [(old, news[key]) for key, old in olds.items() if key in news]
    return Comparison(
        [_change(name, label, before, after) for name, label in SHOWN.items()],
        [
            (name, before.settings.get(name), after.settings.get(name))
            for name in {**before.settings, **after.settings}
            if before.settings.get(name) != after.settings.get(name)
        ],
        [(old, new) for old, new in both if new.is_right and not old.is_right],
        [(old, new) for old, new in both if old.is_right and not new.is_right],
        len(olds.keys() ^ news.keys()),
    )


def difference(before: float | None, after: float | None) -> str:
    """In points of a hundred, with its sign; nothing where there is none, or nothing to compare with."""
    if before is None or after is None or round(after - before, 3) == 0:
        return ""
    return f"{(after - before) * 100:+.1f}".replace("-", "−")


def _change(name: str, label: Any, before: EvaluationRun, after: EvaluationRun) -> Change:
    old, new = before.measures.get(name), after.measures.get(name)
    return Change(label, share(old), share(new), difference(old, new))


def _by_question(run: EvaluationRun) -> dict[tuple[str, ...], EvaluationResult]:
    return {(one.qid, one.question, one.gold_doc, one.gold_text): one for one in run.results.all()}
