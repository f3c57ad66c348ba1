"""The words of a folded text that carry its matter, and whether a text is told in the words of others."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from kb.checking.clauses import ANY_STANCE
from kb.quantities import without_quantities

# what only puts words together, so that a model may add it or leave it out; a single character does not where it is part
# of a longer word
_LIGHT = re.compile(
    "其他|其余|根据|按照|依据|依照|规定|如果|的话|一旦|因为|由于|所以|因此|同时|其中|以及|并且|而且|或者|还是|但是|不过|否则|然后|时候|情况下"
    "|对于|关于|进行|属于|就是|都是|还要|要是|一定|务必|尽量|注意|记得|确保|下列|如下|这些|那些|这种|那种|这个|那个|它们|他们|我们|您"
    "|可能|需要|温度|一般(?=[控为每不要应])|达到|作为|自己|之间|存在|造成|出现|(?<=[厚高长宽深])度"
    "|(?<![使食饮专备餐作费公私通常利雇聘引占])用(?![品具餐水户途电料药油])|(?<![场基产工土当在本异原属外内各实就])地(?![面方区点址下上块])"
    "|(?<![协社委员工大机])会(?![计议员])|(?<![功性智职节])能(?![力源])|(?<![超通经])过(?![期敏程滤度夜])"
    "|(?<![小定临及随准按当])时(?![间段限候效])|(?<![所没含现享持具拥])有(?![毒害效机关限])|(?<![取获所])得|(?<![核校比针相])对(?![象照外])"
    "|(?<![合共不相])同(?![意等类一])|(?<![行认])为|(?<![存所现])在(?![职线场岗校])|给(?!予)|[做让把将的着还又也都均则即]|被(?!告)|再(?!次)"
    "|(?<![事优首])先(?![进行])|(?<![主重必需摘])要(?![求素点])|才|(?<![以涉普])及(?![时格])|并|(?<![参赠])与|[和或且但而之这那此它他你该宜每]"
    "|就(?![餐业诊医近])|(?<![场厕处])所(?![在有谓得])|其(?!它)|(?<![低高少多大小早晚])于|了(?!解)|(?<![予足可难加])以(?!免)"
    "|(?<![中高初均平同])等(?![级待])|(?<![申邀])请(?![示求])|是(?!否)|从(?![业事])|(?<![方定流])向|(?<![理自])由|(?<![独各擅])自(?![行然动助制己愿来身])"
    "|[至到]|按(?![时摩钮])|(?<![未不已曾神])经(?![营济常验典理费办手])|(?<!必无)需(?![求水])"
)
# 「不采摘」 forbids as 「不得采摘」 does
BARE_NOT = re.compile(
    "不(?=采摘|采购|加工|使用|存?放|接触|食用|混|供应|饮用|碰|带入|重复|回收|销售)"
    "|(?:(?<=[、,])|^)不(?=[写收留塞堆倒冲炒煮剩卖买摸擦拿切端戴穿洗晒晾泡喝吃带借送丢扔冻接]|和(?!谐))"
)
_SAME = [
    (re.compile(one), other)
    for one, other in (
        ("之日起", "后"),
        ("未经过?", "未"),
        ("[盛存]存?放|存放", "放"),
        ("悬挂", "挂"),
        ("放进", "放入"),
        ("([前后])面", r"\1"),
        ("[安加]装|设置", "装"),
        ("(?<=[常室]温)下|(?<=[地桌台]面)上", ""),
        ("(?<=[柜箱器间室区水液锅盆盘店库袋备])[里中](?![心间学等])", "内"),
    )
]
# where one stands before a word it is another word: 亚硝酸盐, 半成品, 未经检验
_CHANGES = frozenset("不未没无非亚半假伪次副生熟干湿鲜冷热冻冰新旧老小大高低多")
# what says nothing without the word that it stands after
_RELATES = frozenset("前后内外上下中间时")
DENIES = re.compile("[不未没无非除]")
# what stands between the items of a list
LIST = re.compile("[、或和及与等/]")
# how the names of those end who can do something
ACTOR = re.compile(
    "者|人员|单位|部门|机构|机关|企业|食堂|学校|厂|店|户|方|公司|政府|组织|协会|员|摊贩|摊点|商户|餐馆|小餐饮|平台|作坊|人"
)
# whatever is meant is one, in a knowledge base about it
IMPLIED = {"食品"}

# how far a run is found: in which source, up to where, and whether a new word must follow
_Place = tuple[int, int, bool]


@dataclass(frozen=True)
class Words:
    """The characters that carry matter; before each, and after the last, what stands there that carries none."""

    text: str
    between: tuple[str, ...]

    @cached_property
    def runs(self) -> tuple[tuple[int, int], ...]:
        """Where stretches with nothing between begin and end."""
        begins = [at for at in range(len(self.text)) if at == 0 or self.between[at]]
        return tuple(pairwise([*begins, len(self.text)]))

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """These stretches."""
        return tuple(self.text[begin:end] for begin, end in self.runs)

    @cached_property
    def first(self) -> "Words":
        end = self.runs[0][1] if self.runs else 0
        return Words(self.text[:end], ("",) * (end + 1))

    def until(self, mark: str) -> "Words":
        """What stands before the first of these marks: nothing where there is none."""
        end = next((at for at in range(1, len(self.text)) if mark in self.between[at]), 0)
        return Words(self.text[:end], self.between[: end + 1])

    def opens(self, at: int) -> bool:
        """Whether a word begins or ends here."""
        return at in (0, len(self.text)) or bool(self.between[at])

    def raw(self, begin: int, end: int) -> str:
        """From one character to another, with what stands between."""
        rest = (self.between[at] + self.text[at] for at in range(begin + 1, end))
        return self.text[begin:end][:1] + "".join(rest)


@lru_cache(maxsize=8192)
def words(text: str) -> Words:
    for one, other in _SAME:
        text = one.sub(other, text)
    bare = without_quantities(text)
    for light in (ANY_STANCE, BARE_NOT, _LIGHT):
        bare = light.sub(lambda match: " " * len(match[0]), bare)
    kept: list[str] = []
    between = [""]
    for letter, shown in zip(text, bare, strict=True):
        if shown.isalnum():
            kept.append(letter)
            between.append("")
        else:
            between[-1] += letter
    return Words("".join(kept), tuple(between))


def held(run: str, sources: Sequence[Words], free: Sequence[Words]) -> bool:
    """Whether a run can be cut into words that stand in the sources in this order, or anywhere in what is free."""
    if len(run) == 1:
        return any(run in each.text for each in (*sources, *free))
    reached: list[set[_Place]] = [{(0, 0, False)}, *(set() for _ in run)]
    for at in range(len(run)):
        for end in range(at + 1, len(run) + 1) if reached[at] else ():
            piece, left = run[at:end], run[at - 1 : at] if at else ""
            found = [(nth, spot) for nth, source in enumerate(sources) for spot in spots(piece, source, left)]
            is_free = _is_free(piece, run, left, free)
            if not (found or is_free or end == at + 1):
                break
            for place in reached[at]:
                if is_free:
                    reached[end].add((*place[:2], True))
                for nth, spot in found:
                    if _may_follow(piece, spot, nth, place, sources, is_first=at == 0):
                        is_part = len(piece) == 1 and not sources[nth].opens(spot + 1)
                        reached[end].add((nth, spot + len(piece), is_part))
    return bool(reached[-1])


def spots(piece: str, source: Words, left: str = "") -> list[int]:
    """Where the piece stands in the source as words of their own; `left` is the character before it in its run."""
    found, at = [], source.text.find(piece)
    while at >= 0:
        before = "" if source.opens(at) else source.text[at - 1]
        if before not in _CHANGES or before == left:
            found.append(at)
        at = source.text.find(piece, at + 1)
    return found


def _is_free(piece: str, run: str, left: str, free: Sequence[Words]) -> bool:
    if piece in IMPLIED:
        return run != piece
    return len(piece) > 1 and any(spots(piece, each, left) for each in free)


def _may_follow(
    piece: str, spot: int, nth: int, place: _Place, sources: Sequence[Words], is_first: bool
) -> bool:
    """Whether a piece of a run may stand there in a source after what came before it in the run."""
    source, (now, reached, is_new) = sources[nth], place
    opens = source.opens(spot)
    if len(piece) == 1 and (piece in _RELATES or not (opens or source.opens(spot + 1))):
        return False
    if is_first:
        return True
    if opens and nth >= now and (nth > now or source.opens(reached)):
        return True
    return nth == now and spot >= reached and not is_new and not DENIES.search(source.text, reached, spot)
