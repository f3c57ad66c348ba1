"""Questions that editors have answered themselves: which of them is being asked.

By its wording alone, and strictly: the wrong answer in the editors' name is worse than none, since what matches
nothing is answered from the texts.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from kb.glossary import Glossary
from kb.text import clean, dice, grams

# likeness from which two wordings ask the same
ALIKE = 0.75
# the share in it of what was typed; the rest is of the formal terms that it means
TYPED = 0.3
# fewer pairs of characters say too little to be close to anything
LEAST = 3

# what is asked for, however it is said; the first that fits counts
_KINDS = {
    "duration": "多长时间|多少时间|多久|[几多]少?个?(?:分钟|小时|钟头|天|月|年)|多长",
    "moment": "什么时候|啥时候|何时|几点",
    "degrees": "[几多]少?度|(?:多高|什么|多少)温度",
    "how": "怎么样?|怎样|如何|咋样?",
    "why": "为什么|为啥|为何|凭什么|凭啥",
    "where": "哪里|哪儿|什么地方|啥地方",
    "who": "谁|哪个人|什么人",
    "what": "什么|啥|哪些|哪种|哪",
    "amount": "多少|多大|多高|多重|几",
}
_VAGUE = frozenset({"amount", "what"})
_ASKS = re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS.items()))
# what asks whether, or is only polite
_SAYS_NOTHING = re.compile(
    "可不可以|能不能|要不要|需不需要|是不是|有没有|会不会|行不行|对不对|好不好|允不允许|该不该"
    "|请问一?下?|想问一?下?|问一下|你好|您好|谢谢|麻烦|可以|可否|能否|是否|应该|应当|需要|必须|允许|我们|咱们?|你们?|您|我"
    "|[吗嘛么呢吧啊呀哦啦的了要能行该得就]"
)
_NEGATIVE = re.compile("[不没无未别非]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?[%‰]?")
# whether something must be done, and whether it may be, are two questions
_MUST = re.compile("必须|需要?|应当|应该|该不该|要不要|不要|^要|非得")
_MAY = re.compile("可以|可否|可不可|能|允许|行不行|[行许]吗")


@dataclass(frozen=True, slots=True)
class Wordings:
    """How one question is put: `said` ask it; `unlike` look like it and ask something else."""

    key: int
    said: tuple[str, ...]
    unlike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Wording:
    """What is asked about, in runs of characters, and the kinds of thing that are asked for."""

    matter: str
    typed: frozenset[str]
    meant: frozenset[str]
    kinds: frozenset[str]
    numbers: frozenset[str]
    denials: int
    must: bool
    may: bool

    @classmethod
    def of(cls, question: str, glossary: Glossary) -> Self:
        said = unicodedata.normalize("NFKC", clean(question)).casefold().replace("没有", "没")
        kinds = frozenset(str(found.lastgroup) for found in _ASKS.finditer(said))
        matter, numbers = _matter(said), frozenset(_NUMBER.findall(said))
        meant = frozenset(grams(_matter(_formal(said, glossary))))
        denials = len(_NEGATIVE.findall(matter))
        must, may = bool(_MUST.search(said)), bool(_MAY.search(said))
        return cls(matter, frozenset(grams(matter)), meant, kinds, numbers, denials, must, may)

    def says_the_same_as(self, other: Self) -> bool:
        mine, its = (self.matter, self.kinds, self.numbers), (other.matter, other.kinds, other.numbers)
        return mine == its and not self._differs_in_duty(other)

    def _differs_in_duty(self, other: Self) -> bool:
        return self.must != self.may and (other.must, other.may) == (self.may, self.must)

    def asks_for_something_else_than(self, other: Self) -> bool:
        """「多少」 may ask for a temperature, a weight or a price, but not for how long; 「什么」 for nearly anything."""
        if {self.kinds, other.kinds} == {frozenset({"amount"}), frozenset({"duration"})}:
            return True
        mine, its = self.kinds - _VAGUE, other.kinds - _VAGUE
        return bool(mine and its) and not mine & its

    def likeness(self, other: Self) -> float:
        """Dice's coefficient of character pairs (Dice 1945), 1 only for what says the same but for politeness."""
        if self.says_the_same_as(other):
            return float(bool(self.matter))
        typed, meant = dice(self.typed, other.typed), dice(self.meant, other.meant)
        return min(TYPED * typed + (1 - TYPED) * meant, 0.999)

    def answers(self, other: Self) -> bool:
        """Whether an answer to this may be one to the other: the same numbers and denials, nothing else asked for."""
        if self.says_the_same_as(other):
            return True
        return (
            (self.numbers, self.denials, bool(self.kinds))
            == (other.numbers, other.denials, bool(other.kinds))
            and not self._differs_in_duty(other)
            and other.kinds <= self.kinds
            and min(len(self.meant), len(other.meant)) >= LEAST
        )


@dataclass(frozen=True, slots=True)
class Matcher:
    """All entries, made ready: reading a thousand wordings costs some 70 ms, comparing with them 2."""

    entries: tuple[tuple[int, tuple[_Wording, ...], tuple[_Wording, ...]], ...]
    glossary: Glossary

    @classmethod
    def of(cls, entries: Iterable[Wordings], glossary: Glossary) -> Self:
        def ready(wordings: Iterable[str]) -> tuple[_Wording, ...]:
            return tuple(_Wording.of(wording, glossary) for wording in wordings)

        return cls(tuple((one.key, ready(one.said), ready(one.unlike)) for one in entries), glossary)

    def match(self, question: str) -> int | None:
        """The key of the entry that asks the same, or None: some wording of it must be `ALIKE`, and nearer than
        any that must not match."""
        asked = _Wording.of(question, self.glossary)
        scores = {key: _nearness(asked, said, unlike) for key, said, unlike in self.entries}
        best = max(scores, key=lambda key: scores[key], default=None)
        return best if best is not None and scores[best] >= ALIKE else None


def in_common(one: str, other: str, glossary: Glossary) -> float | None:
    """Dice's coefficient of what they ask about, in formal terms, 0 to 1; None where they ask for different things or
    name different numbers."""
    mine, its = _Wording.of(one, glossary), _Wording.of(other, glossary)
    if mine.numbers != its.numbers or mine.asks_for_something_else_than(its):
        return None
    return dice(mine.meant, its.meant)


def same_sense(one: str, other: str) -> bool:
    """Whether they name the same numbers, deny as often and ask for the same kind of thing, whatever they are about."""
    mine, its = _Wording.of(one, Glossary()), _Wording.of(other, Glossary())
    alike = (mine.numbers, mine.denials) == (its.numbers, its.denials)
    return alike and not mine.asks_for_something_else_than(its)


def same_wording(one: str, other: str) -> bool:
    """Whether they differ in nothing but politeness and punctuation."""
    return _Wording.of(one, Glossary()).likeness(_Wording.of(other, Glossary())) == 1


def _nearness(asked: _Wording, said: Iterable[_Wording], unlike: Iterable[_Wording]) -> float:
    near = max((asked.likeness(one) for one in said if one.answers(asked)), default=0.0)
    blocked = near >= ALIKE and any(asked.likeness(one) >= near for one in unlike)
    return 0.0 if blocked else near


def _matter(said: str) -> str:
    """Without the words that ask: 「请问豆角没炒熟能吃吗？」 becomes 「豆角没炒熟吃」."""
    return " ".join(re.findall(r"[^\W_]+(?:\.\d+)?", _SAYS_NOTHING.sub("", _ASKS.sub(" ", said))))


def _formal(said: str, glossary: Glossary) -> str:
    """With the formal terms in the place of kitchen forms, all of them where a form has several."""
    meant = glossary.meanings(said)
    for form in sorted(meant, key=len, reverse=True):
        said = said.replace(form, "".join(meant[form]))
    return said
