"""What is measured on: the shared texts where they are, otherwise the project's own."""

import os
from pathlib import Path

from ingest.evaluation import read_questions
from ingest.load import FORMATS
from ingest.pipeline import passages
from kb.types import Passage

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("ACADEMY_SHARED", ROOT.parent / "shared"))
OWN_QUESTIONS = [
    "豆角没炒熟吃了吐怎么办",
    "留样要留多少，留多久",
    "员工拉肚子还能上灶吗",
    "没有健康证罚多少",
    "许可证几年到期",
]


def documents(limit: int) -> dict[str, list[Passage]]:
    """Passages by source, up to about `limit` of them."""
    folder = SHARED / "corpus" / "laws"
    files = sorted(folder.iterdir()) if folder.is_dir() else sorted((ROOT / "docs").rglob("*.md"))
    found: dict[str, list[Passage]] = {}
    for file in files:
        if file.suffix in FORMATS and sum(map(len, found.values())) < limit:
            found[file.name] = passages(file.name, file.name, file.read_bytes())
    return found


def questions() -> list[str]:
    files = [SHARED / "eval" / f"{name}_questions.jsonl" for name in ("law", "worker")]
    asked = [one.question for file in files if file.exists() for one in read_questions(file)]
    return asked or OWN_QUESTIONS
