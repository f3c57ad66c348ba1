import time
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Sum
from tqdm import tqdm

from academy.reports.models import Month
from academy.reports.rollup import differences, rebuild, refresh


class Command(BaseCommand):
    help = "The months that reports are counted from: brought up to date; --rebuild makes them anew, --check compares."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="make every month anew from the records")
        parser.add_argument(
            "--check", action="store_true", help="name every difference from the records; 1 if there is any"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        if options["rebuild"]:
            self._rebuild()
        elif not options["check"]:
            refresh()
        if options["check"]:
            self._check()
        counted = Month.objects.aggregate(months=Count("pk"), records=Sum("count", default=0))
        said = f"{counted['records']} records in {counted['months']} months"
        self.stdout.write(f"{said}, {time.monotonic() - begun:.1f} s")

    def _rebuild(self) -> None:
        while rebuild(seen=self._seen) is None:
            self.stderr.write("Somebody else wrote them meanwhile; once more")

    def _check(self) -> None:
        found = list(differences(self._seen))
        for difference in found:
            self.stdout.write(str(difference))
        if found:
            raise CommandError(f"{len(found)} differences", returncode=1)
        self.stdout.write("no difference")

    def _seen(self, months: Iterable[date]) -> Iterable[date]:
        return tqdm(months, unit="month", disable=None)
