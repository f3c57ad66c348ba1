from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from academy.demo.assignments import load_assignments
from academy.demo.city import load_city
from academy.demo.content import read
from academy.demo.texts import load_texts
from academy.demo.training import load_course


class Command(BaseCommand):
    help = "The demo site: content, people, enterprises. Run again, it changes nothing that is there."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            load_texts()
            load_course()
            load_city()
            load_assignments()
        call_command("reindex", stdout=self.stdout)
        people = ", ".join(read("city")[role]["email"] for role in ("staff", "editor"))
        self.stdout.write(f"staff and editor: {people}, password {settings.DEMO_PASSWORD}")
        self.stdout.write("a worker: any mobile number; the code is printed here")
