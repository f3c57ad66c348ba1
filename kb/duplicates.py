"""One rule said by several texts: it is shown once, in the words of the text that stands highest."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from kb.text import grams
from kb.titles import authority
from kb.types import Hit, Status

# hits that are compared; what comes later is not read by anybody
DEPTH = 20
# two passages whose smaller set of grams is shared so far say the same, unless one says much more: the least that
# the smaller may be of the larger
SAME, ALIKE = 0.8, 0.2


def grouped(hits: Sequence[Hit], question: str, home: Collection[str]) -> tuple[Hit, ...]:
    """Hits, best first; of the first `DEPTH`, those that repeat another source's rule come after those that do not.

    In each group one in force goes before one that is not, then the higher rule, then the better hit.
    """
    groups: list[list[Hit]] = []
    words = {hit.passage.key: set(grams(hit.passage.text)) for hit in hits[:DEPTH]}
    for hit in hits[:DEPTH]:
        known = next((group for group in groups if _repeats(hit, group[0], words)), None)
        if known is None:
            groups.append([hit])
        else:
            known.append(hit)
    first = [_led(group, question, home) for group in groups]
    shown = {hit.passage.key for hit in first}
    rest = [hit for hit in hits if hit.passage.key not in shown]
    return (*first, *rest)


def _led(group: Sequence[Hit], question: str, home: Collection[str]) -> Hit:
    """The hit that speaks for its group, with the best that is known of the group."""
    best = max(
        group,
        key=lambda hit: (
            hit.passage.status is not Status.SUPERSEDED,
            authority(hit.passage.title, question, home),
            hit.score,
        ),
    )
    near, asked = max(hit.similarity for hit in group), max(hit.asked for hit in group)
    others = tuple(hit.passage for hit in group if hit is not best)
    return replace(best, score=group[0].score, similarity=near, asked=asked, also=others)


def _repeats(hit: Hit, other: Hit, words: dict[str, set[str]]) -> bool:
    mine, its = words[hit.passage.key], words[other.passage.key]
    from_elsewhere = hit.passage.source != other.passage.source
    less, more = sorted((len(mine), len(its)))
    return from_elsewhere and less >= ALIKE * more and len(mine & its) >= SAME * max(less, 1)
