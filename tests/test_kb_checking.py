"""What a passage bears out, and what only looks like it."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from kb.checking import markup, objection, supporting
from kb.checking.clauses import Stance, clauses, fold
from kb.checking.omissions import kept
from kb.checking.rules import parted
from kb.checking.words import words
from kb.quantities import Bound, normal, quantities, without_quantities
from kb.types import Passage

CLAIMS = yaml.safe_load(Path(__file__).with_name("claims.yaml").read_text(encoding="utf-8"))
LOTS = sorted(CLAIMS)


def passage(text: str, title: str = "操作规范", path: Sequence[str] = ("第一章",)) -> Passage:
    return Passage("a", 0, title, tuple(path), text)


def amounts(text: str) -> list[tuple[Fraction, str, Bound]]:
    found = [each.quantity for each in quantities(normal(text))]
    return [(each.value, each.unit, each.bound) for each in found]


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("70℃以上", "不低于70摄氏度"),
        ("70°C以上", "至少７０度"),
        ("125克以上", "不少于125g"),
        ("0.5公斤", "500克"),
        ("半千克", "一斤"),
        ("十五日内", "15天以内"),
        ("两小时以内", "不超过2个小时"),
        ("24h", "二十四小时"),
        ("48小时以上", "至少两天"),
        ("半小时", "30分钟"),
        ("一个半小时", "90分钟"),
        ("一年半", "18个月"),
        ("半年", "六个月"),
        ("30分钟～5小时", "30分钟至5小时"),
        ("5～60℃", "5℃到60℃"),
        ("0℃-8℃", "零度至八度"),
        ("-18℃以下", "零下18度以下"),
        ("百分之五", "5%"),
        ("百分之零点五", "0.5%"),
        ("三分之一", "3分之1"),
        ("5万元以上10万元以下", "五万元以上十万元以下"),
        ("50,000元", "5万块钱"),
        ("250mg/L", "250毫克/升"),
        ("8:00", "8点"),
        ("第三十四条", "第34条"),
        ("至少保存二年", "保存2年以上"),
        ("不得少于保质期满后六个月", "6个月以上"),
        ("每天", "每日"),
        ("每个月", "每月"),
        ("一千二百人", "1200人"),
        ("两万零五元", "20005元"),
        ("二〇二一年", "2021年"),
        ("每半月", "每半个月"),
        ("-18～-12℃", "零下18度到零下12度"),
        ("5月1日至6月30日", "五月一日，六月三十日"),
        ("三勺盐", "3勺盐"),
        ("十倍以上二十倍以下", "10倍以上20倍以下"),
    ],
)
def test_one_amount_has_many_spellings(one: str, another: str) -> None:
    assert amounts(one) == amounts(another) != []


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("70℃以上", "70℃以下"),
        ("70℃以上", "70℃"),
        ("不超过2小时", "超过2小时"),
        ("不少于125克", "少于125克"),
        ("10分钟", "10秒"),
        ("10元", "10倍"),
        ("6个月", "6月"),
        ("-18℃", "18℃"),
        ("每日一次", "每周一次"),
        ("每年", "每半年"),
        ("15日", "15个工作日"),
        ("第5条", "5条"),
        ("1.5米", "15米"),
        ("0.3毫克/千克", "0.3克/千克"),
        ("两袋送检", "五袋送检"),
        ("价款三倍", "每天三次"),
    ],
)
def test_what_looks_alike_is_another_amount(one: str, another: str) -> None:
    assert amounts(one) != amounts(another)


@pytest.mark.parametrize(
    "text",
    [
        "一定要",
        "十分新鲜",
        "一个人",
        "四季豆",
        "万一",
        "一次性手套",
        "千万不要",
        "三明治",
        "一时",
        "三至五",
        "一般",
        "一级召回",
        "第二步",
        "三类设施",
        "1号冰箱",
    ],
)
def test_a_numeral_in_a_word_counts_nothing(text: str) -> None:
    assert amounts(text) == []


def test_a_text_without_its_amounts_has_no_limits_either() -> None:
    assert without_quantities("存放不得超过2小时的食品").split() == ["存放", "的食品"]


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("不得采购", Stance.FORBIDS),
        ("不要放在一起", Stance.FORBIDS),
        ("不可食用", Stance.FORBIDS),
        ("应当洗手", Stance.DEMANDS),
        ("检查合格后方可使用", Stance.DEMANDS),
        ("可以打包", Stance.ALLOWS),
        ("鼓励公开", Stance.ALLOWS),
        ("不需要取得许可", Stance.SPARES),
        ("无需备案", Stance.SPARES),
        ("存放不得超过2小时", Stance.TELLS),
        ("区别生熟", Stance.TELLS),
        ("主要原料", Stance.TELLS),
        ("要求记录", Stance.TELLS),
    ],
)
def test_a_clause_has_a_stance(text: str, stance: Stance) -> None:
    assert [clause.stance for clause in clauses(text)] == [stance]


def test_an_item_stands_under_what_opens_its_list() -> None:
    stances = [
        clause.stance
        for clause in clauses(
            "禁止经营下列食品：\n（一）死因不明的肉类；\n（二）变质的食品。\n第二条 食品经营者记录进货。"
        )
    ]
    assert stances == [Stance.FORBIDS, Stance.FORBIDS, Stance.FORBIDS, Stance.TELLS]


@pytest.mark.parametrize("lot", LOTS)
def test_nothing_wrong_is_borne_out_and_most_that_is_honest(lot: str) -> None:
    passages = {name: passage(text) for name, text in CLAIMS[lot]["passages"].items()}
    refused = [said for name, said in CLAIMS[lot]["honest"] if objection(said, [passages[name]])]
    wrong = [said for name, said, _ in CLAIMS[lot]["wrong"] if not objection(said, [passages[name]])]
    assert wrong == []
    assert len(refused) <= 0.1 * len(CLAIMS[lot]["honest"]), refused


@pytest.mark.parametrize("lot", LOTS)
def test_nothing_is_borne_out_by_a_passage_about_something_else(lot: str) -> None:
    passages = [passage(text) for text in CLAIMS[lot]["passages"].values()]
    names = list(CLAIMS[lot]["passages"])
    for name, said in CLAIMS[lot]["honest"]:
        other = passages[names.index(name) - 1]
        assert objection(said, [other]), said


@pytest.mark.parametrize(
    "text",
    [
        "见https://a.example",
        "见 www.a.example",
        "见a.com",
        "写信到a@b.cn",
        "ａ＠ｂ．ｃｏｍ",
        "![图](//a)",
        "[这里](a)",
        "<b>好</b>",
        "&lt;b&gt;",
        "`rm`",
        "a|b",
        "javascript:alert(1)",
    ],
)
def test_markup_is_never_borne_out(text: str) -> None:
    assert markup(text)
    assert objection(text, [passage(text)]) == "markup"


@pytest.mark.parametrize(
    "text", ["冷藏5～8℃（不含）。", "浓度250mg/L以上，1:200稀释。", "《食品安全法》第三十四条：“不得”。"]
)
def test_plain_text_has_no_markup(text: str) -> None:
    assert not markup(text)


def test_without_a_passage_nothing_is_borne_out() -> None:
    assert objection("四季豆要煮熟。", [])
    assert objection("四季豆要煮熟。", [passage("")])


@pytest.mark.parametrize("said", ["可以。", "不能。", "", "。"])
def test_what_says_nothing_is_not_borne_out(said: str) -> None:
    assert objection(said, [passage("四季豆可以吃，不能生吃。")])


def test_every_passage_that_is_cited_has_a_share() -> None:
    beans, licence = passage("四季豆应当烧熟煮透。"), passage("许可证有效期为五年。")
    assert not objection("四季豆应当烧熟煮透。", [beans])
    assert objection("四季豆应当烧熟煮透。", [beans, licence])


def test_a_sentence_may_come_from_two_passages() -> None:
    beans, lentils = passage("四季豆应当烧熟煮透。"), passage("扁豆应当先烫煮10分钟以上。")
    assert not objection("四季豆应当烧熟煮透，扁豆应当先烫煮。", [beans, lentils])


def test_what_two_passages_say_is_no_condition_for_an_amount() -> None:
    beans, lentils = passage("四季豆应当烧熟煮透。"), passage("扁豆应当先烫煮10分钟以上。")
    assert objection("四季豆应当烧熟煮透，先烫煮10分钟以上。", [beans, lentils])


def test_each_half_of_a_sentence_says_itself_of_what_it_speaks() -> None:
    cook, cold = passage("厨师应当洗手，戴好口罩。"), passage("凉菜师傅应当换鞋，戴好手套。")
    assert not objection("厨师应当洗手，凉菜师傅应当换鞋。", [cook, cold])
    assert objection("厨师应当洗手，戴好手套。", [cook, cold])


def test_what_a_title_names_is_no_subject_for_what_another_must_do() -> None:
    rule = passage("食品摊贩不得占用盲道。", "小作坊和食品摊贩管理条例")
    assert not objection("食品摊贩不得占用盲道。", [rule])
    assert objection("小作坊不得占用盲道。", [rule])


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("拒不改正的，处一万元罚款", (True, False)),
        ("经监督管理部门同意，可以延期", (True, False)),
        ("采购需冷藏的食品时，应冷链运输", (True, False)),
        ("需要冷藏的熟制品，应尽快冷却", (True, False)),
        ("除要求赔偿外，还可以要求赔偿金", (False, False)),
        ("培训不少于40学时，可以在线上", (True, False)),
        ("不得生食，应当煮熟", (False, False)),
        ("新货放后，老货放前", (False, False)),
    ],
)
def test_a_part_may_only_say_when(text: str, conditions: tuple[bool, ...]) -> None:
    assert parted(fold(text))[1] == conditions


@pytest.mark.parametrize(
    ("source", "said", "is_kept"),
    [
        ("患有霍乱、痢疾等疾病的人员", "患有痢疾的人员", True),
        ("诱导、误导消费者造成浪费", "诱导消费者造成浪费", True),
        ("餐饮服务提供者采购食品", "采购食品", True),
        ("国务院卫生行政部门规定的疾病", "疾病", True),
        ("职业学校、小学的食堂", "食堂", False),
        ("被吊销许可证的经营者", "经营者", False),
        ("裱花蛋糕、生食水产品、散装酒", "水产品", False),
        ("取得许可证和健康证明的", "取得许可证的", False),
        ("不影响食品安全且不误导消费者", "不影响食品安全", False),
    ],
)
def test_only_items_of_a_list_and_what_is_implied_may_be_left_out(
    source: str, said: str, is_kept: bool
) -> None:
    assert kept(words(fold(source)), words(fold(said)).text) is is_kept


def test_headings_count_as_words_and_as_places() -> None:
    rule = passage("烹饪前应当烫煮10分钟以上。", "四季豆", ("第三十六条",))
    assert not objection("根据第三十六条，四季豆烹饪前应当烫煮10分钟以上。", [rule])
    assert objection("根据第三十七条，四季豆烹饪前应当烫煮10分钟以上。", [rule])


def test_a_foreign_name_must_be_in_the_passage() -> None:
    rule = passage("消毒液应当按照说明书配制，现配现用，当天用完。")
    assert not objection("消毒液应当按照说明书配制，现配现用。", [rule])
    assert objection("消毒液应当按照说明书配制，现配现用ab。", [rule])


def test_what_supports_a_sentence_is_found_again() -> None:
    rule = passage("第一条 前言。\n第二条 四季豆应当烧熟煮透；当餐用完。\n第三条 其他。")
    assert supporting("四季豆要烧熟煮透。", rule) == ["第二条 四季豆应当烧熟煮透"]
    assert supporting("四季豆要烧熟煮透。", passage("")) == []
