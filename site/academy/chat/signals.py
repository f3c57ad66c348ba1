from typing import Any

from django.dispatch import receiver

from academy.chat.topics.gathering import expire, gather, is_due
from academy.core.workers import minute


@receiver(minute)
def _tend(**kwargs: Any) -> None:
    expire()
    if is_due():
        gather.enqueue()
