"""Asking as the site does, without a browser."""

from asgiref.sync import async_to_sync

from academy.accounts.models import User
from academy.chat.askers import Asker
from academy.chat.models import Conversation, Message
from academy.chat.questions import Question
from academy.chat.working import finish
from academy.library.audiences import EVERYBODY, Reader


def ask(
    question: str,
    user: User | None = None,
    conversation: Conversation | None = None,
    reader: Reader = EVERYBODY,
) -> Message:
    asked = Question(question, conversation.pk if conversation else None)
    return Message.objects.get(pk=async_to_sync(finish)(asked, Asker(user, reader=reader))["message"])
