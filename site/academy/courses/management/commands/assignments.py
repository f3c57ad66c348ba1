from typing import Any

from django.core.management.base import BaseCommand

from academy.courses.assignments.proving import follow
from academy.courses.models import Assignee


class Command(BaseCommand):
    help = "Compare who has done what they were assigned with the records, and put right what differs."

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Assignee.objects.filter(assignment__cancelled_at=None)
        changed = follow(rows)
        self.stdout.write(f"{rows.count()} compared, {changed} put right")
