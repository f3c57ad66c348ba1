from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from academy.demo.assignments import load_assignments
from academy.demo.city import load_city
from academy.demo.content import read
from academy.demo.gatherings import load_events
from academy.demo.texts import load_texts
from academy.demo.training import load_course


class Command(BaseCommand):
    help = "The demo site: content, people, enterprises. Run again, it changes nothing that is there."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            load_texts()
            load_course()
            load_city()
            load_events()
            load_assignments()
        call_command("reindex", stdout=self.stdout)
        city = read("city")
        people = ", ".join(city[role]["email"] for role in ("staff", "district_staff", "editor"))
        self.stdout.write(
            f"staff, one district's staff and editor: {people}, password {settings.DEMO_PASSWORD}"
        )
        manager = next(worker["phone"] for worker in city["workers"] if "manages" in worker)
        self.stdout.write(f"a manager of an enterprise: {manager}; a worker: any mobile number")
        self.stdout.write("the code of a phone number is printed here")
