"""Makes the reader's training groups: a question with excerpts that answer it and excerpts that do not.

The ones that do not are what our own retriever brings first, so they are as misleading as they get.

    python -m training.pairs LAWS TRAIN OUT

LAWS is a folder of official texts, TRAIN one with `lay_questions.jsonl`, `lay_articles.jsonl` and
`general_*_hant.jsonl`; OUT becomes a JSON Lines file of {"pool", "question", "pairs": [[excerpt, label], ...]}.
"""

import json
import pickle
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from opencc import OpenCC
from tqdm import tqdm

from ingest.pipeline import passages
from kb import keys
from kb.adapters.embeddings import SentenceTransformerEmbedder
from kb.adapters.memory import MemoryTextIndex, MemoryVectorIndex
from kb.config import Config
from kb.evidence import Weighing
from kb.excerpt import excerpt, put
from kb.glossary import Glossary
from kb.ports import Keyed, Vectors
from kb.question import understand
from kb.retrieve import Retriever
from kb.text import grams, squeeze
from kb.types import Passage

SEED = 20261123
MODELS = Path("var/models")
LIKELY = Path("site/academy/library/likely_questions")
UNANSWERABLE = Path("training/data/unanswerable.jsonl")
# candidates looked at, and how many of them stay in a group: half from the first five
DEPTH, FIRST, NEGATIVES = 30, 5, 6
# general questions that are kept: they teach reading, not the domain
GENERAL = 1200
# two passages that share so much of the shorter one's grams say the same rule
SAME = 0.5
Line = dict[str, Any]


class Remembering:
    """An embedder that keeps what it made in a file, so that mining again costs nothing."""

    def __init__(self, file: Path) -> None:
        self.file, self.made = file, dict[tuple[str, str], Vectors]()
        self.real = SentenceTransformerEmbedder("", MODELS)
        if file.exists():
            self.made = pickle.loads(file.read_bytes())
        self.name = self.real.name

    def documents(self, texts: Sequence[str]) -> Vectors:
        return self._made("document", texts)

    def questions(self, texts: Sequence[str]) -> Vectors:
        return self._made("query", texts)

    def keep(self) -> None:
        self.file.write_bytes(pickle.dumps(self.made))

    def _made(self, kind: str, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if (kind, text) not in self.made]
        embed = self.real.documents if kind == "document" else self.real.questions
        if new:
            self.made |= {(kind, text): vector for text, vector in zip(new, embed(new), strict=True)}
        return np.asarray([self.made[kind, text] for text in texts], np.float32)


class Pool:
    """Passages with a retriever over them."""

    def __init__(self, embedder: Remembering, found: Sequence[Passage]) -> None:
        self.embedder, self.glossary = embedder, Glossary.bundled()
        self.texts, vectors = MemoryTextIndex(), MemoryVectorIndex()
        by_source = defaultdict(list)
        for passage in found:
            by_source[passage.source].append(passage)
        for source, them in by_source.items():
            words = keys.words(them)
            said = Keyed(words.owners, embedder.documents(words.texts))
            vectors.replace(source, them, said, Keyed((), said.vectors[:0]))
            self.texts.replace(source, them)
        self.retriever = Retriever(embedder, vectors, self.texts, Config(vector_store="memory"))

    def group(self, pool: str, question: str, gold: Sequence[Passage], chance: random.Random) -> Line:
        """The gold passage that speaks most of the question, and some of what else the retriever brings.

        What says the same as a gold passage is left out: it may answer as well.
        """
        asked = understand(question, self.glossary)
        weighing = Weighing.of(asked, self.texts)
        right = sorted(gold, key=lambda p: -weighing.coverage(p.text))[:1]
        found = [hit.passage for hit in self.retriever.find(asked)[:DEPTH]]
        wrong = [p for p in found if not any(p == g or alike(p, g) for g in gold)]
        chosen = chance.sample(wrong[:FIRST], min(FIRST, len(wrong), 3 if gold else FIRST))
        rest = wrong[FIRST:]
        chosen += chance.sample(rest, min(NEGATIVES - len(right) - len(chosen), len(rest)))
        pairs = [(excerpt(p, weighing), int(p in right)) for p in (*right, *chosen)]
        return {"pool": pool, "question": put(asked), "pairs": pairs}

    def groups(
        self, pool: str, asked: Iterable[tuple[str, Sequence[Passage]]], chance: random.Random
    ) -> Iterator[Line]:
        them = list(asked)
        self.embedder.questions([understand(question, self.glossary).text for question, _ in them])
        self.embedder.keep()
        for question, gold in tqdm(them, desc=pool):
            yield self.group(pool, question, gold, chance)


def alike(one: Passage, other: Passage) -> bool:
    mine, its = set(grams(one.text)), set(grams(other.text))
    return len(mine & its) >= SAME * min(len(mine), len(its))


def bare(title: str) -> str:
    return re.sub(r"[（(][^（()）]*[）)]$|中华人民共和国", "", title)


def lines(file: Path) -> list[Line]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def of_laws(embedder: Remembering, folder: Path, chance: random.Random) -> Iterator[Line]:
    """Likely questions with the article that each belongs to, and questions that no article answers."""
    found = [p for f in sorted(folder.glob("*.md")) for p in passages(f.name, f.name, f.read_bytes())]
    places = defaultdict(list)
    for passage in found:
        for part in {head for step in passage.path for head in (step, step.split(" ")[0])}:
            places[bare(passage.title), part].append(passage)
    likely = []
    for row in (row for file in sorted(LIKELY.glob("*.jsonl")) for row in lines(file)):
        section, there = squeeze(row.get("section", "")), places[bare(row["title"]), row["article"]]
        gold = [passage for passage in there if section in squeeze(passage.text)]
        likely += [(question, gold) for question in row["questions"]]
    pool = Pool(embedder, found)
    yield from pool.groups("likely", likely, chance)
    unanswerable = [(row["question"], ()) for row in lines(UNANSWERABLE)]
    yield from pool.groups("unanswerable", unanswerable, chance)


def of_lay_people(embedder: Remembering, folder: Path, chance: random.Random) -> Iterator[Line]:
    """Lay questions on other laws (STARD, MIT)."""
    found = {}
    for row in lines(folder / "lay_articles.jsonl"):
        title, article = re.fullmatch(r"(.*?)(第[^第]*|)", row["pid"]).groups()  # type: ignore[union-attr]
        found[row["pid"]] = Passage(row["pid"], 0, title, (article,), row["text"])
    asked = [
        (row["question"], [found[pid] for pid in row["gold_docs"] if pid in found])
        for row in lines(folder / "lay_questions.jsonl")
    ]
    pool = Pool(embedder, list(found.values()))
    yield from pool.groups("lay", [(question, gold) for question, gold in asked if gold], chance)


def of_everything(embedder: Remembering, folder: Path, chance: random.Random) -> Iterator[Line]:
    """General questions (DRCD, CC BY-SA 3.0), from traditional to simplified characters."""
    simple = OpenCC("t2s").convert
    found = {
        row["pid"]: Passage(row["pid"], 0, simple(row["title"]), (), simple(row["text"]))
        for row in lines(folder / "general_passages_hant.jsonl")
    }
    rows = chance.sample(lines(folder / "general_questions_hant.jsonl"), GENERAL)
    asked = [(simple(row["question"]), [found[row["gold_doc"]]]) for row in rows]
    yield from Pool(embedder, list(found.values())).groups("general", asked, chance)


def main() -> None:
    laws, train, out = map(Path, sys.argv[1:4])
    embedder, chance = Remembering(out.with_suffix(".vectors")), random.Random(SEED)
    with out.open("w", encoding="utf-8") as file:
        for groups in (
            of_laws(embedder, laws, chance),
            of_lay_people(embedder, train, chance),
            of_everything(embedder, train, chance),
        ):
            for group in groups:
                file.write(json.dumps(group, ensure_ascii=False) + "\n")
            embedder.keep()


if __name__ == "__main__":
    main()
