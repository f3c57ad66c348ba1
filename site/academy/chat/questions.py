"""A question as it comes in, from whatever door: checked, and who asks it not more often than is fair."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from academy.chat.askers import Asker
from academy.chat.models import Asking
from academy.core.limiting import within
from kb.text import clean


@dataclass(frozen=True)
class Question:
    """`about` is the key of a source that is asked about; one with a `key` is asked once, however often it is sent."""

    text: str
    conversation: UUID | None = None
    key: UUID | None = None
    about: str = ""
    door: str = Asking.Door.PAGE


class TextField(forms.CharField):
    """Without characters that nobody can see, before anything is said of it."""

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "").strip()


class QuestionForm(forms.Form):
    question = TextField(
        label=gettext_lazy("Something come up in the kitchen? Ask"),
        error_messages={"required": gettext_lazy("Write a sentence first, then press Ask.")},
    )
    conversation = forms.UUIDField(required=False)
    key = forms.UUIDField(required=False)
    about = forms.RegexField(r"^\w+:\d+$", required=False, max_length=60)

    def clean_question(self) -> str:
        question: str = self.cleaned_data["question"]
        if len(question) > settings.QUESTION_MAX_LENGTH:
            raise forms.ValidationError(
                _(
                    "At most %(most)d characters at a time; this is %(now)d. Keep the sentence that matters most."
                )
                % {"most": settings.QUESTION_MAX_LENGTH, "now": len(question)}
            )
        return question

    def asked(self, door: str = Asking.Door.PAGE) -> Question:
        data: dict[str, Any] = self.cleaned_data
        return Question(data["question"], data["conversation"], data["key"], data["about"], door)

    def put_off(self, why: str) -> None:
        """It could not be answered, for no fault of the question's."""
        self.add_error("question", forms.ValidationError(why, code="unavailable"))

    @property
    def status(self) -> int:
        if not self.is_bound:
            return 200
        return 503 if self.has_error("question", "unavailable") else 422

    def complaint(self) -> str:
        """What is wrong, in one line."""
        return " ".join(str(words) for errors in self.errors.values() for words in errors)


def too_often(asker: Asker) -> bool:
    """Whether this person, or whoever shares the address, has asked as much as is fair; if not, it is counted."""
    counted = {"person": asker.name, "address": asker.address, "program": asker.program}
    return not all(
        within(settings.ASK_LIMITS.get(kind, ""), kind, name) for kind, name in counted.items() if name
    )


def slower() -> str:
    return _("That is a lot of questions in one minute. Wait a little, then ask again.")
