"""The same law in every format gives the same articles."""

from pathlib import Path

import pytest

from ingest.load import load
from ingest.load.naming import stem
from ingest.split import split
from kb.text import squeeze

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
SCANNED = ".扫描件"
FILES = sorted(path for path in (CORPUS / "files").glob("*") if SCANNED not in path.name)
# of a law's articles, so many are the same to the character
SAME = 0.98

pytestmark = pytest.mark.skipif(not FILES, reason="the corpus of regulations is not here")


def original(path: Path) -> Path:
    """The Markdown of the same law and edition, whose name may say more of it."""
    return next((CORPUS / "laws").glob(f"{stem(path.name).rstrip('）')}*.md"))


def articles(path: Path) -> dict[str, str]:
    """The text of each article without white space, by its anchor 「a36」; chapters may stand before it."""
    found: dict[str, str] = {}
    for passage in split(path.name, load(path.name, path.read_bytes())):
        if passage.anchor.startswith("a"):
            label = passage.path[-1].split()[0]
            anchor, _, further = passage.anchor.partition("p")
            begins = 0 if further else passage.text.index(label)
            found[anchor] = found.get(anchor, "") + squeeze(passage.text[begins:])
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_law_has_the_same_articles_in_every_format(path: Path) -> None:
    expected = articles(original(path))
    found = articles(path)
    assert len(expected) > 20
    assert found.keys() == expected.keys()
    assert sum(found[anchor] == text for anchor, text in expected.items()) >= SAME * len(expected)


@pytest.mark.parametrize("encoding", ["utf-16-le", "gb18030", "utf-8-sig"])
def test_a_law_as_text_has_them_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    path = original(FILES[0])
    text = tmp_path / "law.txt"
    text.write_bytes(path.read_text(encoding="utf-8").replace("#", "").encode(encoding))
    assert articles(text) == articles(path)
