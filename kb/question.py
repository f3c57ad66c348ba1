"""A question as the knowledge base understands it, before anything is searched."""

import re
from dataclasses import dataclass, field

from kb.glossary import Glossary
from kb.text import clean

# what asks, and says nothing of the matter that is asked about; longer words before their parts
_FUNCTION_WORDS = re.compile(
    "根据|依据|按照|下列|以下|哪些|哪[一种项里个]|什么|怎么样|怎么办|怎[么样]|如何|多[少久长远]|几|能不能|可不可以|是不是|要不要"
    "|有没有|会不会|行不行|可以|能否|是否|说法|正确|错误|关于|属于|请问|为什么|应[该当]|需要|必须|我们|[你我他她它]|这个|那个"
    "|没有|[吗呢吧啊的了着过和与或在是要就都还也把被给让去来才能会得地里上下中有没不]"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """`meanings` are the kitchen forms it holds, each with the formal terms it may stand for; `forms` the kitchen
    forms of the formal terms it holds."""

    text: str
    meanings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    forms: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """The formal terms that it means and does not say, each once."""
        meant = (term for terms in self.meanings.values() for term in terms)
        return tuple(dict.fromkeys(term for term in meant if term not in self.text))

    @property
    def expanded(self) -> str:
        """In both wordings: what the text index is asked."""
        return " ".join((self.text, *self.terms, *self.forms))

    @property
    def rest(self) -> str:
        """Its words that the glossary does not know, without those that only ask."""
        rest = self.text
        for form in sorted(self.meanings, key=len, reverse=True):
            rest = rest.replace(form, " ")
        return _FUNCTION_WORDS.sub(" ", rest)


def understand(question: str, glossary: Glossary) -> Asked:
    """The question cleaned, with what the glossary makes of it."""
    text = clean(question).strip()
    return Asked(text, glossary.meanings(text), glossary.forms(text))
