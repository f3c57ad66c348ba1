from typing import Any

from django.dispatch import receiver

from academy.core.workers import minute
from academy.records.reminding import is_due, remind_today


@receiver(minute)
def _remind(**kwargs: Any) -> None:
    if is_due():
        remind_today.enqueue()
