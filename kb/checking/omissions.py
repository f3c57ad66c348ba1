"""What of a rule is left out where it is told, and whether it may be."""

import re
from collections.abc import Iterator, Sequence

from kb.checking.words import ACTOR, DENIES, LIST, Words

# such as is implied where food is spoken of
_SLIGHT = re.compile(
    "以上|情形一?|餐饮服务|服务活动|支持|食品生产经营|食品经营|生产经营|经营|从事|给予|出现|工作|使用|依法|及时|立即|相应|有关|相关|适当|实施|开展|县级|地方|人民政府|所在"
    "|办法|条例|本法|本|违反|情况|行为|活动|食品(?=$)|法|应急|造成|存在|产生|条"
)
# whom a handbook or a law speaks to where it names nobody
_ANYBODY = re.compile(
    "(?:食品|餐饮|服务|生产|经营|提供|供应|从业|工作|操作|加工|有关|相关|任何|单位|个人|企业|人员|者|[和、及或])+"
)
# before this, 「县级以上地方人民政府市场」 only tells which one
OFFICES = ("监督管理部门", "主管部门", "行政部门", "部门")
_AUTHORITY = re.compile("[^未不]*(?:部门|机关|政府)")
# 「使用紫外线灯消毒的」: what else would one do with it
_BY_MEANS, _VERB = ("使用", "采用"), 2
# an item that has such a word may limit the others; of 「A或者B」 each holds by itself, but for words that span both
_LIMITS = re.compile("[的被未不无]|经(?!营)|明知|故意|造成|严重|拒")
_SPANS = re.compile("的|明知|故意")
# 「取得许可证和健康证明」 is one condition, 「患有霍乱、痢疾」 are two
_TOGETHER = re.compile("(?<![未不])(?:取得|具有|具备|持有|符合|满足|通过|同意|批准|合格(?!证))|同时")


def kept(source: Words, said: str) -> bool:
    """Whether nothing of the source is missing from what is said but items of a list and what is implied."""
    shown = _shown(source, said)
    return all(_may_be_missing(source, shown, *gap) for gap in _gaps(shown))


def kept_on(condition: Words, said: str) -> bool:
    """Whether a condition is kept; some of it must be said where it is not only whom a rule speaks to."""
    whole = condition.raw(0, len(condition.text))
    return kept(condition, said) and (
        touched(condition, said) or not whole or bool(_ANYBODY.fullmatch(whole))
    )


def lacks_start(source: Words, said: str) -> bool:
    """Whether the source begins with a word of which only the end is said: 「蛋糕」 for 「奶油蛋糕」."""
    shown = _shown(source, said)
    begin, end = next(_gaps(shown), (0, 0))
    return begin == 0 and end > 1 and not source.opens(end) and not _may_be_missing(source, shown, begin, end)


def leads(source: Words, said: str) -> bool:
    """Whether what a part speaks of is said: how it begins, or its last word."""
    shown = _shown(source, said)
    return not shown or shown[0] or all(shown[slice(*source.runs[-1])])


def touched(source: Words, said: str) -> bool:
    """Whether some of it is said."""
    return any(_shown(source, said))


def is_one_of_two(source: Words, said: str) -> bool:
    """Whether of 「发票或者收据」 only one is said."""
    shown = _shown(source, said)
    ends = [at for at in range(1, len(shown)) if "或" in source.between[at]]
    return any(_is_said(source, shown, at - 1) != _is_said(source, shown, at) for at in ends)


def _is_said(source: Words, shown: Sequence[bool], at: int) -> bool:
    return any(2 * sum(shown[begin:end]) >= end - begin for begin, end in source.runs if begin <= at < end)


def _shown(source: Words, said: str) -> list[bool]:
    """Of each character of the source, whether it is said, with one beside it where it does not stand alone."""
    shown = [False] * len(source.text)
    for begin, end in source.runs:
        if end - begin == 1:
            shown[begin] = source.text[begin] in said
        for at in range(begin, end - 1):
            if source.text[at : at + 2] in said:
                shown[at] = shown[at + 1] = True
    return shown


def _gaps(shown: Sequence[bool]) -> Iterator[tuple[int, int]]:
    begun = -1
    for at, is_shown in enumerate([*shown, True]):
        if not is_shown and begun < 0:
            begun = at
        elif is_shown and begun >= 0:
            yield begun, at
            begun = -1


def _may_be_missing(source: Words, shown: Sequence[bool], begin: int, end: int) -> bool:
    is_item = _is_listed(source, shown, begin, end) or _is_item(source, shown, begin, end)
    return is_item or _is_implied(source, begin, end)


def _is_implied(source: Words, begin: int, end: int) -> bool:
    missing, led = source.text[begin:end], source.raw(0, end)
    is_means = end == len(source.text) and end - begin <= _VERB and source.text.startswith(_BY_MEANS)
    return bool(
        not _SLIGHT.sub("", missing)
        or ACTOR.fullmatch(missing)
        # 「国务院规定的」
        or "规定" in source.between[end]
        or is_means
        or _is_aside(source, begin, end)
        or source.text[end:].startswith(OFFICES)
        or _AUTHORITY.fullmatch(led)
        or _ANYBODY.fullmatch(led)
    )


def _is_aside(source: Words, begin: int, end: int) -> bool:
    """Whether it stands in brackets, and is no exception."""
    led = source.raw(0, begin) + source.between[begin]
    return led.count("(") > led.count(")") and not DENIES.search(source.raw(begin, end))


def _is_listed(source: Words, shown: Sequence[bool], begin: int, end: int) -> bool:
    """Whether a stretch is an item of a list of which one does for all, says nothing of the others, and one is said."""
    left, right, inside = source.between[begin], source.between[end], source.raw(begin, end)
    if _TOGETHER.search(source.raw(0, len(source.text))) and "或" not in left + right:
        return False
    follows = _is_beside_said(source, shown, begin, -1)
    if _LIMITS.search(inside):
        is_alternative = "或" in left + inside and not _SPANS.search(inside)
        return follows and ("及其" in left or is_alternative)
    precedes = _is_beside_said(source, shown, end, 1)
    return bool((follows and LIST.search(left)) or (precedes and LIST.search(right)))


def _is_beside_said(source: Words, shown: Sequence[bool], at: int, step: int) -> bool:
    """Whether in a list the next item, in this direction, of which something is said begins, or ends, with that."""
    while 0 < at < len(shown):
        if shown[at - 1 if step < 0 else at]:
            return True
        at = next(
            each for each in range(at + step, -1 if step < 0 else len(shown) + 1, step) if source.opens(each)
        )
        if not LIST.search(source.between[at]):
            return False
    return False


def _is_item(source: Words, shown: Sequence[bool], begin: int, end: int) -> bool:
    """Whether such an item is missing, though 「检疫」 of 「检疫不合格」 is said of another one."""
    first = next(at for at in range(begin, -1, -1) if source.opens(at))
    last = next(at for at in range(end, len(shown) + 1) if source.opens(at))
    return any(
        _is_listed(source, shown, one, two) and _is_elsewhere(source, shown, one, two)
        for one, two in ((first, last), (first, end), (begin, last))
    )


def _is_elsewhere(source: Words, shown: Sequence[bool], begin: int, end: int) -> bool:
    """Whether what is said of a stretch stands elsewhere in the source."""
    said = "".join(source.text[at] if shown[at] else " " for at in range(begin, end))
    rest = f"{source.text[:begin]} {source.text[end:]}"
    return all(word in rest for word in said.split())
