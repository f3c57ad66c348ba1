"""Text that speaks to an answering machine instead of to a reader.

Wordings, not meanings: a rule for people must never be taken for one, so each wording names what only a machine
has (a prompt, an answer to give out, a role to play) or what only its orders say.
"""

from functools import lru_cache

from kb.wordings import chinese, english, marks
from kb.wordings.answering import tells_what_to_answer
from kb.wordings.choice import one_of
from kb.wordings.disguise import joined, spelled_with_letters, uncut, undisguised

# passages that are remembered: each question brings much the same ones
REMEMBERED = 4096

_IN_CHINESE, _IN_ENGLISH, _MARKED = one_of(chinese.ORDERS), one_of(english.ORDERS), one_of(marks.MARKS)


@lru_cache(REMEMBERED)
def addresses_machine(text: str) -> bool:
    """Whether a text, of whatever length, gives orders to whoever answers from it."""
    plain = undisguised(text)
    close = joined(plain)
    return bool(
        _IN_CHINESE.search(close)
        or tells_what_to_answer(close)
        or _IN_ENGLISH.search(plain)
        or marks.VOICE.search(f"\n{plain}")
        or _MARKED.search(plain)
        or ((whole := uncut(close)) and _IN_CHINESE.search(whole))
        or ((spelled := spelled_with_letters(plain)) and _IN_ENGLISH.search(spelled))
    )
