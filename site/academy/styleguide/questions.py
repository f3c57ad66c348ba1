"""A question of every kind, open and marked."""

from typing import Any

from django.templatetags.static import static

from academy.exams.marking import DrawnOption, DrawnQuestion
from academy.exams.showing import Picture, Sheet, shown

PICTURE = 0


def questions() -> list[dict[str, Any]]:
    """Each open with an answer begun, and marked with something wrong in it."""
    found = {PICTURE: Picture(static("academy/kitchen.svg"), 600, 400, "厨房一角：操作台、冰箱、垃圾桶")}
    return [
        {
            "open": shown(Sheet(drawn, begun, name=f"open-{drawn['key']}"), 1, found=found),
            "marked": shown(Sheet(drawn, wrong, True, name=f"marked-{drawn['key']}"), 1, found=found),
        }
        for drawn, begun, wrong in SAMPLES
    ]


def _drawn(kind: str, stem: str, *options: DrawnOption, **more: Any) -> DrawnQuestion:
    asked: dict[str, Any] = {"key": kind, "kind": kind, "stem": stem, "explanation": "", "basis": "", **more}
    return {**asked, "options": list(options)}  # type: ignore[typeddict-item]


def _option(key: str, text: str, correct: bool = True, **more: Any) -> DrawnOption:
    return {"key": key, "text": text, "correct": correct, **more}  # type: ignore[typeddict-item]


GRID = {"image": PICTURE, "columns": 6, "rows": 4}
SAMPLES: list[tuple[DrawnQuestion, list[str], list[str]]] = [
    (
        _drawn(
            "single",
            "怎样才能确定红烧肉烧熟了？",
            _option("a", "看颜色变深", False, feedback="颜色先变，中心后熟。"),
            _option("b", "量中心温度"),
        ),
        ["b"],
        ["a"],
    ),
    (
        _drawn(
            "multiple",
            "午餐后，几位学生肚子疼。食堂怎么做？",
            _option("a", "封存剩下的饭菜"),
            _option("b", "倒掉剩下的饭菜", False, feedback="倒掉就查不到原因了。"),
            _option("c", "马上报告"),
        ),
        ["a"],
        ["a", "b"],
    ),
    (
        _drawn("truefalse", "剩菜闻着没坏就能卖。", _option("a", "正确", False), _option("b", "错误")),
        ["b"],
        ["a"],
    ),
    (
        _drawn(
            "order",
            "洗手按什么顺序做？",
            _option("a", "搓洗手心手背", place=2),
            _option("b", "冲湿、取洗手液", place=1),
            _option("c", "擦干、关水", place=3),
        ),
        [],
        ["a", "b", "c"],
    ),
    (
        _drawn(
            "match",
            "什么菜用什么颜色的砧板？",
            _option("a", "生肉", pair="p2"),
            _option("b", "蔬菜", pair="p1"),
            pairs=[{"key": "p1", "text": "绿色"}, {"key": "p2", "text": "红色"}],
        ),
        ["a=p2"],
        ["a=p2", "b=p2"],
    ),
    (
        _drawn("short", "每个品种至少留样多少克？", _option("a", "125克"), _option("b", "125")),
        ["125"],
        ["100克"],
    ),
    (
        _drawn(
            "hotspot", "点出放剩菜的地方。", _option("a", "冰箱上层", cells=["D1", "D2", "E1", "E2"]), **GRID
        ),
        ["E2"],
        ["B3"],
    ),
    (
        _drawn(
            "faults",
            "这间厨房哪里不对？",
            _option("a", "生熟放在一起", cells=["A2", "B2"], feedback="生的汁水会沾到熟的。"),
            _option("b", "垃圾桶没盖严", cells=["F3", "F4"]),
            **GRID,
        ),
        ["A2"],
        ["B2", "C1"],
    ),
]
