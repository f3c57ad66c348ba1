"""An answer is written down as it was given, and counted apart from the conversation, which may be deleted."""

import time
from typing import Any

from django.db import IntegrityError, transaction

from academy.chat.askers import Asker
from academy.chat.finding import Found
from academy.chat.models import Asking, Conversation, Message
from academy.chat.questions import Question
from academy.organisations.models import District, Membership
from kb.types import Answer, Passage, Statement


def sent_before(question: Question, asker: Asker) -> Message | None:
    """The message that this very question has become already."""
    if not question.key:
        return None
    message = (
        Message.objects.select_related("conversation")
        .filter(key=question.key, question=question.text)
        .first()
    )
    if message is None or message.conversation.belongs_to(asker):
        return message
    # a browser that sends its first question twice has no name yet; that it knows the key will do
    return message if asker.is_new and not message.conversation.user_id else None


def draft(question: Question, conversation: Conversation) -> Message:
    return Message(conversation=conversation, key=question.key, question=question.text, about=question.about)


def fill(message: Message, found: Found) -> None:
    understood = found.answer.question
    message.understood = understood if understood != message.question else ""
    message.found = found.is_answered
    message.answer = _as_data(found)


def record(message: Message, found: Found, asker: Asker, door: str, begun: float) -> Message:
    """What is kept: another message, where the same question has been answered meanwhile. One of somebody else with
    the same key is no reason to lose ours, which goes on without a key."""
    took = round((time.monotonic() - begun) * 1000)
    try:
        with transaction.atomic():
            _save(
                message, Asking(door=door, found=message.found, written=bool(found.writer), took=took), asker
            )
    except IntegrityError:
        known = sent_before(Question(message.question, key=message.key), asker)
        if known or not message.key:
            return known or message
        message.key = None
        return record(message, found, asker, door, begun)
    return message


def _save(message: Message, asking: Asking, asker: Asker) -> None:
    conversation = message.conversation
    if asker.user and conversation.asker and not conversation.user_id:
        # begun before signing in
        conversation.user = asker.user
    if not conversation._state.adding and not Conversation.objects.filter(pk=conversation.pk).exists():
        # deleted meanwhile, which is not undone
        message.conversation = Conversation(user=conversation.user, asker=conversation.asker)
    message.conversation.save()
    message.save(force_insert=True)
    asking.message, asking.district = message, _district(asker)
    asking.save()


def _district(asker: Asker) -> District | None:
    membership = Membership.objects.current_of(asker.user) if asker.user else None
    return membership.enterprise.district.county if membership else None


def _as_data(found: Found) -> dict[str, Any]:
    answer = found.answer
    return {
        "statements": [_said(statement) for statement in answer.statements],
        "differing": [_said(statement) for statement in answer.differing],
        "citations": [
            {
                "n": c.n,
                **_place(c.passage),
                "path": list(c.passage.path),
                "quote": c.quote,
                "text": c.passage.text,
            }
            for c in answer.citations
        ],
        "near": [_place(hit.passage) for hit in answer.near],
        "related": [_place(passage) for passage in _related(answer)],
        "understood": list(answer.understood),
        "searched": answer.searched,
        "faq": found.faq.pk if found.faq else None,
        "elsewhere": found.elsewhere,
        "writer": found.writer,
    }


def _said(statement: Statement) -> dict[str, Any]:
    return {
        "text": statement.text,
        "citations": list(statement.citations),
        "also": list(statement.also),
    }


def _related(answer: Answer) -> list[Passage]:
    """What else was read, of sources that are not cited, each once."""
    cited = {citation.passage.source for citation in answer.citations}
    others = {p.source: p for p in reversed(answer.read) if p.source not in cited}
    return list(others.values())[::-1] if answer.found else []


def _place(passage: Passage) -> dict[str, Any]:
    return {
        "source": passage.source,
        "title": passage.title,
        "place": passage.place,
        "anchor": passage.anchor,
        "page": passage.page,
        "status": str(passage.status),
    }
