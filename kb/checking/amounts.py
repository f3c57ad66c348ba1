"""Whether amounts are quoted rightly: as they are given, of what they are given, on the condition they are given on."""

import re
from collections.abc import Sequence
from itertools import pairwise

from kb.checking.clauses import Clause
from kb.checking.likeness import Known
from kb.quantities import Quantity, quantities

# a clause that gives another amount is more like by so much, if it is the one that is meant
MARGIN = 0.1
# how a clause ends that only says when
_CONDITION = re.compile("(?:的|时|后|的话)$")


def misquoted(said: Sequence[Clause], known: Known) -> str:
    """Which amount of these clauses is not quoted rightly, empty where all are."""
    found = (_misquoted(clause, quantity, known) for clause in said for quantity in clause.quantities)
    return next(filter(None, found), "") or _on_another_condition(said, known)


def _misquoted(clause: Clause, quantity: Quantity, known: Known) -> str:
    """An amount must be given, and no clause that gives another one of its unit may be more like this one."""
    holders = known.giving([quantity])
    if not holders:
        # 「根据第三十四条」
        is_named = any(found.quantity == quantity for found in quantities(known.headings))
        return "" if is_named else f"amount: {quantity.value} {quantity.unit} {quantity.bound.value}"
    rivals = [other for other in known.clauses if _rivals(other, quantity)]
    is_other = _is_of_another(clause, holders, rivals, known) or _measures_another(
        clause, quantity, holders, rivals
    )
    return f"amount of another thing: {clause.text}" if is_other else ""


def _rivals(other: Clause, quantity: Quantity) -> bool:
    values = [each.value for each in other.quantities if each.unit == quantity.unit]
    return bool(values) and quantity.value not in values


def _is_of_another(clause: Clause, holders: Sequence[Clause], rivals: Sequence[Clause], known: Known) -> bool:
    # where the clause has no words, nothing tells one thing from another
    if not (clause.grams or clause.lead):
        return False
    best = max(known.likeness(clause, other) for other in holders)
    return max((known.likeness(clause, other) for other in rivals), default=0) > best + MARGIN


def _measures_another(
    clause: Clause, quantity: Quantity, holders: Sequence[Clause], rivals: Sequence[Clause]
) -> bool:
    """Whether the word before the amount stands before another one in the passages: 「损失十倍」 for 「损失三倍」."""
    word = clause.measured[quantity]
    others = {word for other in rivals for each, word in other.measured.items() if each.unit == quantity.unit}
    return bool(word) and word in others - {other.measured[quantity] for other in holders}


def _on_another_condition(said: Sequence[Clause], known: Known) -> str:
    """What holds on a condition, 「不足一万元的，处……」, must follow it in a passage too, before any other condition."""
    for condition, clause in pairwise(said):
        if not _depends(clause, condition):
            continue
        places = [[known.clauses.index(each) for each in _anchors(one, known)] for one in (condition, clause)]
        stretches = (known.clauses[at : to + 1] for at in places[0] for to in places[1])
        if not any(_is_one_rule(stretch, condition) for stretch in stretches):
            return f"on another condition: {clause.text}"
    return ""


def _depends(clause: Clause, condition: Clause) -> bool:
    is_condition = not condition.quantities or bool(_CONDITION.search(condition.text)) or not clause.grams
    has_amount = bool(clause.quantities or condition.quantities)
    return is_condition and has_amount and clause.sentence == condition.sentence


def _anchors(clause: Clause, known: Known) -> list[Clause]:
    return known.giving(clause.quantities) if clause.quantities else known.likest(clause)


def _is_one_rule(stretch: Sequence[Clause], condition: Clause) -> bool:
    """Whether a stretch of a passage, from a condition on, is of one sentence and sets no other one in the same units."""
    units = {each.unit for each in condition.quantities}
    later = (each for clause in stretch[1:] for each in clause.quantities if _CONDITION.search(clause.text))
    return len({clause.sentence for clause in stretch}) == 1 and not any(each.unit in units for each in later)
