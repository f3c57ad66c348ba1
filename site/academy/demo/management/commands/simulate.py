import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from academy.demo.simulated.city import build, is_there, look_again, real_people
from academy.demo.simulated.plan import Plan, today


class Command(BaseCommand):
    help = (
        "A city that does not exist, to try on what a real one will need; the same seed gives the same city."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workers", type=int, default=200_000)
        parser.add_argument("--years", type=int, default=5)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--until", type=date.fromisoformat, help="the day after the last one; today without it"
        )
        parser.add_argument("--force", action="store_true", help="also beside the records of real people")

    def handle(self, *args: Any, **options: Any) -> None:
        if is_there():
            raise CommandError("There is a simulated city already; nothing has been changed.")
        if (real := real_people()) and not options["force"]:
            raise CommandError(
                f"{real} people here may be real, and records are never deleted again. Use an empty database, or --force."
            )
        if options["workers"] < 100 or not 1 <= options["years"] <= 20:
            raise CommandError("A city has 100 workers at least, and 1 to 20 years.")
        begun = time.monotonic()
        plan = Plan(options["workers"], options["years"], options["seed"], options["until"] or today())
        for what, count in build(plan).items():
            self.stdout.write(f"{count:>10,} {what}")
        look_again()
        self.stdout.write(f"made in {time.monotonic() - begun:.0f} s")
        call_command("rollup", rebuild=True, stdout=self.stdout)
