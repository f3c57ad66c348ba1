"""Where a rule holds and what it is called: a question may mean one text and rule out another."""

import re
from collections.abc import Collection

_PLACE = re.compile(
    "北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州"
    "|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_NAME = re.compile("《([^《》]+)》")
_ADDITIONS = re.compile("中华人民共和国|[（(][^（()）]*[）)]$")


def elsewhere(title: str, question: str, home: Collection[str]) -> bool:
    """Whether a text with this title is the rule of a province that is neither ours nor named."""
    match = _PLACE.match(title)
    return match is not None and match.group() not in home and match.group() not in question


def named(title: str, question: str) -> bool:
    """Whether the question names this text: 「根据《食品安全法》……」."""
    return _bare(title) in map(_bare, _NAME.findall(question))


def _bare(title: str) -> str:
    return _ADDITIONS.sub("", title)
