"""A question as the knowledge base understands it, before anything is searched."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from kb.glossary import Glossary
from kb.kinds import foods, stored
from kb.text import clean

# what asks, and says nothing of the matter that is asked about; longer words before their parts
_FUNCTION_WORDS = re.compile(
    "根据|依据|按照|下列|以下|哪些|哪[一种项里个]|什么|怎么样|怎么办|怎[么样]|如何|多[少久长远]|几|能不能|可不可以|是不是|要不要"
    "|有没有|会不会|行不行|可以|能否|是否|说法|正确|错误|关于|属于|请问|为什么|应[该当]|需要|必须|我们|[你我他她它]|这个|那个"
    "|这样|那样|人家|咋[样办整说]?|啥|咱们?|俺们?|犯不犯法|犯法|合不合法|合规矩|要紧|行吗|算不算|管不管|罚不罚"
    "|没有|[吗呢吧啊的了着过和与或在是要就都还也把被给让去来才能会得地里上下中有没不]"
)

# what is asked of a cookbook, a shop or an employer: only a text that has the very word can answer
_ELSEWHERE = re.compile("好吃|菜谱|食谱|工资|薪水|哪里买|哪儿买")

_DATE = re.compile(r"\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?")
_NUMERAL = "[0-9零〇一二两三四五六七八九十百千万]"
# how a number is asked for, and how a sentence gives it
_NUMBERS = [
    (re.compile(asks), re.compile(gives))
    for asks, gives in (
        ("多少钱|几[块元]|罚|赔多少|费用|价", "元|倍"),
        ("[几多]少?度|温度", "℃|°C|度|%"),
        ("[几多]少?[克斤两]|多重", "克|斤|[mk]?g"),
        (
            "多久|多长|几[个]?[天月年小分秒周日点]|多少[天秒分小个]|什么时候|期限|提前",
            f"{_NUMERAL}\\s*个?(?:多)?(?:秒|分钟|小时|天|日|周|月|年|工作日)|当[天日餐]|每[天日年周月餐]|立即",
        ),
        ("多[远高宽]|几米", "米|[cm]?m"),
        ("多少|[几多][个克斤名人次大]", _NUMERAL),
    )
]


@dataclass(frozen=True)
class Asked:
    """`meanings` are the kitchen forms it holds, each with the formal terms it may stand for; `forms` the kitchen
    forms of the formal terms it holds; `stressed` those of its words that weigh more, for the others were spoken of before."""

    text: str
    meanings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    forms: tuple[str, ...] = ()
    stressed: str = ""

    @property
    def terms(self) -> tuple[str, ...]:
        """The formal terms that it means and does not say, each once."""
        meant = (term for terms in self.meanings.values() for term in terms)
        return tuple(dict.fromkeys(term for term in meant if term not in self.text))

    @property
    def expanded(self) -> str:
        """In both wordings: what the text index is asked."""
        return " ".join((self.text, *self.terms, *self.forms))

    @cached_property
    def rest(self) -> str:
        """Its words that the glossary does not know, without those that only ask."""
        rest = self.text
        for form in sorted(self.meanings, key=len, reverse=True):
            rest = rest.replace(form, " ")
        return _FUNCTION_WORDS.sub(" ", rest)

    @cached_property
    def characters(self) -> frozenset[str]:
        """Those of its words that say something, and of the formal terms it means."""
        return frozenset("".join((self.rest, *self.terms))) - {" "}

    @cached_property
    def foods(self) -> frozenset[str]:
        """Those it names, in both wordings."""
        return foods(" ".join((self.text, *self.terms))) if foods(self.text) else frozenset()

    @cached_property
    def stored(self) -> frozenset[str]:
        """How it is kept, in its own words."""
        return stored(self.text)

    @cached_property
    def _gives(self) -> re.Pattern[str] | None:
        return next((gives for asks, gives in _NUMBERS if asks.search(self.text)), None)

    def is_elsewhere(self, texts: Iterable[str]) -> bool:
        """Whether it asks for what none of these texts speaks of."""
        word = _ELSEWHERE.search(self.text)
        return word is not None and not any(word.group() in text for text in texts)

    @property
    def asks_for_money(self) -> bool:
        return self._gives is _NUMBERS[0][1]

    def numbered(self, text: str) -> bool:
        """Whether a number is asked for, and the text gives one of that kind."""
        return bool(self._gives and self._gives.search(_DATE.sub("", text)))


def understand(question: str, glossary: Glossary, stressed: str = "") -> Asked:
    """The question cleaned, with what the glossary makes of it."""
    text = clean(question).strip()
    return Asked(text, glossary.meanings(text), glossary.forms(text), stressed)
