import json
from argparse import ArgumentParser
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from academy.core.knowledge import chroma_running
from academy.library.ingesting import File, Outcome, bring_in, files_in


class Command(BaseCommand):
    help = "Bring files and folders into the knowledge base."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path)
        parser.add_argument("--json", type=Path, help="write the outcomes there")

    def handle(self, *args: Any, **options: Any) -> None:
        missing = [str(path) for path in options["paths"] if not path.exists()]
        if missing:
            raise CommandError(f"not there: {', '.join(missing)}")
        outcomes = self._bring_in(list(files_in(options["paths"])))
        if options["json"]:
            data = [asdict(outcome) for outcome in outcomes]
            options["json"].write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf8")
        counts = Counter(outcome.result for outcome in outcomes)
        self.stdout.write(", ".join(f"{counts[name]} {name}" for name in ("indexed", "unchanged", "failed")))
        if counts["failed"]:
            raise SystemExit(1)

    def _bring_in(self, files: list[File]) -> list[Outcome]:
        outcomes = []
        with chroma_running(), tqdm(files, unit="file", disable=None) as bar:
            for file in bar:
                outcome = bring_in(file)
                outcomes.append(outcome)
                note = f" ({outcome.passages} passages)" if outcome.passages else f" {outcome.detail}"
                with bar.external_write_mode():
                    self.stdout.write(f"{outcome.result:9} {file.name}{note.rstrip()}")
        return outcomes
