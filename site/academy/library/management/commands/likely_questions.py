from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from academy.library.likely.changes import add, reindex
from academy.library.likely.files import Parsed, parse, write
from academy.library.likely.keys import load_shipped
from academy.library.models import LikelyQuestion, Passage
from ingest.likely import bare_title
from ingest.load import Unreadable


class Command(BaseCommand):
    help = "Likely questions: import files, or load those that came with the site for every indexed text."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="JSON Lines, XLSX or CSV")
        parser.add_argument("--export", type=Path, help="write what is approved there, as JSON Lines")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["export"]:
            approved = LikelyQuestion.objects.approved().order_by("title", "place", "section", "pk")
            options["export"].write_text(write(one.as_key for one in approved), encoding="utf8")
        elif options["files"]:
            # all are read before the first is taken in
            for parsed in [_parsed(file) for file in options["files"]]:
                added = add(parsed.keys, LikelyQuestion.Origin.IMPORTED)
                self.stdout.write(f"{added} new, {len(parsed.keys) - added} there already")
        else:
            self._load()
        states = Counter(LikelyQuestion.objects.order_by().values_list("state", flat=True))
        self.stdout.write(", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none")

    def _load(self) -> None:
        titles = {
            bare_title(one) for one in Passage.objects.order_by().values_list("title", flat=True).distinct()
        }
        fresh = {title for title in sorted(titles) if load_shipped([title])}
        self.stdout.write(f"{reindex(fresh)} sources to be indexed again")


def _parsed(file: Path) -> Parsed:
    try:
        parsed = parse(file.name, file.read_bytes())
    except (OSError, Unreadable) as error:
        raise CommandError(f"{file}: {error}") from error
    if parsed.errors:
        raise CommandError("\n".join([f"{file}:", *parsed.errors]))
    return parsed
