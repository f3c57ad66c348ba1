"""The look through its public doors: the style guide, the frame around every page, the template tags."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from academy.core.blocks import BodyBlock
from academy.core.templatetags import look

ENTRANCE = ["/accounts/login/", "/accounts/password/reset/"]


def render(source: str, **context: Any) -> str:
    return engines["django"].from_string(source).render(context)


def soup(html: str | bytes) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def body(*blocks: tuple[str, Any]) -> BeautifulSoup:
    raw = [{"type": kind, "value": value, "id": f"{i:08d}-x"} for i, (kind, value) in enumerate(blocks)]
    return soup(render_to_string("components/body.html", {"value": BodyBlock().to_python(raw)}))


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (4, "四"), (10, "十"), (12, "十二"), (20, "二十"), (36, "三十六"), (99, "九十九")],
)
def test_chapters_are_counted_in_chinese(number: int, words: str) -> None:
    assert look.numeral(number) == words


def test_chapters_are_counted_in_digits_for_an_english_reader() -> None:
    with override("en"):
        assert look.numeral(12) == "12"


@given(st.text(max_size=40), st.lists(st.text(min_size=1, max_size=4), max_size=3))
def test_marking_words_keeps_every_character_of_a_quotation(text: str, words: list[str]) -> None:
    html = look.marked(text, words)
    expected = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "�")
    assert render("{{ text }}", text=text) == re.sub(r"</?mark>", "", html)
    assert "\0" in text or "<" not in expected or "&lt;" in html


def test_marking_takes_the_longest_words_first_and_escapes_markup() -> None:
    html = look.marked("温度<70℃", ["70", "70℃"])
    assert html == "温度&lt;<mark>70℃</mark>"


def test_a_long_quotation_is_shown_by_its_deciding_sentences() -> None:
    text = "留样前洗手。" + "每个品种留125克以上，冷藏48小时以上。" + "其他的话，" * 30 + "到此为止。"
    assert look.excerpt(text, ["每个品种留125克以上"]) == "……每个品种留125克以上，冷藏48小时以上。……"
    assert look.excerpt(text, "没有的词") == text


@given(st.text("一二三。；", max_size=300), st.text("一二三", min_size=1, max_size=3))
def test_an_excerpt_never_loses_the_words_it_is_made_for(text: str, word: str) -> None:
    assert (word in text) == (word in look.excerpt(text, word))


def test_citation_marks_stand_before_the_full_stop() -> None:
    html = render_to_string("components/statement.html", {"text": "留样48小时以上。", "citations": [1, 2]})
    assert soup(html).get_text().strip() == "留样48小时以上⁠1⁠2。"


def test_a_safe_sentence_keeps_its_markup() -> None:
    html = render(
        '{% include "components/statement.html" with text=text|safe citations="1" %}', text="<b>125克</b>。"
    )
    assert "<b>125克</b>" in html


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=12))
def test_bars_never_leave_the_chart(pairs: list[tuple[int, int]]) -> None:
    rows = [
        look.Bars(label=str(i), solid=max(pair), outlined=min(pair), partial=False)
        for i, pair in enumerate(pairs)
    ]
    chart = look.bar_chart(rows, "月份", "人次", "人数")
    for bar in chart["bars"]:
        assert 0 <= bar["a"]["y"] <= look.BASELINE
        assert bar["b"]["h"] <= bar["a"]["h"]
        assert bar["b"]["x"] + bar["b"]["w"] <= look.WIDTH
    assert len(chart["grid"]) <= 4


def test_the_chart_says_the_same_in_a_table_and_names_an_unfinished_month() -> None:
    rows = [
        look.Bars(label="10月", solid=2310, outlined=1640, partial=False),
        look.Bars(label="11月", solid=1690, outlined=1180, partial=True),
    ]
    page = soup(render("{% bar_chart rows '月份' '人次' '人数' '11月只到21日' %}", rows=rows))
    assert [cell.text for cell in page.select("tbody td")] == ["2,310", "1,640", "1,690", "1,180"]
    assert len(page.select("rect.part")) == 1
    assert "11月只到21日" in page.svg.get_text()


def test_a_chart_without_training_draws_no_bar() -> None:
    page = soup(render("{% bar_chart rows '月份' '人次' '人数' %}", rows=[]))
    assert not page.select("rect")


def test_the_number_of_the_day_stands_on_the_scale() -> None:
    assert soup(render("{% mini_scale 70 %}")).select_one(".axb").text == "70"
    assert [text.text for text in soup(render("{% mini_scale 4 %}")).select("text")] == ["4", "60", "70"]


def test_every_block_of_a_body_can_be_cited() -> None:
    page = body(("heading", "量中心"), ("text", "<p>中心<b>70℃以上</b></p>"), ("checks", ["看", "量"]))
    assert [block["id"] for block in page.select(".blk")] == ["b-00000000", "b-00000001", "b-00000002"]
    assert page.select_one(".rt b").text == "70℃以上"


def test_a_basis_says_its_state_in_words() -> None:
    page = body(("basis", {"text": "2011年版第二十二条", "state": "superseded", "note": ""}))
    assert page.select_one(".st.old") is not None
    assert page.select_one(".m.old.o").text == "据"


def test_a_broken_link_of_a_chain_is_marked() -> None:
    page = body(
        (
            "chain",
            [{"title": "没换砧板", "text": "", "state": "broken"}, {"title": "20人", "state": "result"}],
        )
    )
    assert [mark.text for mark in page.select(".m")] == ["断", "果"]


def test_a_table_folds_into_named_cells() -> None:
    table = {
        "columns": [{"type": "text", "heading": "情况"}, {"type": "text", "heading": "怎么做"}],
        "rows": [{"values": ["冷冻的熟食", "彻底解冻"]}],
        "caption": "",
    }
    page = body(("table", {"caption": "剩下的", "table": table}))
    assert page.tbody.th.text == "冷冻的熟食"
    assert page.td["data-l"] == "怎么做"
    assert page.caption.text == "剩下的"


def test_what_an_editor_writes_is_escaped() -> None:
    page = body(
        ("steps", [{"lead": "<script>x</script>", "detail": ""}]),
        ("law", {"text": "<i>a</i>", "mark": "", "source": "s", "state": "current"}),
    )
    assert not page.select("script, i")


@pytest.mark.parametrize("address", ["/styleguide/", "/styleguide/?theme=dark&size=large"])
@pytest.mark.django_db
def test_the_style_guide_shows_every_component_under_the_content_policy(client: Client, address: str) -> None:
    response = client.get(address)
    page = soup(response.content)
    assert response.status_code == 200
    assert not page.select("[style], style, script:not([src])")
    assert not [tag for tag in page.find_all() if any(name.startswith("on") for name in tag.attrs)]
    assert len(page.select(".kh")) > 20


@pytest.mark.django_db
def test_the_style_guide_can_be_seen_dark_and_large(client: Client) -> None:
    page = soup(client.get("/styleguide/?theme=dark&size=large").content)
    assert (page.html["data-theme"], page.html["data-size"]) == ("dark", "large")


@pytest.mark.django_db
def test_ids_are_unique_and_labels_lead_to_their_fields(client: Client) -> None:
    page = soup(client.get("/styleguide/").content)
    ids = [tag["id"] for tag in page.select("[id]") if tag.find_parent("svg") is None]
    assert len(ids) == len(set(ids))
    assert {label["for"] for label in page.select("label[for]")} <= set(ids)


@pytest.mark.django_db
def test_the_display_switches_are_forms_that_return_here(client: Client) -> None:
    form = soup(client.get("/styleguide/?theme=dark").content).select_one("header form[data-display]")
    assert form["method"] == "post"
    assert form.select_one("[name=next]")["value"] == "/styleguide/?theme=dark"
    answer = client.post(form["action"], {"size": "large", "next": "/styleguide/"})
    assert answer.url == "/styleguide/"
    assert soup(client.get("/styleguide/").content).html["data-size"] == "large"


@pytest.mark.django_db
def test_pages_keep_the_rest_of_the_address(client: Client) -> None:
    page = soup(client.get("/styleguide/?theme=dark").content)
    assert page.select_one(".pages a[rel=next]")["href"] == "?theme=dark&page=3"


@pytest.mark.django_db
def test_a_wrong_field_says_so_in_the_summary_and_beside_the_box(client: Client) -> None:
    page = soup(client.get("/styleguide/").content)
    assert page.select_one(".err a")["href"] == "#id_phone"
    assert page.select_one("#id_phone")["aria-describedby"] == "id_phone_helptext id_phone_error"
    assert page.select_one("#id_phone")["value"] == "138 0000 000"


@pytest.mark.parametrize("address", ENTRANCE)
@pytest.mark.django_db
def test_account_pages_wear_the_same_frame(client: Client, address: str) -> None:
    page = soup(client.get(address).content)
    assert page.select_one("header .brand") is not None
    assert page.select(".entr .fld .inp")
    assert page.select_one(".entr .btn[type=submit]") is not None


@pytest.mark.django_db
def test_a_missing_page_offers_search_and_home(client: Client) -> None:
    response = client.get("/nowhere/at/all/")
    page = soup(response.content)
    assert response.status_code == 404
    assert page.select_one(".big404 form[action='/search/'] [name=q]") is not None
    assert page.select_one(".big404 a[href='/']") is not None


def test_the_page_of_our_own_failure_needs_nothing() -> None:
    page = soup(render_to_string("500.html"))
    assert re.fullmatch(r"\d{6}-\d{6}", page.select_one(".n").text)


def test_messages_are_spoken_and_errors_at_once() -> None:
    request = RequestFactory().get("/")
    html = render_to_string("components/toast.html", {"text": "没送到", "tags": "error"}, request)
    assert soup(html).div["role"] == "alert"


def test_an_amount_with_thousands_is_marked_whole() -> None:
    assert look.figures("罚5,000元以上50,000元以下。") == (
        '罚<b class="n">5,000元以上</b><b class="n">50,000元以下</b>。'
    )
