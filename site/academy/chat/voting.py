"""What somebody thinks of an answer: one verdict each, the last one counts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from academy.chat.askers import Asker
from academy.chat.models import Asking, Feedback, Message
from kb.text import clean


class FeedbackForm(forms.ModelForm[Feedback]):
    class Meta:
        model = Feedback
        fields = ["verdict", "reason"]

    reason = forms.CharField(
        required=False,
        max_length=500,
        error_messages={"max_length": _("At most 500 characters; say the most important first.")},
    )

    def clean_reason(self) -> str:
        return clean(self.cleaned_data["reason"]).strip()

    def complaint(self) -> str:
        return " ".join(str(words) for errors in self.errors.values() for words in errors)

    def give(self, message: Message, asker: Asker) -> None:
        asking = Asking.objects.filter(message=message).first()
        if asking:
            Feedback.objects.update_or_create(asking=asking, given_by=asker.name, defaults=self.cleaned_data)


def verdict_of(message: Message, asker: Asker) -> Feedback | None:
    return Feedback.objects.filter(asking__message=message, given_by=asker.name).first()
