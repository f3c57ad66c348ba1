from typing import Any

from django.dispatch import receiver

from academy.core.workers import minute
from academy.reports.rollup import is_due, refresh


@receiver(minute)
def _refresh(**kwargs: Any) -> None:
    if is_due():
        refresh()
