"""How a rule must be told: of whom it speaks, on all its conditions, and with nothing left out that narrows it."""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from kb.checking.clauses import Stance
from kb.checking.omissions import OFFICES, is_one_of_two, kept, kept_on, lacks_start, touched
from kb.checking.rules import PENAL, Part, Rule
from kb.checking.words import ACTOR, Words, held, spots, words
from kb.quantities import Quantity, quantities

_STRICT = {Stance.FORBIDS, Stance.ALLOWS, Stance.SPARES}
# what must be in the rule where it is said
_NARROWS = re.compile("[只仅唯]|一律")
_ONLY = re.compile("[方才始]可|[方才]能")
# and what must be said where it is in the rule
_WEAK = re.compile("(?<![适便])宜|尽量|推荐|建议|原则上|最好|可能|鼓励|提倡|倡导")
_AVERTS = re.compile("避免|防止|预防|杜绝|以免")
_EXCEPTS = re.compile("除外|例外")
# the items say on what condition
_LISTED = re.compile("下列|情形之一")
_FACT = re.compile("含|引起|导致")
# from whom or what something is, to whom, by whom, and how far before a name that may stand
_ROLE = re.compile("[从向由]$")
_REACH = 12
# whoever comes after this does nothing
_OBJECT = re.compile("[从向对给为由在]$")


@dataclass(frozen=True)
class Group:
    """Parts of a sentence up to the one in question, which of them are conditions or topics; the cases that the sentence
    names, and all its words."""

    parts: tuple[Part, ...]
    conditions: tuple[bool, ...]
    topics: tuple[bool, ...]
    names: frozenset[str]
    whole: str

    @property
    def last(self) -> Part:
        return self.parts[-1]

    @property
    def all(self) -> str:
        return "|".join(part.words.text for part in self.parts)

    @property
    def before(self) -> str:
        """What is said before 「应当」 or 「处」, the conditions with it."""
        own = "" if PENAL.match(self.last.text) else self.last.head.text
        return "|".join([*(part.words.text for part in self.parts[:-1]), own])

    @property
    def quantities(self) -> frozenset[Quantity]:
        return frozenset().union(*(part.quantities for part in self.parts))

    @property
    def is_first(self) -> bool:
        """Whether nothing but conditions and topics stand before."""
        return all(one or other for one, other in zip(self.conditions[:-1], self.topics, strict=False))


def is_told(group: Group, rule: Rule, at: int, way: Sequence[int]) -> bool:
    """Whether the last part says what that part of the rule does, where the others lie this way."""
    said, part, modal = group.last, rule.parts[at], rule.parts[rule.modal(at)]
    return (
        not rule.conditions[at]
        and _depends(group, rule, at, way)
        and _agrees(said, part, rule, at)
        and not any(lacks(word, said.text, part.text + modal.text) for word in (_NARROWS, _ONLY))
        and not any(_drops(word, said, each.text) for word in (_WEAK, _AVERTS) for each in (part, modal))
        and _is_of(group, rule, at)
        and _is_whole(group, rule, at)
    )


def lacks(word: re.Pattern[str], one: str, other: str) -> bool:
    return bool(word.search(one)) and not word.search(other)


def carried(group: Group, rule: Rule, at: int) -> list[Words]:
    """What the passage and the sentence before speak of: this one speaks of it too where it names nobody else."""
    first, modal = rule.parts[0], rule.parts[rule.modal(at)]
    others = [run for run in modal.head.pieces if modal.is_modal and ACTOR.search(run)]
    opens = not first.lead.text or touched(first.words.first, group.before)
    is_alone = opens and all(run in group.before for run in others)
    return [each.words for each in rule.before] if is_alone else []


def keeps_roles(said: Words, begin: int, end: int, sources: Sequence[Words]) -> bool:
    """Whether a run that stands after 「向」 or 「由」 does so in the sources."""
    role = _ROLE.search(said.between[begin])
    return not role or _plays(said.text[begin:end], role[0], sources)


def keeps_measures(said: Words, begin: int, end: int, sources: Sequence[Words], given: Set[Quantity]) -> bool:
    """Whether 「超过100人的」 is said of what it is in the sources, and left out of nothing."""
    spoken = _measures(said.between[begin])
    places = [(source, at) for source in sources for at in spots(said.text[begin:end][:2], source)]
    return not places or any(
        spoken <= _measures(source.between[at]) <= given | spoken for source, at in places
    )


def _measures(between: str) -> set[Quantity]:
    return {each.quantity for each in quantities(between)} if between.endswith("的") else set()


def _plays(run: str, role: str, sources: Sequence[Words]) -> bool:
    return any(_role(source, at) == role for source in sources for at in spots(run[:2], source))


def _role(source: Words, at: int) -> str:
    near = (_ROLE.search(source.between[place]) for place in range(at, max(at - _REACH, -1), -1))
    return next((role[0] for role in near if role), "")


def _depends(group: Group, rule: Rule, at: int, way: Sequence[int]) -> bool:
    """Whether it is said on all conditions that the rule sets for it, and on none that comes after it."""
    governing = rule.governing(at)
    if any(only and place > at for place, only in zip(way, group.conditions, strict=False)):
        return False
    if any(_LISTED.search(rule.parts[each].text) for each in governing):
        return False
    wanted = [rule.parts[each] for each in governing if not _is_named_by(rule, each, group)]
    wanted += [each for each in rule.opened_on if not _LISTED.search(each.text)]
    if any(_LISTED.search(each.text) for each in rule.opened_on) and not kept_on(
        rule.parts[at].words, group.all
    ):
        return False
    if any(each.text.startswith("或") for each in wanted[1:]):
        # each of them is enough
        wanted = [each for each in wanted if kept_on(each.words, group.before)][:1] or wanted
    excepted = [each for each in rule.parts[at + 1 : at + 2] if _EXCEPTS.search(each.text)]
    return all(
        kept_on(each.words, group.before) and each.quantities <= group.quantities for each in wanted
    ) and all(kept(each.words, group.whole) for each in excepted)


def _is_named_by(rule: Rule, at: int, group: Group) -> bool:
    """Whether a condition only tells what 「一级:」 before it means."""
    first = rule.parts[0]
    return at > 0 and bool(first.names & group.names) and rule.text.startswith(f"{first.text}:")


def _agrees(said: Part, part: Part, rule: Rule, at: int) -> bool:
    """Whether it is as forbidden, allowed or demanded as in the rule."""
    if (Stance.FORBIDS in {part.stance, rule.stance_above}) != (said.stance is Stance.FORBIDS):
        return False
    if said.stance is Stance.TELLS:
        return part.stance not in _STRICT
    own = rule.parts[rule.modal(at)].stances | ({rule.stance_above} - {Stance.TELLS})
    if said.stance is Stance.DEMANDS:
        return said.stances <= own if own else said.stances == {Stance.DEMANDS}
    return said.stance is rule.stance(at) and said.stances <= own


def _drops(word: re.Pattern[str], said: Part, source: str) -> bool:
    """Whether what the source only recommends, or thinks possible, or averts, is said without that."""
    after = [words(source[match.end() :]).text[:2] for match in word.finditer(source)]
    return any(each in said.words.text for each in after) and not word.search(said.text)


def _is_of(group: Group, rule: Rule, at: int) -> bool:
    """Whether whoever it is said of is whom the rule names."""
    said, modal = group.last, rule.modal(at)
    zone = [each.words for each in (rule.parts[:modal] if said.is_modal else rule.parts)]
    if said.is_modal:
        zone.append(rule.parts[modal].head)
    # a title names many; it counts where nothing else names anybody
    is_led = any(each.is_modal and each.head.text for each in rule.opened) or any(
        ACTOR.search(each.words.text) for each in rule.opened
    )
    above = [each.words for each in (*rule.heads, *rule.opened, *(() if is_led else (rule.place,)))]
    above += carried(group, rule, at)
    actors = [run for run in _named_in(said) if _names_actor(run)]
    return (
        all(
            (held(run, zone, above) and _acts(run, [*zone, *above]))
            or _plays(run, "由", [part.words for part in rule.parts])
            for run in actors
        )
        and all(
            kept(each.head, group.all)
            for each in rule.parts[:at]
            if each.is_modal and any(spots(_actor(run), each.head) for run in actors)
        )
        and _is_done_so(said, rule, at, above)
    )


def _is_done_so(said: Part, rule: Rule, at: int, above: Sequence[Words]) -> bool:
    """Whether what stands after 「应当」 is what that part says, and who is named there is not the one who shall do it."""
    part, modal = rule.parts[at], rule.modal(at)
    own = part.tail if at == modal else part.words
    zone = [each.head if each.is_modal else each.words for each in rule.parts[:at]]
    for run in said.tail.pieces if said.is_modal else ():
        sources = [own] if _names_actor(run) else [*zone, part.words]
        if not held(run, sources, above):
            return False
    return True


def _names_actor(run: str) -> bool:
    return bool(ACTOR.search(run)) and not ACTOR.fullmatch(run)


def _named_in(said: Part) -> Sequence[str]:
    """The runs that may name whoever does something."""
    if said.is_modal:
        return said.head.pieces
    return () if _OBJECT.search(said.words.between[0]) else said.words.pieces[:1]


def _actor(run: str) -> str:
    found = ACTOR.search(run)
    return run[: found.end()] if found else run


def _acts(run: str, sources: Sequence[Words]) -> bool:
    """Whether it begins a word there that stands after no 「向」 or 「对」."""
    return run.startswith(OFFICES) or any(
        source.opens(at) and not _OBJECT.search(source.between[at])
        for source in sources
        for at in spots(run[:2], source)
    )


def _is_whole(group: Group, rule: Rule, at: int) -> bool:
    """Whether nothing is left out that narrows what is forbidden or allowed, or of what it is said."""
    said, part, modal = group.last, rule.parts[at], rule.parts[rule.modal(at)]
    is_strict = bool({rule.stance(at), said.stance} & _STRICT) or bool(_ONLY.search(modal.text))
    opened = [each for each in rule.opened if is_strict and each.is_modal]
    heads = [each.head for each in opened]
    names_own = bool(rule.opened and said.head.text) or touched(modal.head, said.head.text)
    if modal.is_modal and (is_strict or names_own):
        heads.append(modal.head)
    if _FACT.search(part.text) and not part.is_modal:
        heads.append(part.words.until("的"))
    if is_strict or _EXCEPTS.search(part.text):
        heads.append(part.tail)
    elif is_one_of_two(part.tail, group.all):
        return False
    # 「禁止食品小作坊生产下列食品:」
    whom = [_actor(each.tail.first.text) for each in opened if ACTOR.search(each.tail.first.text)]
    if any(actor not in group.all for actor in whom):
        return False
    if part.lead.text and part.quantities & said.quantities and lacks_start(part.words, group.all):
        return False
    return all(kept(each, group.all) for each in heads)
