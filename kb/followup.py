"""Follow-ups: a question that leans on the one before becomes one that stands alone, by rules.

「冷藏的肉能放多久」, then 「那冷冻的呢」: 「冷冻的肉能放多久」.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.kinds import foods, terms
from kb.text import clean

# a longer one, leaning words apart, says itself what it is about (characters)
LONGEST = 18
# what says no more than this, and names no thing, says nothing by itself (characters)
SHORTEST = 2
# one that names a thing and is longer says all by itself, even if it begins like a follow-up (characters)
WHOLE = 9
# kinds of terms that say what a question is about
THINGS = ("food", "paper", "illness", "breach", "pest", "matter")
# and those that may only say where what was spoken of is
PLACES = ("storage", "utensil", "place", "disinfection")

_LEADS = re.compile(
    r"^(?:(?:那(?:么(?![久多高长热])|(?![个些种锅批盘袋瓶桶盒块东玩]))|还有|另外|再问一?下?|请问|对了|嗯|哦|好的?|我们?|你们|咱们?|店里|换成|换做|要是|如果|假如|万一|and|but|so|then|what about|how about|what if)[，, ]*)+",
    re.IGNORECASE,
)
_TAILS = re.compile(
    r"(?:的话)?[，, ]*(?:呢|也(?:是|要|能|行|可以)?(?:一样|这样)?(?:吗|么|不)?|一样吗|同样吗|怎么样|又怎样|行吗)?[？?。！!.…~ ]*$"
)
_LEANS = re.compile(
    r"^(?:那|还有|换成|换做|and\b|what about|how about|what if)|呢[？?。！!…~ ]*$|也(?:是|要)?(?:一样|这样)",
    re.IGNORECASE,
)
_SUPPOSES = re.compile(r"^(?:要是|如果|假如|万一)")
_POINTS = re.compile(
    r"[它他她]们|它|这个|那个|这种|那种|这样|那样|这些|那些|[这那](?:东西|玩意|[锅批盘袋瓶桶盒块])|这么|那么(?=[久多高长热])|上面说的|刚才说的|\b(?:it|that|this|them|they)\b",
    re.IGNORECASE,
)
_PERSONS = re.compile("[他她]们?|\\b(?:they|them|he|she)\\b", re.IGNORECASE)
_ASKS = re.compile(
    r"(?:一般|到底|大概|最多|最少|至少)?(?:要|需要|得|该|能|可以|会|应该)*"
    r"(?:多(?:长时间|少时间|少度|少克|少钱|少|久|长|高|远|重|大)|几(?:个?小时|分钟|个?月|[度天年次克斤遍])"
    r"|几个人|(?:什么|啥)时候|为(?:什么|啥)|(?:怎么|咋|如何)(?:办|处理|弄|做|罚|样|整|搞)?|怎样|哪(?:些|个|里|儿|种)?|什么(?!程度|材料)|啥(?!程度|材料)|谁"
    r"|能不能|可不可以|要不要|行不行|算不算|是不是|会不会|用不用|该不该|有没有)|\b(?:how (?:long|much|many|often|hot)|why|when|who|where|what)\b",
    re.IGNORECASE,
)
_WHETHER = re.compile(r"(?:可以|能|行|要|对|算|用)?[吗么不][？?]?$")
# words that say what is done, to whatever was spoken of
_LIGHT = re.compile(
    "处罚|罚款|罚|然后|接下来|检查|检验|处理|要求|注意|规定|标准|温度|时间|保存|存放|记录|记|办理|办|负责|管理|管|查|报告|上报|报|依据|出处|原因|后果|危害"
    "|有没有|有|别的|其他|还|也|都|就|再|请|问|来|去|到|放|存|留|煮|烧|洗|做|用|吃|卖|换|写|买|收|给|被|把|在|是|会|要|能|可以|需要|必须|应该|得|该|拿|一遍|遍|完|人家|跟|提前|的|了|着|过|吗|么|呢|吧|啊|呀|不|多|一下|一次|次|才|算|违法|违规|犯法|责任|期限|下"
)
_DOES = re.compile("(?:可以|能|行|要).*[吃用卖做放洗倒收买喝进碰切拿留干]")
_PUNCTUATION = re.compile(r"[\s，。、？！；：,.?!;:…~“”\"'（）()]+")
# for a break that both text index and embedding pass over
_GAP = " "


@dataclass(frozen=True, slots=True)
class Lean:
    """What a follow-up says by itself: its words without those that lean, what it asks, and what is left then."""

    words: str
    asks: str
    matter: str

    @classmethod
    def of(cls, question: str) -> "Lean":
        words = _TAILS.sub("", _LEADS.sub("", question)).strip("，, ？?。")
        asks = " ".join(match.group() for match in _ASKS.finditer(words))
        return cls(words, asks, _left(words, ""))


def follow(question: str, earlier: Sequence[str]) -> str:
    """The question as it stands alone. `earlier` are those before it, as they were understood, latest last.

    One that stands alone already comes back unchanged.
    """
    said = clean(question).strip()
    lean = Lean.of(said)
    if not earlier or not said or not _leans(said, lean, earlier[-1]):
        return question
    before = _bare(earlier[-1])
    return (
        _filled(lean, before) or _swapped(lean, before) or _asked_anew(lean, before) or _beside(lean, before)
    )


def otherwise(question: str, earlier: Sequence[str]) -> str:
    """The other way to understand it, where nothing is found for `follow`: by itself, or with the one before; empty
    where there is none."""
    said = clean(question).strip()
    lean = Lean.of(said)
    if not earlier or not said:
        return ""
    if follow(question, earlier) != question:
        return "" if _POINTS.search(said) else said
    return _beside(lean, _bare(earlier[-1])) if len(lean.words) <= LONGEST else ""


def adds(question: str) -> str:
    """The words of a follow-up, apart, that say more than what it asks."""
    return _left(Lean.of(clean(question).strip()).words, _GAP).strip()


def _left(words: str, gap: str) -> str:
    """Without what asks and what leans, a gap in its place."""
    for said in (_ASKS, _WHETHER, _LIGHT, _PUNCTUATION):
        words = said.sub(gap, words)
    return words


def _bare(question: str) -> str:
    return question.strip().rstrip("？?。！!")


def _leans(question: str, lean: Lean, before: str) -> bool:
    """Whether it says too little by itself, or points back."""
    if len(lean.words) > LONGEST:
        return False
    names_a_thing = _names_a_thing(lean, before)
    if len(_unknown(lean)) <= SHORTEST and not names_a_thing:
        return True
    if _LEANS.search(question) or _POINTS.search(question):
        # 「那灭火器多久检一次」 and 「那隔夜的米饭能卖吗」 begin like follow-ups and are none
        is_whole = (lean.asks and _is_new(lean, before)) or (names_a_thing and len(lean.words) > WHOLE)
        return not is_whole or bool(_POINTS.search(question))
    return bool(_SUPPOSES.match(question)) and not lean.asks


def _names_a_thing(lean: Lean, before: str = "") -> bool:
    """「员工能吃吗」 says who, and not what; 「放冰箱里行吗」, after a food, says where."""
    kinds = {kind for kind, _ in terms(lean.words)}
    if not kinds.isdisjoint(THINGS):
        return True
    return not kinds.isdisjoint(PLACES) and (bool(lean.asks) or not foods(before))


def _unknown(lean: Lean) -> str:
    """Its matter without the terms that are known."""
    left = lean.matter
    for _, term in terms(lean.words):
        left = left.replace(term, "")
    return left


def _is_new(lean: Lean, before: str) -> bool:
    """Whether it names its own matter, that takes the place of nothing that was named."""
    mine, its = ({kind for kind, _ in terms(text)} for text in (lean.words, before))
    return len(lean.matter) >= 2 and (not mine or bool((mine - its).intersection(THINGS)))


def _filled(lean: Lean, before: str) -> str:
    """「它能放多久」: what it points to is what was asked about."""
    if not _POINTS.search(lean.words) or _PERSONS.search(lean.words):
        return ""
    known = sorted(terms(before), key=lambda each: each[0] not in THINGS)
    thing = known[0][1] if known else _matter(before)
    own = _POINTS.sub("", lean.words) if terms(lean.words) else _POINTS.sub(thing, lean.words, count=1)
    return own if thing in own else f"{thing}{_GAP}{own}".strip()


def _swapped(lean: Lean, before: str) -> str:
    """One term takes the place of another of its kind; what is asked stays, unless something else is asked."""
    known = dict(terms(before))
    if _acts(lean):
        return ""
    for kind, term in terms(lean.words):
        # 「炒热了能卖吗」 after 「洗手一共几步」 puts no act in another's place
        if kind == "act" and lean.matter != term:
            continue
        if kind in known and known[kind] != term and term not in before:
            whole = before.replace(known[kind], term)
            return _reasked(whole, lean) if lean.asks else whole
    return ""


def _acts(lean: Lean) -> bool:
    """「员工能吃吗」 asks of the same thing, by somebody else."""
    return bool(_DOES.search(lean.words)) and not _names_a_thing(lean)


def _asked_anew(lean: Lean, before: str) -> str:
    """Something else is asked of the same matter."""
    return _reasked(before, lean) if not lean.matter and lean.words else ""


def _reasked(before: str, lean: Lean) -> str:
    asking = lean.words
    for _, term in terms(lean.words):
        asking = asking.replace(term, "", 1)
    return f"{_matter(before)}{_GAP}{asking.strip('的 ')}".strip()


def _beside(lean: Lean, before: str) -> str:
    """Nothing fits: both stand side by side, what is new first."""
    return f"{lean.words}{_GAP}{before if not lean.asks else _matter(before)}".strip()


def _matter(question: str) -> str:
    """Without what it asks: 「四季豆要煮多久」 is about 「四季豆要煮」."""
    return _PUNCTUATION.sub(_GAP, _WHETHER.sub("", _ASKS.sub("", question))).strip() or question
