"""The sentences of a passage as rules: in parts, of which some are conditions of others, with what stands above them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import compress, pairwise

from kb.checking.clauses import ANY_STANCE, BREAK, Stance, fold, stance
from kb.checking.words import ACTOR, BARE_NOT, IMPLIED, LIST, Words, words
from kb.quantities import Quantity, quantities, without_quantities
from kb.types import Passage

# a line no longer than this, without any mark, is a heading
_HEADING = 22
_AND = re.compile("(?<=[^,;:])(?=并(?![且发非不处]))")
_SENTENCE = re.compile("[^。!?;]+[。!?;]*")
_ITEM = re.compile(
    r"\s*(?:第[一二三四五六七八九十百零\d]+条(?:之[一二三四五])?|[(]?[一二三四五六七八九十\d]{1,3}[)、.](?!\d)|[-•·])"
)
# how a part ends that only says when, how one of few characters begins, and how what follows it does
_ENDS = re.compile("(?:的|(?<![小学课工])时|(?<!放)[后前]|外|的话|情况下|情形|期间|之日起)$")
_BEGINS = re.compile(
    "如|若|凡|一旦|要是|当(?![餐天日场事地])|经(?![营济常手])|未(?!成年)|没|逾期|拒不|情节|发现|发生|出现|遇到?|由于|因|不足|明知"
)
_FEW = 18
# what is done to whoever breaks a rule
PENAL = re.compile("并?(?:由(?!于)|处(?![理于所置])|罚|责令|没收|给予|吊销|追究|依照|适用)")
_FOLLOWS = re.compile(
    "(?:还|也|均|都|一律|即|就|才|并|则)*(?:由(?!于)|并?处(?![理于所置])|罚|责令|应当?|不得|禁止|严禁|可以?|方可|必?须)"
)
_ASKS = re.compile("(?:未|须|应当?|需)?经(?![营济常手]).*(?:同意|批准|许可|核准|合格|确认|审批|备案|授权)$")
# 「需要冷藏的食品,」
_TOPIC = re.compile("的[^的\\d]{0,3}(?:食品|人员|单位|者|企业|机构|[菜肉品物料])$")
_STATES = re.compile("含|引起|导致|(?<!明知)是(?!否)")
_MAY_STATE = re.compile(f"{_STATES.pattern}|会|[为属]")
_ROLE = re.compile("[从向对由在]$")
_BOUND = re.compile("(?:至[多少]|最[多少长短高低大小])$")
_OR = re.compile(" *或者? *")
_NO_MODAL = re.compile("(?:未|经(?!营))[^,]{0,12}?[允准]许(?!证)|需要?(?=[^,应]{1,12}的)")
_NAMES = re.compile(
    "(?<![进上下为成共分])第?[一二三四五六七八九十\\d]{1,3}[级类型档步号]|[a-z甲乙丙丁][级类型档]"
)


@dataclass(frozen=True)
class Part:
    """What stands between two marks."""

    text: str

    @cached_property
    def words(self) -> Words:
        return words(self.text)

    @cached_property
    def quantities(self) -> frozenset[Quantity]:
        return frozenset(found.quantity for found in quantities(self.text))

    @cached_property
    def ranges(self) -> list[set[Quantity]]:
        """Amounts in it of which none is said alone: the two ends of a range, 「高于60度或者低于10度」."""
        return [
            {one.quantity, two.quantity}
            for one, two in pairwise(quantities(self.text))
            if one.spans == two.spans or _OR.fullmatch(self.text[one.end : two.spans[0][0]])
        ]

    @cached_property
    def names(self) -> frozenset[str]:
        """The cases that it names: 「一级」, 「a级」, 「第三步」."""
        return frozenset(_NAMES.findall(self.text))

    @cached_property
    def _bare(self) -> str:
        """Without amounts, and what demands or allows nothing: 「需要冷藏的」, 「未经允许」."""
        return _NO_MODAL.sub(lambda match: " " * len(match[0]), without_quantities(self.text))

    @cached_property
    def _modal(self) -> re.Match[str] | None:
        return ANY_STANCE.search(self._bare) or BARE_NOT.search(self._bare)

    @cached_property
    def stance(self) -> Stance:
        """That of its first word of the kind."""
        if not self._modal:
            return Stance.TELLS
        own = stance(self._modal[0])
        return Stance.FORBIDS if own is Stance.TELLS else own

    @cached_property
    def stances(self) -> frozenset[Stance]:
        """Those of all such words in it."""
        found = {stance(match[0]) for match in ANY_STANCE.finditer(self._bare)}
        return frozenset({self.stance, *found} - {Stance.TELLS})

    @property
    def is_modal(self) -> bool:
        return self.stance is not Stance.TELLS

    @property
    def before(self) -> str:
        """What stands before 「应当」 or 「不得」: everything where there is none."""
        return self.text[: self._modal.start()] if self._modal else self.text

    @cached_property
    def head(self) -> Words:
        # 「记录至少应保存2年」
        return words(_BOUND.sub("", self.before))

    @cached_property
    def tail(self) -> Words:
        """What stands after it: everything where there is none."""
        return words(self.text[self._modal.end() :] if self._modal else self.text)

    @cached_property
    def lead(self) -> Words:
        """Of what it speaks, as far as its own words say: nothing where it begins with 「应当」 or 「向」."""
        led = self.head if self.is_modal else self.head.first
        return words("") if led.text and _ROLE.search(self.head.between[0]) else led

    @property
    def listed(self) -> str:
        """What it begins with, and what is named beside that: 「记录和凭证」."""
        begins = [begin for begin, _ in self.words.runs]
        end = next(
            (at for at in begins[1:] if not LIST.fullmatch(self.words.between[at])), len(self.words.text)
        )
        return self.words.raw(0, end)


@dataclass(frozen=True)
class Rule:
    """`conditions` says of each part whether it only says when.

    `place` are title and headings; `heads` stand above it in the passage; `opened` opens its list, `opened_on` are the
    conditions in that; `before` is what the passage and the sentence before speak of; `known` are all runs until then.
    """

    text: str
    parts: tuple[Part, ...]
    conditions: tuple[bool, ...]
    place: Part
    heads: tuple[Part, ...]
    opened: tuple[Part, ...]
    opened_on: tuple[Part, ...]
    before: tuple[Part, Part]
    known: frozenset[str]

    @cached_property
    def above(self) -> tuple[Part, ...]:
        return (self.place, *self.heads, *self.opened)

    @cached_property
    def letters(self) -> frozenset[str]:
        """Those of all words that it may be told in."""
        texts = (each.words.text for each in (*self.parts, *self.above, *self.before))
        return frozenset("".join((*texts, *self.known, *IMPLIED)))

    @property
    def stance_above(self) -> Stance:
        """The one under which an item stands that has none."""
        return next((each.stance for each in self.opened if each.is_modal), Stance.TELLS)

    def governing(self, at: int) -> list[int]:
        """The conditions that a part stands under: the nearest ones before it."""
        last = next((each for each in range(at - 1, -1, -1) if self.conditions[each]), -1)
        first = last
        while first > 0 and self.conditions[first - 1]:
            first -= 1
        return list(range(first, last + 1)) if last >= 0 else []

    def modal(self, at: int) -> int:
        """The part that says whether this one is forbidden, allowed or demanded: itself or one before it."""
        parts = (each for each in range(at, -1, -1) if self.parts[each].is_modal)
        return next((each for each in parts if each == at or not self.conditions[each]), at)

    def stance(self, at: int) -> Stance:
        own = self.parts[self.modal(at)].stance
        return self.stance_above if own is Stance.TELLS else own

    def names(self, at: int) -> frozenset[str]:
        """The case that a part speaks of, named by itself or before it."""
        return next((each.names for each in self.parts[at::-1] if each.names), frozenset())


def rules(passage: Passage) -> tuple[Rule, ...]:
    """Of each sentence of the passage, in order."""
    return _rules(passage.text, fold("\n".join((passage.title, *passage.path))))


def parted(sentence: str, is_item: bool = False) -> tuple[tuple[Part, ...], tuple[bool, ...]]:
    """A folded sentence in its parts, and which of them are conditions."""
    if sentence.count(":") > 1:
        # 「名称:猪肉,中心温度:70度」
        sentence = sentence.replace(":", " ")
    pieces = (piece.strip() for each in BREAK.split(sentence) for piece in _AND.split(each))
    parts = tuple(Part(piece) for piece in pieces if piece)
    conditions: list[bool] = []
    for part, after in pairwise([*parts, None]):
        if part:
            is_first = all(conditions) and not is_item
            is_open = not is_item and all(map(_only_says_when, parts, conditions))
            conditions.append(
                after is not None
                and (_is_condition(part, after, is_item, is_first) or (is_open and _is_topic(part)))
            )
    return parts, tuple(conditions)


def topics(parts: Sequence[Part]) -> tuple[bool, ...]:
    """Which parts may only say of what, or when, the next one speaks."""
    return tuple(
        not part.is_modal and ((after.is_modal and not after.head.text) or after.text.endswith("的"))
        for part, after in pairwise([*parts, Part("")])
    )


def _only_says_when(part: Part, is_condition: bool) -> bool:
    return is_condition or not part.is_modal


def _is_condition(part: Part, after: Part, is_item: bool, is_first: bool) -> bool:
    """`is_first` where nothing but conditions stand before it."""
    bare = without_quantities(part.text)
    if part.is_modal:
        return bare.endswith(("的", "时", "情况下"))
    if _ENDS.search(bare):
        # 「除要求赔偿损失外,还可以」 is none
        return not (bare.endswith("外") and after.text[:1] in "还也")
    if (
        not is_item
        and len(part.text) <= _FEW
        and _BEGINS.match(part.text)
        and not _MAY_STATE.search(part.text)
    ):
        return True
    is_followed = _FOLLOWS.match(after.text) and not (_STATES.search(part.text) or PENAL.match(part.text))
    return bool(_ASKS.match(bare)) or (is_first and bool(is_followed))


def _is_topic(part: Part) -> bool:
    """「需要冷藏的食品,」 says of what the next part speaks."""
    return not part.is_modal and bool(_TOPIC.search(part.text)) and not _STATES.search(part.text)


@lru_cache(maxsize=256)
def _rules(text: str, place: str) -> tuple[Rule, ...]:
    return tuple(_all_rules(text, place))


def _all_rules(text: str, place: str) -> Iterator[Rule]:
    opening, kind, heading = "", "", ""
    topic = before = Part("")
    known: frozenset[str] = frozenset()
    for line in fold(text).split("\n"):
        mark = _mark(line)
        heading = line if len(line) <= _HEADING and not BREAK.search(line) else heading
        # an item of the kind that a list stands in ends it
        around = opening if mark and _kind(mark) != kind else ""
        opened, only = parted(around)
        for sentence in _SENTENCE.findall(line):
            own = _mark(sentence)
            rest = sentence[len(own) :]
            parts, conditions = parted(rest, bool(around))
            heads = tuple(map(Part, (heading, own, *re.findall("^([^,;:]+):", rest))))
            above = (Part(place), heads, opened, tuple(compress(opened, only)))
            rule = Rule(rest, parts, conditions, *above, (topic, before), known)
            if parts:
                yield rule
            known |= {run for part in parts for run in part.words.pieces}
            before = _subject(rule) or before
            topic = topic if topic.text or ACTOR.search(before.lead.text) else Part(before.lead.text)
            if sentence.rstrip().endswith(":"):
                opening, kind = rest, _kind(mark)


def _mark(text: str) -> str:
    found = _ITEM.match(text)
    return found[0] if found else ""


def _kind(mark: str) -> str:
    """「(一)」 and 「(十二)」 are of one kind."""
    return re.sub(r"\d+", "1", re.sub("[一二三四五六七八九十百零]+", "一", mark.strip()))


def _subject(rule: Rule) -> Part | None:
    """What a sentence speaks of: what stands before its first 「应当」, or what its first part begins with."""
    parts = [
        part
        for part, only in zip(rule.parts, rule.conditions, strict=True)
        if not (only or part.names or PENAL.match(part.text))
    ]
    first = next((part for part in parts if part.is_modal), parts[0] if parts else Part(""))
    if not first.lead.text:
        return None
    return Part(first.before if first.is_modal else first.listed)
