"""Whether passages bear out a sentence that cites them. What cannot be shown is refused, even where it is right."""

import re
import unicodedata
from collections.abc import Sequence

from kb.checking.amounts import misquoted
from kb.checking.bearing import unborne
from kb.checking.clauses import Clause, clauses, covered, fold, runs
from kb.checking.contradictions import contradicted
from kb.checking.likeness import Known
from kb.checking.rules import rules
from kb.types import Passage

# what every passage that is cited must hold at least
SHARE = 0.3
# shorter sentences say nothing that can be checked (characters that carry matter)
SHORTEST = 2

_MARKUP = re.compile(
    r"[<>`|\\{}\[\]【】]|https?:|www\.|://|\w@\w|&(?:#|\w+;)|(?:javascript|data):|!\(|\w\.(?:com|cn|net|org|io|cc|top|xyz|info)\b",
    re.IGNORECASE,
)
# ways to somebody, which an answer about a kitchen never needs
_CONTACT = re.compile("微信|[vV]信|qq|QQ|扫码|二维码|加群|私信|转账|汇款|\\d{7,}")
_FOREIGN = re.compile("[a-z]{2,}")


def markup(text: str) -> bool:
    """Whether it holds more than plain text: an address, a link, a picture, a tag, code, a way to somebody."""
    plain = unicodedata.normalize("NFKC", text)
    return bool(_MARKUP.search(plain) or _CONTACT.search(plain))


def objection(sentence: str, passages: Sequence[Passage]) -> str:
    """Why the passages that it cites do not bear out a sentence, given without its marks; empty where they do."""
    if markup(sentence):
        return "markup"
    if not passages:
        return "no citation"
    said, known = clauses(sentence), Known.of(passages)
    return misquoted(said, known) or _invented(sentence, said, known, passages) or contradicted(said, known)


def supporting(sentence: str, passage: Passage) -> list[str]:
    """The folded sentences (`kb.checking.clauses.fold`) of the passage that come nearest to the clauses of the sentence."""
    known = Known.of([passage])
    return [each.sentence for clause in clauses(sentence) for each in known.likest(clause)[:1]]


def _invented(sentence: str, said: Sequence[Clause], known: Known, passages: Sequence[Passage]) -> str:
    """Each part must come from one rule with all that the rule depends on, and all words from the passages."""
    words = [run for clause in said for run in runs(clause.text)]
    total = sum(map(len, words))
    if total < SHORTEST:
        return "says nothing"
    everything = " ".join(
        {f"{clause.opening} {clause.sentence} {known.headings}" for clause in known.clauses}
    )
    if _foreign(words, everything):
        return "names what is unknown"
    if part := unborne(fold(sentence), [rule for passage in passages for rule in rules(passage)]):
        return f"no rule: {part}"
    return _idle(words, passages, total)


def _foreign(words: Sequence[str], everything: str) -> bool:
    """Whether there is a name in Latin letters that no passage gives."""
    return any(name not in everything for word in words for name in _FOREIGN.findall(word))


def _idle(words: Sequence[str], passages: Sequence[Passage], total: int) -> str:
    """A passage that is cited beside others must have a share in what is said."""
    shares = [covered(words, fold(passage.embedded)) for passage in passages]
    return "cites what says nothing of it" if min(shares) < SHARE * total else ""
