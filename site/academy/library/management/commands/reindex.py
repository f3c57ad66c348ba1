from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from academy.core.knowledge import chroma_running, rebuilding
from academy.library.indexing import bring_up_to_date, failed, retry, take_stock
from academy.library.models import Source
from academy.library.models.source import State
from ingest.load import Unreadable


class Command(BaseCommand):
    help = "Bring the index in line with what is published."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--rebuild", action="store_true", help="build the vectors anew beside the live ones, then swap"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        take_stock()
        with chroma_running():
            if options["rebuild"]:
                self._rebuild()
            else:
                self._bring_up_to_date()
        counts = {state: Source.objects.filter(state=state).count() for state in State}
        self.stdout.write(", ".join(f"{count} {state.value}" for state, count in counts.items() if count))

    def _rebuild(self) -> None:
        """What changed meanwhile was written to the vectors that are gone now, so it is written once more."""
        with rebuilding():
            Source.objects.update(model="")
            before = dict(Source.objects.values_list("pk", "revision"))
            self._bring_up_to_date()
        for source in Source.objects.exclude(state=State.WITHDRAWN):
            if before.get(source.pk) != source.revision:
                retry(source)

    def _bring_up_to_date(self) -> None:
        with tqdm(Source.objects.all(), unit="source", desc="index", disable=None) as bar:
            for source in bar:
                try:
                    bring_up_to_date(source)
                except Unreadable as error:
                    failed(source, str(error))
                    with bar.external_write_mode():
                        self.stdout.write(f"failed    {source.title}: {error}")
