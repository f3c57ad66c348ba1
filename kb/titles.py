"""Where a rule holds and what it is called: a question may mean one text and rule out another."""

import re
from collections.abc import Collection

_PLACE = re.compile(
    "北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州"
    "|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_NAME = re.compile("《([^《》]+)》")
_EDITION = re.compile(r"[（(][^（()）]*[）)]$")
_ADDITIONS = re.compile(f"中华人民共和国|{_EDITION.pattern}")


def elsewhere(title: str, question: str, home: Collection[str]) -> bool:
    """Whether a text with this title is the rule of a province that is neither ours nor named."""
    match = _PLACE.match(title)
    return match is not None and match.group() not in home and match.group() not in question


def named(title: str, question: str) -> bool:
    """Whether the question names this text: 「根据《食品安全法》……」."""
    return bare(title) in map(bare, _NAME.findall(question))


def bare(title: str) -> str:
    """The title without its edition and the name of the state, so that editions of one text are alike."""
    return _ADDITIONS.sub("", title)


def is_story(title: str) -> bool:
    """Whether it is a case: what happened once is no rule."""
    return title.startswith("案例")


# 《立法法》 articles 98–100: a law stands above regulations of the State Council, these above rules of
# departments and of provinces. What is no rule, such as a handbook, stands in the middle
_LAW = re.compile("^(?!.*(?:条例|办法|规定|规范|规则|解释|决定|细则))(?:中华人民共和国)?[^《》]*法$")
_NATIONAL = re.compile("(?:条例|国务院.*规定|解释[一二三四]?|适用法律.*规定)$")
_DEPARTMENTAL = re.compile("(?:办法|规定|规范|规则|细则)$")


def is_rule(title: str) -> bool:
    """Whether it is a law, a regulation or a rule, and not what somebody teaches."""
    bare = _EDITION.sub("", title)
    return any(pattern.search(bare) for pattern in (_LAW, _NATIONAL, _DEPARTMENTAL))


def authority(title: str, question: str, home: Collection[str]) -> float:
    """How high a rule stands, 0 to 1: of two texts that say the same, the higher one is cited.

    The rule of a place that the question names stands highest, and what the question calls by its name.
    """
    place = _PLACE.match(title)
    if named(title, question) or (place and place.group() in question):
        return 1.0
    if elsewhere(title, question, home):
        return 0.0
    bare = _EDITION.sub("", title)
    if _LAW.match(bare):
        return 0.9
    return 0.3 if _DEPARTMENTAL.search(bare) and not _NATIONAL.search(bare) else 0.7
