"""Questions that editors have answered themselves: which of them is being asked."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.glossary import Glossary
from kb.text import clean

# Dice's coefficient of character pairs (Dice 1945) from which two wordings ask the same
ALIKE = 0.8

_POLITE = re.compile("请问|想问(?:一下|下)?|你好|您好|谢谢|麻烦")
_SAYS_NOTHING = re.compile(r"[\W_吗呢吧啊呀嘛哦啦哈么的了]")
_NEGATIVE = re.compile("[不没未无别非]")


@dataclass(frozen=True, slots=True)
class Wordings:
    """How one question is put: `said` ask it; `unlike` look like it and ask something else."""

    key: int
    said: tuple[str, ...]
    unlike: tuple[str, ...] = ()


def matching(question: str, entries: Iterable[Wordings], glossary: Glossary) -> int | None:
    """The key of the entry that asks the same, or None.

    The best wording must share `ALIKE` of its character pairs, say 「不」 and 「没」 as often, and be nearer than
    any wording that must not match.
    """
    asked = _plain(question, glossary)
    nearest = [(_nearest(asked, entry.said, glossary), entry) for entry in entries]
    found = [
        (score, entry.key)
        for score, entry in nearest
        if score >= ALIKE and score > _nearest(asked, entry.unlike, glossary)
    ]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _nearest(asked: str, wordings: Sequence[str], glossary: Glossary) -> float:
    return max((_likeness(asked, _plain(wording, glossary)) for wording in wordings), default=0.0)


def _likeness(one: str, other: str) -> float:
    if one == other:
        return float(bool(one))
    if len(_NEGATIVE.findall(one)) != len(_NEGATIVE.findall(other)):
        return 0.0
    mine, its = _pairs(one), _pairs(other)
    return 2 * len(mine & its) / ((len(mine) + len(its)) or 1)


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _plain(question: str, glossary: Glossary) -> str:
    """Without what is only polite, in formal terms: 「请问豆角没炒熟能吃吗？」 becomes 「四季豆没炒熟能吃」."""
    text = _POLITE.sub("", unicodedata.normalize("NFKC", clean(question)).casefold())
    meanings = glossary.meanings(text)
    for form in sorted(meanings, key=len, reverse=True):
        text = text.replace(form, meanings[form][0])
    return _SAYS_NOTHING.sub("", text)
