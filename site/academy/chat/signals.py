from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver

from academy.chat.models import Feedback, Message
from academy.chat.topics.gathering import expire, gather, is_due
from academy.core.workers import minute


@receiver(minute)
def _tend(**kwargs: Any) -> None:
    expire()
    if is_due():
        gather.enqueue()


@receiver(pre_delete, sender=Message)
def _forget_who_said_what(instance: Message, **kwargs: Any) -> None:
    Feedback.objects.filter(asking__message=instance).forget_who()
