"""What a clause of a rule says beside its words: whether it forbids, allows, demands or spares, and what it denies."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from itertools import pairwise

from kb.quantities import Quantity, normal, quantities, without_quantities
from kb.text import grams, squeeze

# everyday words and the ones that rules use; what is folded together can stand for each other in any sentence
_SAME = [
    (re.compile(spoken), formal)
    for spoken, formal in (
        ("员工|工作人员|(?<=伤口的)人(?!员)", "人员"),
        ("保存|贮存|储存|储藏|放置|摆放|(?<!存)放在?(?![入进到回心行养上下])", "存放"),
        ("进货|购买|采买|(?<!购)买(?=[入来进])", "采购"),
        ("存放[在于]", "存放"),
        ("出售|售卖|贩卖", "销售"),
        ("(?<![口好])吃(?!饭)", "食用"),
        ("盖好|盖上", "加盖"),
        ("马上|立刻", "立即"),
        ("洗干净|清洗干净", "洗净"),
        ("煮开|烧开", "煮沸"),
        ("(?:超过|过了)保质期|过期", "超过保质期"),
        ("标志", "标识"),
        ("([上下])面", r"\1"),
        ("有权(?=[向要请对申])", "可以"),
        ("没有?(?=[煮烧熟洗经消清])", "未"),
        ("里(?=[烫煮泡浸存冷再。,;]|$)|里面|当中", "中"),
    )
]
# words that carry no matter of their own; longer ones before their parts
_EMPTY = re.compile(
    "根据|按照|依据|依照|规定|如果|的话|一旦|因为|所以|因此|同时|其中|以及|并且|而且|或者|还是|但是|不过|否则|以后|之后|然后|最后|之前|以前|之间|时候"
    "|(?:对于?|关于)|进行|属于|就是|都是|还要|要是|一定|务必|尽量|注意|记得|确保|下列|以下|以上|如下|这些|那些|这种|那种|这个|那个|它们|他们|我们|您"
    "|可能|需要|温度|一般|达到|需|[的地得了着过是在把将被给让用从对向于与和及跟同或并且但而就都也还又再更很太所其之这那此它他你要应须时后会能可做有作为先该每才宜]"
)


class Stance(Enum):
    FORBIDS = "forbids"
    SPARES = "spares"
    ALLOWS = "allows"
    DEMANDS = "demands"
    TELLS = "tells"


# in this order: 「不得不」 aside, what forbids holds words of what allows, and so on
_STANCES = [
    (stance, re.compile(words))
    for stance, words in (
        (
            Stance.SPARES,
            "不必|无需|无须|毋须|不需要?|不须|用不着|可不(?=[再用])|免于|不强制|不用(?![手于作])|不要求|不应当?要求",
        ),
        (
            Stance.FORBIDS,
            "不得|严禁|禁止|禁用|不准|不许|不允许|不予许可|不可(?![避缺或逆])以?|不能够?|不要(?!求)|不应该?当?|不该|不宜|不行|不再|切勿|请勿|勿"
            "|切忌|杜绝|拒绝|(?<![特分个识级类性区鉴辨差])别(?![的人处名])",
        ),
        (Stance.DEMANDS, "只能|只可|[方才始]可以?|[方才]能"),
        (
            Stance.ALLOWS,
            "倡导|提倡|鼓励|建议|自愿|可以|允许|准许(?!证)|(?<![许认不])可(?![能是靠口疑见怕惜爱溯燃降])|(?<![可不才只功性智节])能够?(?![力量源效])",
        ),
        (
            Stance.DEMANDS,
            "应当|应该|必须|务必|一定要|需要|(?<![供反效适相])应(?![急用商对激])|(?<![必无])须|(?<![必按供无])需(?![求水])"
            "|(?<![主重不需必只将严])要(?![求素点是])",
        ),
    )
]
ANY_STANCE = re.compile("|".join(f"(?:{words.pattern})" for _, words in _STANCES))
_DENIED = re.compile("(?:没有|并未|尚未|未经过?|没经过?|不经过?|未能|[不没未无非])(?P<next>[\u3400-\u9fff])")
_HAN = re.compile("[\u3400-\u9fff]")
BREAK = re.compile("[,;:?!。]+")
_SENTENCE = re.compile("[^。!?;]+")
_ITEM = re.compile(r"\s*(?:[(]?[一二三四五六七八九十\d]{1,3}[)、.]|[-•·])")


@dataclass(frozen=True)
class Clause:
    """`text` is normal (`kb.quantities.normal`); `lead` are the clauses just before it in its sentence that give no amount;
    `sentence` is the whole one; `opening` what opens the list it stands in."""

    text: str
    lead: str = ""
    sentence: str = ""
    opening: str = ""

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return tuple(found.quantity for found in quantities(self.text))

    @cached_property
    def measured(self) -> dict[Quantity, str]:
        """What stands before each amount, its last two characters: 「价款」 in 「支付价款十倍」."""
        before = ((each.quantity, runs(self.text[: each.spans[0][0]])) for each in quantities(self.text))
        return {quantity: words[-1][-2:] if words else "" for quantity, words in before}

    @cached_property
    def stance(self) -> Stance:
        """Its own; an item that has none stands under the one of the words that open its list."""
        own = stance(self.text)
        return stance(self.opening) if own is Stance.TELLS else own

    @cached_property
    def grams(self) -> frozenset[str]:
        return frozenset(gram for run in runs(self.text) for gram in grams(run))

    @cached_property
    def plain(self) -> str:
        """Its words without the ones that only put clauses in order."""
        return re.sub("然后|最后|先后|前后|今后", " ", _plain(self.text))

    @cached_property
    def denied(self) -> frozenset[str]:
        """The characters that a 不, 没, 未 stands before, wherever they occur."""
        return frozenset(match["next"] for match in _DENIED.finditer(_plain(self.text)))

    @cached_property
    def affirmed(self) -> frozenset[str]:
        return frozenset(_HAN.findall(_DENIED.sub(" ", _plain(self.text))))


@lru_cache(maxsize=256)
def clauses(text: str) -> tuple[Clause, ...]:
    """Of each sentence of the text, in order. Those of a passage are wanted again for every sentence that cites it."""
    found: list[Clause] = []
    opening = ""
    for line in fold(text).split("\n"):
        around = opening if _ITEM.match(line) else ""
        for sentence in _SENTENCE.findall(line):
            found += _clauses_of(sentence, around)
            if sentence.rstrip().endswith(":"):
                opening = sentence
    return tuple(found)


def fold(text: str) -> str:
    """The normal text in the words of rules."""
    text = normal(text)
    for spoken, formal in _SAME:
        text = spoken.sub(formal, text)
    return text


def stance(text: str) -> Stance:
    """Of a folded text; a limit such as 「不得超过2小时」 is an amount and no prohibition."""
    bare = without_quantities(text)
    return next((each for each, words in _STANCES if words.search(bare)), Stance.TELLS)


def runs(text: str) -> list[str]:
    """What a folded text is about: its words in stretches, without amounts, modal words and those that say nothing."""
    return _EMPTY.sub(" ", _plain(text)).split()


def covered(words: Sequence[str], text: str) -> int:
    """How many characters of the words (`runs`) stand in grams that the folded text holds."""
    text = squeeze(text)
    return sum(sum(_held(run, text)) for run in words)


def _held(run: str, text: str) -> list[bool]:
    pieces = grams(run)
    if pieces == [run]:
        return [run in text] * len(run)
    held = [False] * len(run)
    for at in range(len(run) - 1):
        if run[at : at + 2] in text:
            held[at] = held[at + 1] = True
    return held


def _plain(text: str) -> str:
    bare = ANY_STANCE.sub(" ", without_quantities(text))
    return re.sub(r"[^\w]+", " ", bare)


def _clauses_of(sentence: str, opening: str) -> Iterator[Clause]:
    lead = ""
    for text in (piece for part in BREAK.split(sentence) for piece in _single(part)):
        clause = Clause(text, lead, sentence, opening)
        lead = "" if clause.quantities else f"{lead},{text}"
        yield clause


def _single(text: str) -> Iterator[str]:
    """A clause in pieces, so that amounts of different things stand apart: 「价款十倍」, 「或者损失三倍」."""
    begun = 0
    for one, two in pairwise(quantities(text)):
        if one.end < two.spans[0][0] and runs(text[one.end : two.spans[0][0]]):
            yield text[begun : one.end]
            begun = one.end
    if rest := text[begun:].strip():
        yield rest
