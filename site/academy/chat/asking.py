"""One question asked and answered: checked, retrieved, rechecked against what is live, written down."""

from collections.abc import Collection
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from academy.accounts.models import User
from academy.chat.models import Conversation, Message
from academy.core.knowledge import knowledge_base
from academy.library.audiences import EVERYBODY, Reader
from academy.library.faqs import asked
from academy.library.glossaries import count_forms
from academy.library.likely.use import count_use
from academy.library.models import FAQ, Source
from academy.library.sources import key_of
from kb.text import clean
from kb.types import Answer, Passage


class QuestionForm(forms.Form):
    question = forms.CharField(
        label=gettext_lazy("Something come up in the kitchen? Ask"),
        error_messages={"required": gettext_lazy("Write a sentence first, then press Ask.")},
        widget=forms.Textarea(attrs={"rows": 1}),
    )
    conversation = forms.ModelChoiceField(Conversation.objects.all(), required=False)

    def clean_question(self) -> str:
        question = clean(self.cleaned_data["question"]).strip()
        if not question:
            raise forms.ValidationError(self.fields["question"].error_messages["required"])
        if len(question) > settings.QUESTION_MAX_LENGTH:
            raise forms.ValidationError(
                _(
                    "At most %(most)d characters at a time; this is %(now)d. Keep the sentence that matters most."
                )
                % {"most": settings.QUESTION_MAX_LENGTH, "now": len(question)}
            )
        return question


def ask(
    question: str, user: User | None, conversation: Conversation | None, reader: Reader = EVERYBODY
) -> Message:
    faq = asked(question)
    answer = knowledge_base().ask(question, partial(_others, reader, faq), reader.audiences())
    cited = [citation.passage for citation in answer.citations]
    transaction.on_commit(partial(count_use, question, cited), robust=True)
    transaction.on_commit(partial(count_forms, question), robust=True)
    if conversation is None or not conversation.is_open_to(user):
        conversation = Conversation.objects.create(user=user)
    return Message.objects.create(
        conversation=conversation,
        question=question,
        found=answer.found or faq is not None,
        answer={**_as_data(answer), "faq": faq.pk if faq else None},
    )


def _others(reader: Reader, faq: FAQ | None, keys: Collection[str]) -> Collection[str]:
    """The editors' answer stands above what the texts say, so it is not quoted among them again."""
    own = {key_of(Source.Kind.FAQ, faq.pk)} if faq else set()
    return reader.live_keys(set(keys) - own)


def _as_data(answer: Answer) -> dict[str, Any]:
    return {
        "statements": [{"text": s.text, "citations": list(s.citations)} for s in answer.statements],
        "citations": [{"n": c.n, **_place(c.passage), "quote": c.quote} for c in answer.citations],
        "near": [_place(hit.passage) for hit in answer.near],
        "understood": list(answer.understood),
        "searched": answer.searched,
    }


def _place(passage: Passage) -> dict[str, Any]:
    return {
        "source": passage.source,
        "title": passage.title,
        "place": passage.place,
        "anchor": passage.anchor,
        "status": str(passage.status),
    }
