"""Whether rules bear out a sentence: each part of it, in the words of one rule, told as that must be told."""

import re
from collections.abc import Iterator, Sequence

from kb.checking.omissions import leads
from kb.checking.rules import Part, Rule, parted, topics
from kb.checking.telling import Group, carried, is_told, keeps_measures, keeps_roles, lacks
from kb.checking.words import LIST, Words, held

# a sentence of more parts is a model that does not end, and would take minutes
_PARTS = 12
# how many ways to lay a sentence on a rule are followed up
_WAYS = 4
# what must be said where it is in the rule
_WILFUL = re.compile("明知|故意")
_GRADE = re.compile("[级类型档号]$")
_STATES = re.compile("[是的]")
# what may stand beside a word whose meaning was told before (characters)
_BESIDE = 4


def unborne(sentence: str, rules: Sequence[Rule]) -> str:
    """What of a folded sentence no rule bears out, empty where each part belongs to a group that one rule does."""
    parts, conditions = parted(sentence)
    if len(parts) > _PARTS:
        return "too many parts"
    reached, furthest = {0}, 0
    for begin in range(len(parts)):
        if begin not in reached:
            continue
        for end in {end for rule in rules for end in _ends(parts, conditions, begin, rule)}:
            furthest = max(furthest, end)
            # a condition and what holds on it come from one rule
            if end == len(parts) or not conditions[end - 1]:
                reached.add(end)
    return "" if len(parts) in reached else parts[min(furthest, len(parts) - 1)].text


def _ends(parts: Sequence[Part], conditions: Sequence[bool], begin: int, rule: Rule) -> Iterator[int]:
    """Up to where the rule bears out the parts from this one on."""
    names = frozenset().union(*(part.names for part in parts))
    whole = "|".join(part.words.text for part in parts)
    ways: list[tuple[int, ...]] = [()]
    for end in range(begin + 1, len(parts) + 1):
        if not rule.letters.issuperset(parts[end - 1].words.text.removesuffix("后")):
            return
        kinds = (tuple(conditions[begin:end]), topics(parts)[begin:end])
        group = Group(tuple(parts[begin:end]), *kinds, names, whole)
        ways = [(*way, at) for way in ways[:_WAYS] for at in _places(group, rule, way, begin > 0)]
        if not ways:
            return
        yield end


def _places(group: Group, rule: Rule, way: Sequence[int], is_later: bool) -> list[int]:
    """The parts of the rule that bear out the last one of the group, where the others lie this way, the likest first."""
    said = group.last
    if not said.words.text:
        return _wordless(said, rule, way)
    places = sorted(range(len(rule.parts)), key=lambda at: -_shared(said.words, rule.parts[at].words))
    return [
        at
        for at in places
        if _gives(group, rule, at, way, is_later)
        and (_only_says_when(group, rule, at) or is_told(group, rule, at, way))
    ]


def _wordless(said: Part, rule: Rule, way: Sequence[int]) -> list[int]:
    """Where 「10分钟以上」 stands, or 「不得拒绝」; what is neither an amount nor a rule may stand anywhere."""
    if not (said.quantities or said.is_modal):
        return [way[-1] if way else 0]
    above = frozenset().union(*(each.quantities for each in rule.above))
    return [
        at
        for at, part in enumerate(rule.parts)
        if said.quantities <= part.quantities | above
        and (not said.is_modal or (said.stances == part.stances and not part.words.text))
    ]


def _shared(said: Words, source: Words) -> int:
    return sum(pair in source.text for pair in _pairs(said.text))


def _only_says_when(group: Group, rule: Rule, at: int) -> bool:
    is_condition = group.conditions[-1] or (group.topics[-1] and rule.conditions[at])
    return is_condition and group.last.stances <= rule.parts[at].stances


def _gives(group: Group, rule: Rule, at: int, way: Sequence[int], is_later: bool) -> bool:
    """Whether the words and amounts of the last part stand in this part of the rule or in what it depends on."""
    said, part = group.last, rule.parts[at]
    is_led = leads(part.lead, group.all)
    if not (is_led or at in way or group.conditions[-1] or group.is_first):
        return False
    if is_later and not way and not _is_named_anew(group, rule, at):
        return False
    near = [rule.parts[each] for each in sorted({at, *rule.governing(at), *(range(at) if is_led else ())})]
    return (
        _shares(said.words, part.words, [each.words for each in rule.above])
        and _is_measured(group, rule, at, near)
        and not lacks(_WILFUL, part.text, said.text)
        and _is_named(group, rule, at)
        and _is_worded(group, rule, at, [each.words for each in near])
    )


def _is_named_anew(group: Group, rule: Rule, at: int) -> bool:
    """Whether a group that follows another one says itself of what its rule speaks."""
    subjects = [rule.parts[each].lead for each in {0, rule.modal(at), at}]
    return all(subject.text and leads(subject, group.all) for subject in subjects)


def _shares(said: Words, source: Words, above: Sequence[Words]) -> bool:
    """Whether something that is said stands in the source, and not only above it."""
    return not source.text or any(
        held(run, [source], ())
        or (not held(run, (), above) and any(pair in source.text for pair in _pairs(run)))
        for run in said.pieces
    )


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _is_measured(group: Group, rule: Rule, at: int, near: Sequence[Part]) -> bool:
    """Whether the amounts are given there; those of the parts before only where this one has none, or nothing else."""
    said, part = group.last.quantities, rule.parts[at]
    if part.quantities and part.words.text:
        near = [part, *(rule.parts[each] for each in rule.governing(at))]
    given = frozenset().union(*(each.quantities for each in (*near, *rule.above)))
    return said <= given and not any(len(ends & said) == 1 for each in near for ends in each.ranges)


def _is_named(group: Group, rule: Rule, at: int) -> bool:
    """Whether it is of the case that is named: 「一级」 and no other."""
    named = next((part.names for part in group.parts[::-1] if part.names), frozenset())
    case = rule.names(at)
    if not named <= case.union(*(part.names for part in rule.above)):
        return False
    return bool(group.names) or not any(_GRADE.search(name) for name in case)


def _is_worded(group: Group, rule: Rule, at: int, near: Sequence[Words]) -> bool:
    said = group.last.words
    # what a title names is not spoken of where the rule names something else
    is_led = leads(rule.parts[at].lead, group.all)
    above = [each.words for each in (rule.above if is_led else rule.opened)]
    before = carried(group, rule, at)
    for begin, end in said.runs:
        before = before if begin == 0 or LIST.fullmatch(said.between[begin]) else []
        sources = near if _STATES.search(said.between[end]) else [*before, *near]
        run = said.text[begin:end]
        # 「被吊销许可证后」 is 「被吊销许可证的」
        if end == len(said.text) and group.conditions[-1] and "的" in [each.between[-1] for each in near]:
            run = run.removesuffix("后")
        if not (held(run, sources, above) or _is_meant(run, rule, near)):
            return False
        spoken = (said, begin, end, [*sources, *above])
        if not (keeps_roles(*spoken) and keeps_measures(*spoken, group.quantities)):
            return False
    return True


def _is_meant(run: str, rule: Rule, near: Sequence[Words]) -> bool:
    """Whether 「处理」 stands in the rule for 「处理呕吐物」, of which the passage spoke before."""
    return run in rule.known and any(
        len(piece) > 1 < len(run) - len(piece) <= _BESIDE and (run.startswith(piece) or run.endswith(piece))
        for each in near
        for piece in each.pieces
    )
