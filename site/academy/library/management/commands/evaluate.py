import fcntl
import hashlib
import json
import shutil
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from tqdm import tqdm

from academy.library.text_index import TextIndex, create_tables
from ingest import likely
from ingest.evaluation import Question, evaluate, read_questions, table
from ingest.load import FORMATS, Unreadable
from ingest.pipeline import fingerprint, passages
from kb.build import build
from kb.config import Config
from kb.knowledge_base import KnowledgeBase

ALIAS = "evaluation"
# the likely questions that ship with the site
LIKELY = sorted(Path(apps.get_app_config("library").path).glob("likely_questions/*.jsonl"))
# of the configuration, what changes vectors or passages; the rest may change without indexing anew
INDEXED_BY = ("embedder", "model", "vector_store")


class Command(BaseCommand):
    help = "Index a folder into a scratch store, ask every question of the files, print the measures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("corpus", type=Path, help="a folder of documents")
        parser.add_argument("questions", nargs="+", type=Path, help="JSON Lines files of questions")
        parser.add_argument("--json", type=Path, help="write the measures and every answer there")

    def handle(self, *args: Any, **options: Any) -> None:
        files = _documents(options["corpus"])
        questions = {file.stem: _questions(file) for file in options["questions"]}
        folder = settings.VAR_DIR / "evaluate" / _signature(files)
        with _alone_in(folder), _database(folder):
            knowledge = self._knowledge(folder)
            if settings.KNOWLEDGE_BASE["vector_store"] == "memory" or not (folder / "complete").exists():
                self._index(knowledge, files)
                (folder / "complete").touch()
            report = evaluate(knowledge, questions, _progress)
        self.stdout.write(f"{report['passages']} passages of {len(files)} files\n{table(report['files'])}")
        if options["json"]:
            options["json"].write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf8")

    def _knowledge(self, folder: Path) -> KnowledgeBase:
        chosen = {**settings.KNOWLEDGE_BASE, "chroma_path": folder / "chroma", "collection": ALIAS}
        return build(Config(**chosen), TextIndex(using=ALIAS), say=self.stderr.write)

    def _index(self, knowledge: KnowledgeBase, files: Iterable[Path]) -> None:
        questions = [one for file in LIKELY for one in likely.read(file)]
        for file in tqdm(files, unit="file", disable=None):
            try:
                found = passages(file.name, file.name, file.read_bytes())
                knowledge.replace(file.name, likely.attach(found, questions))
            except Unreadable as error:
                self.stderr.write(f"{file.name}: {error}")


def _documents(corpus: Path) -> list[Path]:
    if not corpus.is_dir():
        raise CommandError(f"not a folder: {corpus}")
    found = sorted(file for file in corpus.iterdir() if file.suffix.lower() in FORMATS)
    if not found:
        raise CommandError(f"nothing that can be read in {corpus}")
    return found


def _questions(file: Path) -> list[Question]:
    try:
        return read_questions(file)
    except (OSError, ValueError, KeyError) as error:
        raise CommandError(f"not a file of questions: {file} ({error})") from error


def _signature(files: Iterable[Path]) -> str:
    """Changes with the files, the pipeline that reads them, and the model."""
    parts = [str(settings.KNOWLEDGE_BASE.get(name)) for name in INDEXED_BY]
    parts += [f"{file.name} {fingerprint(file.read_bytes())}" for file in (*files, *LIKELY)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """One run at a time, since two writers spoil a store; what an interrupted one left is thrown away."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
        yield


@contextmanager
def _database(folder: Path) -> Iterator[None]:
    """Inside, ALIAS is a database in the scratch folder, apart from the site's own."""
    folder.mkdir(parents=True, exist_ok=True)
    known = connections.settings
    scratch = {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "texts.sqlite3"}
    known[ALIAS] = connections.configure_settings({"default": {}, ALIAS: scratch})[ALIAS]
    try:
        create_tables(ALIAS)
        yield
    finally:
        connections[ALIAS].close()
        del connections[ALIAS], known[ALIAS]


def _progress(questions: Iterable[Question]) -> Iterable[Question]:
    return tqdm(questions, unit="question", disable=None)
