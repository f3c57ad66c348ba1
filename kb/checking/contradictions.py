"""Whether a sentence turns a rule round: allows what it forbids, says it of another thing, the other way, or not at all."""

import re
from collections.abc import Sequence
from itertools import pairwise

from kb.checking.clauses import ANY_STANCE, Clause, Stance, runs
from kb.checking.likeness import Known

# a clause that has this share of the likest one's likeness must not say otherwise
NEAR = 0.6

# what a clause holds that states a fact
_FACT = re.compile("含|是|会|有|属|引起|导致|因")
_NEXT = re.compile("再(?!次)|然后")
_REFUSING = {Stance.FORBIDS, Stance.SPARES}
# what turns a rule round where one stands in place of the other
_OPPOSITES = [
    *(
        ("前", "后"),
        ("上", "下"),
        ("内", "外"),
        ("生", "熟"),
        ("冷", "热"),
        ("高", "低"),
        ("干", "湿"),
        ("有", "无"),
    ),
    *(("早", "晚"), ("多", "少"), ("开", "关"), ("增", "减"), ("加热", "冷却"), ("常温", "低温")),
    *(("冷藏", "冷冻"), ("冷藏", "常温"), ("冷冻", "常温")),
]


def contradicted(said: Sequence[Clause], known: Known) -> str:
    """Which of these clauses says otherwise than those it comes nearest to; empty where none does."""
    stances = {clause.stance for clause in said}
    for clause in filter(lambda each: each.grams, said):
        likest = known.likest(clause)
        reasons = [
            _turned(clause, other, stances, known) or _of_another(clause, other, known) for other in likest
        ]
        if all(reasons):
            return f"{next(iter(reasons), 'nothing known')}: {clause.text}"
        if any(_opposes(other, clause, stances) for other in known.near(clause, NEAR)):
            return f"denial nearby: {clause.text}"
    return ""


def _turned(clause: Clause, other: Clause, stances: set[Stance], known: Known) -> str:
    if _forbids_alike(clause, other):
        return ""
    if not _agrees(clause.stance, other, stances, known.around(other)):
        return "stance"
    if _denies(clause, other) or _denies(other, clause):
        return "denial"
    return "opposite" if _is_opposite(clause, other) or _is_reordered(clause, other) else ""


def _agrees(stance: Stance, other: Clause, stances: set[Stance], around: Sequence[Clause]) -> bool:
    """Whether a clause of this stance, in a sentence of these, keeps that of another among those around it."""
    nearby = {clause.stance for clause in around}
    if stance in (Stance.FORBIDS, Stance.SPARES, Stance.ALLOWS):
        return stance in nearby and other.stance in (stance, Stance.TELLS)
    if other.stance in _REFUSING - stances:
        return False
    # what a prohibition speaks of is no rule by itself: 「存放超过2小时的，不得供应」
    if nearby & _REFUSING - stances and other.stance is Stance.TELLS:
        if _is_condition(other, around):
            return stance is Stance.TELLS and bool(_FACT.search(other.text))
        return stance in (Stance.TELLS, Stance.DEMANDS)
    return stance is Stance.TELLS or other.stance in (Stance.DEMANDS, Stance.TELLS)


def _is_condition(other: Clause, around: Sequence[Clause]) -> bool:
    """Whether what comes next forbids or spares, and names nothing else that it speaks of."""
    return any(
        one is other and after.stance in _REFUSING and not runs(ANY_STANCE.split(after.text)[0])
        for one, after in pairwise(around)
    )


def _opposes(other: Clause, clause: Clause, stances: set[Stance]) -> bool:
    if other.stance is Stance.FORBIDS:
        return clause.stance is Stance.ALLOWS and other.stance not in stances
    return not _forbids_alike(clause, other) and _denies(other, clause)


def _denies(one: Clause, other: Clause) -> bool:
    """Whether one denies what the other affirms."""
    return bool((one.denied - one.affirmed) & (other.affirmed - other.denied))


def _forbids_alike(clause: Clause, other: Clause) -> bool:
    """「不要放在一间」 and 「不放一间」."""
    return any(
        one.stance is Stance.FORBIDS and two.stance is Stance.TELLS and bool(one.affirmed & two.denied)
        for one, two in ((clause, other), (other, clause))
    )


def _of_another(clause: Clause, other: Clause, known: Known) -> str:
    is_other = _names_another(clause, other, known) or _names_later(clause, other, known)
    return "another thing" if is_other else ""


def _names_another(clause: Clause, other: Clause, known: Known) -> bool:
    """Whether it says 「鲜黄花菜」, which the passages know, where the other's sentence says 「干黄花菜」."""
    there = " " + " ".join(runs(other.sentence))
    for run in runs(clause.text):
        for at in range(len(run) - 2):
            name, thing = run[at : at + 2], run[at + 1 : at + 3]
            if known.rarity[name] and name not in there and thing in there and f" {thing}" not in there:
                return True
    return False


def _names_later(clause: Clause, other: Clause, known: Known) -> bool:
    """Whether it names what the passages speak of after the other's sentence, and neither there nor before."""
    at = known.clauses.index(other)
    before = {known.headings, other.opening, *(each.sentence for each in (*known.clauses[:at], other))}
    after = {each.sentence for each in known.clauses[at:]} - before
    said = [run for run in runs(clause.text) if len(run) > 1]
    return any(any(run in text for text in after) and not any(run in text for text in before) for run in said)


def _is_opposite(clause: Clause, other: Clause) -> bool:
    mine, theirs = clause.plain, other.plain
    return any(
        one in mine and another not in mine and another in theirs and one not in theirs
        for pair in _OPPOSITES
        for one, another in (pair, pair[::-1])
    )


def _is_reordered(clause: Clause, other: Clause) -> bool:
    """Whether opposites stand the other way round, 「从冷藏室到冷冻室」, or what comes first is what comes next."""
    for one, another in _OPPOSITES:
        places = [(each.plain.find(one), each.plain.find(another)) for each in (clause, other)]
        if all(min(place) >= 0 for place in places) and (places[0][0] < places[0][1]) != (
            places[1][0] < places[1][1]
        ):
            return True
    steps = [("先" in each.text) - bool(_NEXT.search(each.text)) for each in (clause, other)]
    return steps[0] * steps[1] < 0
