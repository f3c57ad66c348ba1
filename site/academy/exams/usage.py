"""What a question is needed for. One that was ever asked is kept, and only drawn no longer."""

from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from wagtail.models import ReferenceIndex

from academy.exams.models import Attempt, Paper, Question
from academy.exams.models.attempt import AttemptQuerySet


def reasons_to_keep(question: Question) -> list[str]:
    """In words for the editor; none where it may be deleted."""
    papers = Paper.objects.filter(entries__question=question).values_list("title", flat=True)
    reasons = [_("It stands on the paper “%(title)s”.") % {"title": title} for title in papers]
    # a paper's own reference is named above
    references = ReferenceIndex.get_references_to(question).exclude(
        base_content_type__app_label="exams", base_content_type__model="paper"
    )
    if references.exists():
        reasons.append(_("It stands in a lesson or on another page."))
    if was_drawn(question):
        reasons.append(_("It has been asked; the attempts keep what was asked, and its figures need it."))
    return reasons


def was_drawn(question: Question) -> bool:
    return attempts_with(str(question.pk)).exists()


def attempts_with(key: str) -> AttemptQuerySet:
    """Read in the text of what was drawn, which both databases write with a blank after the colon."""
    return Attempt.objects.annotate(words=Cast("drawn", TextField())).filter(
        words__contains=f'"key": "{key}"'
    )


def retire(question: Question) -> None:
    Question.objects.filter(pk=question.pk).update(retired=True)
