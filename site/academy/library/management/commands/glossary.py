from typing import Any

from django.core.management.base import BaseCommand

from academy.library.glossaries import seed


class Command(BaseCommand):
    help = "Add the entries of the glossary that ships which are not in the database yet."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{seed()} entries added")
