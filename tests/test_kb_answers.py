"""Passages go in at the door, answers come out."""

from collections.abc import Collection
from pathlib import Path

import pytest

from kb.adapters.memory import MemoryTextIndex
from kb.agreement import differs, elsewhere
from kb.build import build, promote
from kb.config import Config
from kb.glossary import Glossary
from kb.knowledge_base import KnowledgeBase
from kb.types import Hit, Passage, Status

CONFIG = Config(vector_store="memory", embedder="hashing")
BEANS = "第三条 加工四季豆的要求：\n（一）烹饪时先将四季豆放入开水中烫煮10分钟以上再炒。\n（二）四季豆应当当餐用完。"
SAMPLES = "食品留样要求\n每个品种留样量不少于125克。留样食品应当在冷藏条件下存放48小时以上。"
LICENCE = "食品经营许可证的有效期为5年。需要延续的，应当在届满前提出申请。"


def passage(source: str, text: str, title: str = "操作规范", status: Status = Status.CURRENT) -> Passage:
    return Passage(source, 0, title, ("第一章",), text, status=status)


@pytest.fixture
def knowledge() -> KnowledgeBase:
    made = build(CONFIG, MemoryTextIndex())
    for source, text in (("beans", BEANS), ("samples", SAMPLES), ("licence", LICENCE)):
        made.replace(source, [passage(source, text)])
    return made


def test_a_cooks_question_finds_the_formal_rule(knowledge: KnowledgeBase) -> None:
    answer = knowledge.ask("豆角要烫几分钟")
    assert answer.found
    assert any("10分钟以上" in statement.text for statement in answer.statements)
    assert "四季豆" in answer.understood
    assert answer.searched == 3


def test_the_first_statement_answers_the_question(knowledge: KnowledgeBase) -> None:
    answer = knowledge.ask("留样量多少克")
    assert answer.statements[0].text == "每个品种留样量不少于125克。"


def test_every_statement_is_verbatim_in_what_it_cites(knowledge: KnowledgeBase) -> None:
    for question in ("豆角要烫几分钟", "留样要留多少，留多久", "许可证有效期几年"):
        answer = knowledge.ask(question)
        quotes = {citation.n: citation for citation in answer.citations}
        for statement in answer.statements:
            for n in statement.citations:
                assert statement.text in quotes[n].quote
                assert quotes[n].quote in quotes[n].passage.text


def test_an_item_comes_with_the_words_it_belongs_to(knowledge: KnowledgeBase) -> None:
    texts = [statement.text for statement in knowledge.ask("四季豆烫煮多久").statements]
    assert texts.index("第三条 加工四季豆的要求：") < texts.index(
        "（一）烹饪时先将四季豆放入开水中烫煮10分钟以上再炒。"
    )


def test_headings_are_no_statements(knowledge: KnowledgeBase) -> None:
    assert "食品留样要求" not in [
        statement.text for statement in knowledge.ask("食品留样要求是什么").statements
    ]


def test_an_items_name_stays_with_its_sentence() -> None:
    knowledge = build(CONFIG, MemoryTextIndex())
    text = "1．农药引起的食物中毒。蔬菜浸泡30分钟。\n2．豆浆引起的食物中毒。煮沸后再煮5分钟左右。\n3．其他。"
    knowledge.replace("a", [passage("a", text)])
    assert knowledge.ask("豆浆煮沸多久").statements[0].text == "2．豆浆引起的食物中毒。煮沸后再煮5分钟左右。"


def test_an_old_figure_never_stands_before_the_one_in_force(knowledge: KnowledgeBase) -> None:
    old = "留样食品应按品种分别盛放，在冷藏条件下存放48小时以上，每个品种留样量不少于100g。"
    knowledge.replace("old", [passage("old", old, status=Status.SUPERSEDED)])
    knowledge.replace("new", [passage("new", "留样时，每个品种留125克以上，冷藏48小时以上。", title="手册")])
    answer = knowledge.ask("留样每个品种要留多少克，冷藏存放多久")
    assert "125克" in answer.statements[0].text


def test_a_bare_no_stays_with_its_reason(knowledge: KnowledgeBase) -> None:
    knowledge.replace("s", [passage("s", "不行，整个扔掉。发芽土豆有龙葵素，一锅人的事不赌。")])
    said = [statement.text for statement in knowledge.ask("发芽土豆有龙葵素吗，能吃吗").statements]
    assert "不行，整个扔掉。发芽土豆有龙葵素，一锅人的事不赌。" in said


@pytest.mark.parametrize("question", ["怎么炒股票赚钱", "火星上有没有水", "   ", "？？？"])
def test_without_evidence_nothing_is_answered(knowledge: KnowledgeBase, question: str) -> None:
    answer = knowledge.ask(question)
    assert not answer.found
    assert answer.statements == answer.citations == ()


def test_a_refusal_shows_what_was_nearest(knowledge: KnowledgeBase) -> None:
    answer = knowledge.ask("火星太空站飞行员驾驶飞船的许可证哪里买")
    assert not answer.found
    assert answer.near[0].passage.source == "licence"


def test_an_empty_knowledge_base_answers_nothing() -> None:
    answer = build(CONFIG, MemoryTextIndex()).ask("留样多久")
    assert not answer.found
    assert answer.searched == 0


def test_what_is_withdrawn_is_neither_found_nor_answered(knowledge: KnowledgeBase) -> None:
    calls: list[set[str]] = []

    def live(sources: Collection[str]) -> set[str]:
        calls.append(set(sources))
        return set(sources) - {"samples"}

    answer = knowledge.ask("留样要留多少克，留多久", live)
    shown = {citation.passage.source for citation in answer.citations} | {
        hit.passage.source for hit in answer.near
    }
    assert "samples" not in shown
    assert len(calls) == 1
    assert "samples" in calls[0]


def test_withdrawn_passages_do_not_crowd_out_the_others() -> None:
    knowledge = build(CONFIG.model_copy(update={"candidates": 5, "overfetch": 20}), MemoryTextIndex())
    for n in range(40):
        knowledge.replace(f"old{n}", [passage(f"old{n}", "留样四十八小时")])
    knowledge.replace("new", [passage("new", "留样食品应当冷藏")])
    found = knowledge.retrieve("留样四十八小时", live=lambda sources: [s for s in sources if s == "new"])
    assert [hit.passage.source for hit in found] == ["new"]


def test_a_text_in_force_comes_before_the_one_it_replaced() -> None:
    knowledge = build(CONFIG, MemoryTextIndex())
    knowledge.replace("old", [passage("old", LICENCE, status=Status.SUPERSEDED)])
    knowledge.replace("new", [passage("new", LICENCE)])
    knowledge.replace("other", [passage("other", SAMPLES)])
    assert [hit.passage.source for hit in knowledge.retrieve("许可证有效期")] == ["new", "other", "old"]
    answer = knowledge.ask("许可证有效期几年")
    assert [citation.passage.source for citation in answer.citations] == ["new"]


def test_a_local_rule_counts_where_it_is_asked_about() -> None:
    knowledge = build(CONFIG, MemoryTextIndex())
    for title in ("上海市食品安全条例", "食品安全条例"):
        knowledge.replace(title, [passage(title, "摊贩距离学校一百米。", title)])
    knowledge.replace("other", [passage("other", SAMPLES)])
    assert knowledge.retrieve("摊贩距离学校多远")[0].passage.source == "食品安全条例"
    assert knowledge.retrieve("上海摊贩距离学校多远")[0].passage.source == "上海市食品安全条例"


def test_forgetting_and_replacing_with_nothing_are_the_same(knowledge: KnowledgeBase) -> None:
    knowledge.forget("beans")
    knowledge.replace("samples", [])
    assert knowledge.count() == 1
    assert {hit.passage.source for hit in knowledge.retrieve("四季豆留样许可证")} == {"licence"}


def test_without_vectors_the_text_index_still_answers(caplog: pytest.LogCaptureFixture) -> None:
    texts = MemoryTextIndex()
    texts.replace("samples", [passage("samples", SAMPLES)])
    texts.replace("licence", [passage("licence", LICENCE)])
    down = Config(embedder="hashing", chroma_url="http://127.0.0.1:9")
    answer = build(down, texts).ask("留样量多少克")
    assert answer.statements[0].text == "每个品种留样量不少于125克。"
    assert "Only the text index" in caplog.text


def test_a_deployment_may_bring_its_own_glossary() -> None:
    knowledge = build(CONFIG, MemoryTextIndex(), Glossary.of([("四季豆", ["梅豆"])]))
    knowledge.replace("beans", [passage("beans", BEANS)])
    knowledge.replace("licence", [passage("licence", LICENCE)])
    assert knowledge.ask("梅豆要烫煮几分钟").found


def test_two_processes_would_share_what_is_promoted(tmp_path: Path) -> None:
    config = Config(embedder="hashing", chroma_path=tmp_path, collection="live")
    fresh = build(config.model_copy(update={"collection": "fresh"}), MemoryTextIndex())
    fresh.replace("beans", [passage("beans", BEANS)])
    promote(config, "fresh")
    assert build(config, MemoryTextIndex()).vectors.sources() == {"beans"}


def test_promoting_in_memory_changes_nothing() -> None:
    promote(CONFIG, "fresh")


def test_an_item_and_its_sentence_are_one_piece_of_the_text() -> None:
    knowledge = build(CONFIG, MemoryTextIndex())
    text = "前言。\n不能。 四季豆必须烧熟煮透再出锅。"
    knowledge.replace("a", [passage("a", text)])
    answer = knowledge.ask("四季豆必须烧熟煮透吗")
    assert answer.statements[0].text in text
    assert answer.statements[0].text in answer.citations[0].quote


def test_a_short_rule_does_not_hide_the_long_one_that_says_more() -> None:
    knowledge = build(CONFIG, MemoryTextIndex())
    more = "食品留样每个品种不少于125克，冷藏存放48小时以上，并记录名称、时间和人员。"
    knowledge.replace("law", [passage("law", "食品留样。", title="食品安全法")])
    knowledge.replace("manual", [passage("manual", more)])
    for n in range(12):
        knowledge.replace(f"o{n}", [passage(f"o{n}", f"食品第{n}号规定，样品另行保存{n}天。")])
    assert more in [hit.passage.text for hit in knowledge.retrieve("食品留样", 3)]


def test_what_is_in_fact_found_by_words_alone_is_near_by_no_more_than_the_last_of_the_near() -> None:
    knowledge = build(CONFIG.model_copy(update={"candidates": 5}), MemoryTextIndex())
    for n in range(30):
        knowledge.replace(f"s{n}", [passage(f"s{n}", f"第{n}号：四季豆要煮{'很' * n}久。")])
    hits = knowledge.retrieve("四季豆要煮多久", 30)
    assert all(hit.similarity > 0 for hit in hits)


class Broken:
    name = "broken"

    def documents(self, texts: list[str]) -> None:
        raise RuntimeError("out of memory")

    questions = documents


def test_a_model_that_fails_leaves_the_words(caplog: pytest.LogCaptureFixture) -> None:
    knowledge = build(CONFIG, MemoryTextIndex())
    knowledge.replace("a", [passage("a", "四季豆要烧熟煮透。")])
    object.__setattr__(knowledge.retriever, "embedder", Broken())
    assert knowledge.ask("四季豆要烧熟煮透吗").found
    assert "out of memory" in caplog.text


# What other texts say


NOW = "每个品种留样量应当不少于125克，在冷藏条件下存放48小时以上。"
THEN = "每个品种留样量应当不少于100克，在冷藏条件下存放48小时以上。"


def made_of(*passages: Passage) -> KnowledgeBase:
    made = build(CONFIG, MemoryTextIndex())
    for each in passages:
        made.replace(each.source, [each])
    return made


def test_texts_that_agree_are_named_and_quoted() -> None:
    national = passage("law", NOW, "食品安全法")
    city = passage("city", "留样每个品种不少于125克，冷藏条件下存放48小时以上。", "餐饮管理办法")
    answer = made_of(national, city, passage("other", LICENCE)).ask("留样每个品种多少克")
    [first] = answer.statements
    quotes = {citation.n: citation.quote for citation in answer.citations}
    assert "125克" in first.text
    assert [quotes[n] for n in (*first.citations, *first.also)] == [NOW, city.text]
    assert answer.differing == ()


def test_a_superseded_amount_stands_beside_the_one_in_force_and_never_among_the_answer() -> None:
    old = passage("old", THEN, "操作规范（2011版）", Status.SUPERSEDED)
    answer = made_of(old, passage("new", NOW), passage("other", LICENCE)).ask("留样每个品种多少克")
    assert [statement.text for statement in answer.statements] == [NOW]
    [other] = answer.differing
    [cited] = [citation.passage for citation in answer.citations if citation.n in other.citations]
    assert (other.text, cited.status) == (THEN, Status.SUPERSEDED)


def test_an_amount_is_answered_with_an_amount() -> None:
    sheet = (
        "留样签写五项：名称、留样量、留样时间、留样人员、审核人员。\n留样盒要洗净消毒。\n每个品种125克以上。"
    )
    answer = made_of(Passage("a", 0, "手册", ("留样：每样菜留一盒",), sheet), passage("b", LICENCE)).ask(
        "留样要留多少"
    )
    assert answer.statements[0].text == "每个品种125克以上。"


def test_a_yes_or_no_is_quoted_only_to_whoever_asked_that() -> None:
    mushrooms = Passage(
        "a", 0, "手册", ("昨晚泡的木耳，今早焯一遍能用吗？",), "不能，扔掉。泡久了会产生米酵菌酸。"
    )
    knowledge = made_of(mushrooms, passage("b", "豆浆煮沸后再煮5分钟，才能喝。"), passage("c", LICENCE))
    assert knowledge.ask("昨晚泡的木耳还能用吗").statements[0].text.startswith("不能，扔掉。")
    assert not any("扔掉" in each.text for each in knowledge.ask("豆浆泡沫起来煮开就能喝吗").statements)


def test_what_once_happened_stands_back_behind_the_rule() -> None:
    story = passage("case", "工地食堂豆角烫煮了几分钟，一大锅快炒，工人吃了呕吐。", "案例：一大锅四季豆")
    rule = passage("rule", "四季豆没烫煮熟，吃了会呕吐，应当烫煮10分钟以上。")
    answer = made_of(story, rule, passage("c", LICENCE)).ask("豆角没烫煮熟吃了呕吐")
    assert not any("工地食堂" in each.text for each in answer.statements)
    assert made_of(story, passage("c", LICENCE)).ask("工地食堂豆角呕吐").statements


def test_one_text_that_is_asked_about_needs_less_to_answer() -> None:
    config = Config(vector_store="memory")
    assert config.for_one_text().evidence == pytest.approx(config.evidence - config.evidence_named)


def relation(one: str, other: str) -> str:
    found = elsewhere(one, passage("one", one), [Hit(passage("other", other), 1.0)])
    assert bool(found.differing) == differs(one, other) == differs(other, one)
    return "differs" if found.differing else "agrees" if found.agreeing else ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("冷藏温度应当为0～8℃。", "冷藏温度应当为0～10℃。"),
        ("留样食品应当冷藏存放48小时以上。", "留样食品冷藏存放不超过48小时。"),
        ("拒不改正的，处五千元以上五万元以下罚款。", "拒不改正的，处一万元以上五万元以下罚款。"),
        ("拒不改正的，处5000元以上3万元以下罚款。", "逾期不改正的，处五千元以上五万元以下罚款。"),
        ("拒不改正的，处二百元罚款。", "拒不改正的，处二百元以上一千元以下罚款。"),
        ("食品小作坊登记证有效期为三年。", "食品小作坊登记证有效期为五年。"),
        (
            "禁止在距离幼儿园、中小学校门口一百米范围内设摊经营。",
            "禁止在距离幼儿园、中小学校门口二百米范围内设摊经营。",
        ),
        (
            "有效期届满需要延续的，应当在届满三十日前提出申请。",
            "有效期届满需要延续的，应当在届满九十日前提出申请。",
        ),
        ("应当并处货值金额十倍以上二十倍以下罚款。", "应当并处货值金额十五倍以上三十倍以下罚款。"),
        ("每个品种留样125克以上，冷藏存放48小时以上。", "每个品种留样100克以上，冷藏存放48小时以上。"),
        ("煮沸、蒸汽消毒保持100℃，10分钟以上。", "煮沸、蒸汽消毒保持100℃，15分钟以上。"),
    ],
)
def test_other_amounts_of_the_same_differ(one: str, other: str) -> None:
    assert relation(one, other) == "differs"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("没有明确保质期的，保存期限不得少于二年。", "没有明确保质期的，保存期限不得少于2年。"),
        ("拒不改正的，处5000元以上3万元以下罚款。", "拒不改正的，处五千元以上三万元以下罚款。"),
        ("留样食品应当冷藏存放48小时以上。", "留样食品冷藏存放至少两天。"),
    ],
)
def test_the_same_amounts_in_other_words_agree(one: str, other: str) -> None:
    assert relation(one, other) == "agrees"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("每个品种留样125克以上。", "每个品种留样125克以上，冷藏48小时以上。", id="another unit"),
        pytest.param("煮沸10分钟以上。", "煮沸10分钟以上，每2小时更换一次。", id="one more amount"),
        pytest.param(
            "食品煮沸10分钟以上，常温存放不超过2小时。",
            "食品煮沸10分钟以上，记录至少保留6个月。",
            id="of another thing",
        ),
        pytest.param(
            "许可证有效期为五年。", "许可证有效期不超过五年。", id="it is left open which side is meant"
        ),
        pytest.param("登记证有效期为三年。", "从业人员每年进行健康检查。", id="another matter"),
    ],
)
def test_more_amounts_and_those_of_something_else_neither_agree_nor_differ(one: str, other: str) -> None:
    assert relation(one, other) == ""
