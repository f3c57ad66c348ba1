"""Amounts in Chinese text: 「不少于125克」 and 「125g以上」 are one amount, 「125克以下」 is another."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction


class Bound(Enum):
    """Which side of the value is meant; both ends of a range are bounds."""

    EXACT = "exact"
    LEAST = "least"
    MOST = "most"


@dataclass(frozen=True, slots=True)
class Quantity:
    """`value` is in the smallest unit of its kind (seconds, milligrams, millimetres …), named by `unit`."""

    value: Fraction
    unit: str
    bound: Bound = Bound.EXACT


@dataclass(frozen=True, slots=True)
class Found:
    """A quantity, and where it and the words of its bound stand in the normal text (characters)."""

    quantity: Quantity
    spans: tuple[tuple[int, int], ...]

    @property
    def end(self) -> int:
        return self.spans[-1][1]


_MINUS = str.maketrans({"−": "-", "–": "-", "—": "-", "～": "~", "〜": "~", "∼": "~", "﹣": "-"})
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?![\d:])")
_BELOW_ZERO = re.compile(r"零下\s*(?=[\d零一二两三四五六七八九十])")

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}

# spellings, the unit they are counted in, and how many of it they are; longer spellings before their beginnings
# a month is no number of days that anybody writes
_MONTH = 2_629_800
_UNITS: list[tuple[str, str, Fraction | int]] = [
    ("个?工作日", "工作日", 1),
    ("个?小时|个?钟头|hours?|hrs?|h", "秒", 3600),
    ("分钟|mins?|分(?![之类别开为成钟店])", "秒", 60),
    ("秒钟?|s", "秒", 1),
    ("个?星期|个?礼拜|周(?![年岁期围边转])", "秒", 7 * 86400),
    ("周岁|岁", "岁", 1),
    ("天|日(?![期常光])", "秒", 86400),
    ("个?季度", "秒", 3 * _MONTH),
    ("个月|(?<=半)月", "秒", _MONTH),
    ("年(?![龄级])", "秒", 12 * _MONTH),
    ("月(?!饼)", "月", 1),
    ("点(?:钟|整)?(?![心餐击])|时(?![间候常刻限段])", "点", 1),
    ("度", "度", 1),
    ("千克|公斤|kg", "毫克", 10**6),
    ("毫克|mg", "毫克", 1),
    ("微克|μg|ug", "毫克", Fraction(1, 1000)),
    ("克|g", "毫克", 1000),
    ("市?斤", "毫克", 500_000),
    ("吨", "毫克", 10**9),
    ("毫升|ml", "毫升", 1),
    ("升|l", "毫升", 1000),
    ("平方米|平米|m2", "平方米", 1),
    ("立方米|m3", "立方米", 1),
    ("毫米|mm", "毫米", 1),
    ("厘米|公分|cm", "毫米", 10),
    ("公里|千米|km", "毫米", 10**6),
    ("米|m", "毫米", 1000),
    ("%", "%", 1),
    ("元|块钱|块(?=$|[。，,;；!?])", "元", 1),
    ("ppm", "ppm", 1),
    ("勒克斯|lux|lx", "勒克斯", 1),
    ("人(?!员)|名(?![称单字])|位", "人", 1),
    ("倍", "倍", 1),
    ("次(?!性)|个|条|款|项|章|节|份|种|家|只|层|批|台|遍|道|cfu", "", 1),
    ("[片勺袋瓶桶盒粒滴杯碗盘筐箱包支颗枚套双组轮辆件盆锅串根座样顿]", "", 1),
]
_SPELT = [
    (re.compile(f"(?:{spelling})(?![a-z])"), unit, Fraction(factor)) for spelling, unit, factor in _UNITS
]
# what can repeat: 「每日」 is once in one day
_PERIOD = re.compile(r"每(?:个|一)?(?P<half>半)?个?(?P<unit>小时|工作日|天|日(?!常)|周|星期|月|季度|年)")
# 「一个」「一种」 only say that there is something
_ARTICLES = {*"个种家只点份项条道层套件组样锅"}
# 「一级召回」, 「三类」, 「第二步」 and 「1号」 name a case and measure nothing
_NAMED = re.compile("[级类型档步号]")

_NUMBER = r"(?:\d+(?:\.\d+)?[百千万亿]*|[零〇一二两三四五六七八九十百千万亿]+|半)"
_WANTED = r"(?:得|能|可以?|应当?|宜|要|准|许|允许|会)?"
_LEAST_BEFORE = rf"不{_WANTED}(?:低于|少于|小于|短于|早于)|至少|最少|最低|最短|最小|起码"
_MOST_BEFORE = rf"不{_WANTED}(?:超过|超|高于|多于|大于|长于|晚于)|未超过|至多|最多|最长|最高|最大"
_BEFORE = re.compile(
    rf"(?:(?P<least>{_LEAST_BEFORE}|[超高大多长晚]于|超过|≥|>=|>|达到|达|满)"
    rf"|(?P<most>{_MOST_BEFORE}|[小少低短早]于|不足|不到|不满|未满|未达到?|≤|<=|<))(?:了|为|是|在|约|到|\s)*$"
)
# 「至少保存二年」, 「不得少于保质期满后六个月」
_FAR_BEFORE = re.compile(rf"(?:(?P<least>{_LEAST_BEFORE})|(?P<most>{_MOST_BEFORE}))[^\d,;:。!?]{{1,10}}$")
_AFTER = re.compile(
    r"\s*(?:(?P<least>[及或]?(?:者)?以上|或更[多长久高]|起)|(?P<most>[及或]?(?:者)?以下|[以之]内|或更[少短低]|内(?![部容外脏])))"
)
_TO = re.compile(r"\s*(?:~+|-+|至|到)\s*(?=[-\d零一二两三四五六七八九十百半])")
_VALUE = re.compile(_NUMBER)
_HALF_AFTER = re.compile(rf"(?P<number>{_NUMBER})个半(?=小时|钟头|月)")
_HAN = re.compile("[零〇一二两三四五六七八九十百千万亿半]+")
_SHARE = re.compile(rf"(?P<all>百|[千万]|{_NUMBER})分之(?P<part>{_NUMBER}(?:点[零一二三四五六七八九]+)?)")


def normal(text: str) -> str:
    """NFKC in lower case, with one spelling of degrees, minus signs, thousands and times of day."""
    text = unicodedata.normalize("NFKC", text).lower().translate(_MINUS)
    text = re.sub("摄氏度|摄氏|°c|℃|°", "度", _THOUSANDS.sub("", text))
    return _BELOW_ZERO.sub("-", _CLOCK.sub(_of_clock, text))


def quantities(text: str) -> list[Found]:
    """The amounts in a normal text, in order. Chinese numerals count where a unit follows, other digits always.

    What `每` repeats counts once: 「每日」 is an amount of one day.
    """
    return sorted((*_numbers(text), *_periods(text)), key=lambda each: each.spans)


def without_quantities(text: str) -> str:
    """The normal text, blanks in the place of its amounts and of the words of their bounds."""
    for start, end in (span for each in quantities(text) for span in each.spans):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _of_clock(match: re.Match[str]) -> str:
    minutes = "" if match[2] == "00" else f"{match[2]}分"
    return f"{int(match[1])}点{minutes}"


def _numbers(text: str) -> Iterator[Found]:
    at = 0
    while match := _VALUE.search(text, at):
        read = _share(text, match) or _range(text, match) or _single(text, match)
        yield from read
        at = max([match.end(), *(each.end for each in read)])


def _periods(text: str) -> Iterator[Found]:
    for match in _PERIOD.finditer(text):
        _, _, factor = (
            (0, "", Fraction(_MONTH)) if match["unit"] == "月" else _unit(text, match.start("unit"))
        )
        yield Found(Quantity(factor / 2 if match["half"] else factor, "每"), (match.span(),))


def _share(text: str, match: re.Match[str]) -> list[Found]:
    """「百分之五」 is 5%, 「三分之一」 a third of one."""
    share = _SHARE.match(text, match.start())
    if not share:
        return []
    whole, part = value_of(share["all"]), value_of(share["part"])
    quantity = Quantity(part, "%") if whole == 100 else Quantity(part / whole if whole else part, "")
    return [_bounded(text, quantity, share.start(), share.end())]


def _range(text: str, match: re.Match[str]) -> list[Found]:
    """Both ends of 「5~60度」; the first one takes the second one's unit where it has none."""
    low_end, low_unit, low_factor = _unit(text, match.end())
    to = _TO.match(text, low_end)
    high = to and re.compile(rf"-?{_NUMBER}").match(text, to.end())
    if not high:
        return []
    high_end, unit, factor = _unit(text, high.end())
    is_bare = not unit and (not low_unit or _HAN.fullmatch(match.group()))
    # 「5月1日至6月30日」 is no range of one unit
    if is_bare or (unit and low_unit and unit != low_unit):
        return []
    start, low = _signed(text, match)
    ends = (low * (low_factor if low_unit else factor), value_of(high.group()) * factor)
    suffix = _AFTER.match(text, high_end)
    spans = ((start, suffix.end() if suffix else high_end),)
    return [
        Found(Quantity(ends[0], low_unit or unit, Bound.LEAST), spans),
        Found(Quantity(ends[1], unit, Bound.MOST), spans),
    ]


def _single(text: str, match: re.Match[str]) -> list[Found]:
    if half := _HALF_AFTER.match(text, match.start()):
        end, unit, factor = _unit(text, half.end())
        quantity = Quantity(
            (value_of(half["number"]) + Fraction(1, 2)) * factor, "个月" if unit == "月" else unit
        )
        return [_bounded(text, quantity, match.start(), end)]
    if _NAMED.match(text, match.end()):
        return []
    end, unit, factor = _unit(text, match.end())
    start, value = _signed(text, match)
    is_ordinal = text[start - 1 : start] == "第"
    if _HAN.fullmatch(match.group()) and _says_no_amount(
        match.group(), text[match.end() : end], unit, is_ordinal
    ):
        return []
    if more := re.compile("半(?![个年月天小成])").match(text, end if unit else len(text)):
        value, end = value + Fraction(1, 2), more.end()
    unit, start = (f"第{unit}", start - 1) if is_ordinal else (unit, start)
    return [_bounded(text, Quantity(value * factor, unit), start, end)]


def _says_no_amount(number: str, spelling: str, unit: str, is_ordinal: bool) -> bool:
    """「万一」 has no unit, 「一个」 counts nothing, 「十分新鲜」 and 「一时」 tell no time."""
    is_article = number == "一" and unit in _ARTICLES and not is_ordinal
    return not unit or is_article or spelling in ("分", "时")


def _bounded(text: str, quantity: Quantity, start: int, end: int) -> Found:
    before = _BEFORE.search(text[:start]) or _FAR_BEFORE.search(text[:start])
    after = _AFTER.match(text, end)
    if told := after or before:
        bound = Bound.LEAST if told["least"] else Bound.MOST
        quantity = Quantity(quantity.value, quantity.unit, bound)
    words = [before.span("least" if before["least"] else "most")] if before else []
    return Found(quantity, (*words, (start, after.end() if after else end)))


def _signed(text: str, match: re.Match[str]) -> tuple[int, Fraction]:
    """Where the number begins, with its sign: a hyphen after another amount is none."""
    value = value_of(match.group())
    if re.search(r"(?:^|[^\d度%a-z])-$", text[: match.start()]):
        return match.start() - 1, -value
    return match.start(), value


def _unit(text: str, at: int) -> tuple[int, str, Fraction]:
    """Where the unit at this place ends, what it is counted in and how many of that it is; no unit: ''."""
    at += len(text[at:]) - len(text[at:].lstrip(" "))
    for pattern, unit, factor in _SPELT:
        if match := pattern.match(text, at):
            return _per(text, match.end(), unit or match.group(), factor)
    return at, "", Fraction(1)


def _per(text: str, at: int, unit: str, factor: Fraction) -> tuple[int, str, Fraction]:
    """「毫克/千克」 is a unit of its own."""
    for pattern, below, size in _SPELT if text[at : at + 1] == "/" else ():
        if match := pattern.match(text, at + 1):
            return match.end(), f"{unit}/{below or match.group()}", factor / size
    return at, unit, factor


def value_of(number: str) -> Fraction:
    """Of 「1.5」「3万」「一百二十」「三点五」「半」, with a minus sign if it has one."""
    if number.startswith("-"):
        return -value_of(number[1:])
    if number == "半":
        return Fraction(1, 2)
    whole, _, decimals = number.partition("点")
    if decimals:
        return value_of(whole) + Fraction(
            int("".join(str(_DIGITS[digit]) for digit in decimals)), 10 ** len(decimals)
        )
    digits = re.match(r"\d+(?:\.\d+)?", whole)
    if digits:
        return Fraction(digits.group()) * _scale(whole[digits.end() :])
    if all(digit in _DIGITS for digit in whole):
        return Fraction(int("".join(str(_DIGITS[digit]) for digit in whole)))
    return Fraction(_spelt(whole))


def _scale(letters: str) -> int:
    scale = 1
    for letter in letters:
        scale *= (_SMALL | _LARGE)[letter]
    return scale


def _spelt(number: str) -> int:
    """「十五」, 「两千零八」, 「五万」; a 半 in it counts nothing."""
    total = section = digit = 0
    for letter in number:
        if letter in _LARGE:
            total, section, digit = (total + section + digit) * _LARGE[letter] or _LARGE[letter], 0, 0
        elif letter in _SMALL:
            section, digit = section + (digit or 1) * _SMALL[letter], 0
        else:
            digit = _DIGITS.get(letter, 0)
    return total + section + digit
