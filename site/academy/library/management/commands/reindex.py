from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from academy.core.knowledge import chroma_running
from academy.library.indexing import bring_up_to_date, failed, take_stock
from academy.library.models import Source
from academy.library.models.source import SourceQuerySet, State
from academy.library.rebuilding import AlreadyRebuilding, rebuild
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
                self._bring_up_to_date(Source.objects.exclude(state=State.INDEXED))
            else:
                self._bring_up_to_date(Source.objects.all())
        counts = {state: Source.objects.filter(state=state).count() for state in State}
        self.stdout.write(", ".join(f"{count} {state.value}" for state, count in counts.items() if count))

    def _rebuild(self) -> None:
        with tqdm(unit="source", desc="rebuild", disable=None) as bar:

            def say(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            try:
                rebuild(say)
            except AlreadyRebuilding as error:
                raise CommandError(str(error)) from error

    def _bring_up_to_date(self, sources: SourceQuerySet) -> None:
        with tqdm(sources, unit="source", desc="index", disable=None) as bar:
            for source in bar:
                try:
                    bring_up_to_date(source)
                except Unreadable as error:
                    failed(source, str(error))
                    with bar.external_write_mode():
                        self.stdout.write(f"failed    {source.title}: {error}")
