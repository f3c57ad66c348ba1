"""What a passage is found by: its own words, the parts of a long one, and the questions that it answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.text import parts
from kb.types import Passage

# a passage that is longer is embedded in parts as well
LONG = 260


@dataclass(frozen=True, slots=True)
class Keys:
    """`texts[i]` leads to the passage at `owners[i]`."""

    texts: tuple[str, ...]
    owners: tuple[int, ...]


def words(passages: Sequence[Passage]) -> Keys:
    """Each passage whole, in order, then the parts of the long ones under the same title and headings."""
    found = [(passage.embedded, at) for at, passage in enumerate(passages)]
    for at, passage in enumerate(passages):
        if len(passage.text) > LONG:
            head = passage.embedded.removesuffix(passage.text)
            found += [(head + part, at) for part in parts(passage.text)]
    return _keys(found)


def questions(passages: Sequence[Passage]) -> Keys:
    """The likely questions of each passage."""
    return _keys([(question, at) for at, passage in enumerate(passages) for question in passage.questions])


def _keys(found: Sequence[tuple[str, int]]) -> Keys:
    return Keys(tuple(text for text, _ in found), tuple(at for _, at in found))
