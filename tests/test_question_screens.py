"""Questions of every kind on the screen: how they are shown, and how their forms come back."""

import random
from collections.abc import Sequence
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.http import QueryDict
from django.template import engines
from django.test import Client

from academy.exams.answers import chosen_from, in_words
from academy.exams.marking import DrawnQuestion, accept, is_right
from academy.exams.showing import Picture
from academy.styleguide.questions import SAMPLES

DRAWN = {drawn["kind"]: drawn for drawn, _begun, _wrong in SAMPLES}
RIGHT = {
    "single": ["b"],
    "multiple": ["a", "c"],
    "truefalse": ["b"],
    "order": ["b", "a", "c"],
    "match": ["a=p2", "b=p1"],
    "short": ["125"],
    "hotspot": ["E1"],
    "faults": ["B2", "F4"],
}


def page(client: Client) -> BeautifulSoup:
    return BeautifulSoup(client.get("/styleguide/").content, "html.parser")


def show(drawn: DrawnQuestion, chosen: Sequence[str] = (), closed: bool = False) -> BeautifulSoup:
    template = engines["django"].from_string(
        "{% load questions %}{% question drawn chosen closed pictures=pictures %}"
    )
    pictures = {0: Picture("/x.jpg", 600, 400, "厨房")}
    html = template.render({"drawn": drawn, "chosen": chosen, "closed": closed, "pictures": pictures})
    return BeautifulSoup(html, "html.parser")


def sent_by(form: BeautifulSoup) -> QueryDict:
    """What a browser would send of this form as it stands."""
    sent = QueryDict(mutable=True)
    for box in form.find_all("input"):
        if box["type"] == "text" or box.has_attr("checked"):
            sent.appendlist(box["name"], box["value"])
    for select in form.find_all("select"):
        chosen = select.find("option", selected=True) or select.find("option")
        sent.appendlist(select["name"], chosen["value"])
    return sent


@pytest.mark.parametrize("kind", DRAWN)
def test_a_form_comes_back_as_the_answer_it_shows(kind: str) -> None:
    drawn = DRAWN[kind]
    answer = accept(drawn, RIGHT[kind])
    assert is_right(drawn, answer)
    assert accept(drawn, chosen_from(drawn, sent_by(show(drawn, answer)))) == answer
    assert chosen_from(drawn, sent_by(show(drawn))) == []


@pytest.mark.parametrize("kind", DRAWN)
def test_nothing_tells_what_is_right_before_it_is_marked(kind: str) -> None:
    drawn = DRAWN[kind]
    one = str(show(drawn))
    for option in drawn["options"]:
        assert option.get("feedback", "§") not in one
    assert not {"right", "wrong", "missed"} & {
        name for tag in show(drawn).find_all(class_=True) for name in tag["class"]
    }
    if kind == "short":
        assert "125" not in one
    if kind in ("hotspot", "faults"):
        assert all(option["text"] not in one for option in drawn["options"])


@pytest.mark.parametrize("kind", DRAWN)
def test_what_is_marked_says_so_in_words_and_can_no_longer_be_answered(kind: str) -> None:
    drawn, wrong = DRAWN[kind], {d["kind"]: w for d, _b, w in SAMPLES}[kind]
    closed = show(drawn, wrong, True)
    assert closed.find("fieldset", disabled=True)
    words = closed.get_text()
    assert any(
        word in words
        for word in (
            "正确",
            "Correct",
            "没找到",
            "Missed",
            "belongs",
            "Belongs",
            "算对",
            "Counts as right",
            "该排",
            "属于",
        )
    )


def test_every_fault_is_named_with_whether_it_was_found() -> None:
    closed = show(DRAWN["faults"], ["B2", "C1"], True)
    found = [item.get_text(" ", strip=True) for item in closed.select(".found li")]
    assert "生熟放在一起" in found[0]
    assert "垃圾桶没盖严" in found[1]
    assert "C1" in found[2]
    assert [item["class"][-1] for item in closed.select(".found li")] == ["right", "wrong", "wrong"]


def test_cells_are_named_for_those_who_do_not_see_them_and_big_enough_for_a_finger() -> None:
    shown = show(DRAWN["hotspot"])
    cells = shown.select(".cell")
    assert len(cells) == 24
    assert cells[13].get_text(strip=True) == "B3"
    image = shown.find("img")
    assert image["alt"] == "厨房"
    assert int(image["width"]) / 6 >= 44
    assert int(image["height"]) / 4 >= 44


def test_places_given_twice_lose_nothing() -> None:
    sent = QueryDict("chosen-a=1&chosen-b=1&chosen-c=2")
    assert chosen_from(DRAWN["order"], sent) == ["a", "b", "c"]
    assert chosen_from(DRAWN["order"], QueryDict("chosen-a=2&chosen-b=&chosen-c=1")) == ["c", "a"]
    assert chosen_from(DRAWN["order"], QueryDict("chosen=b&chosen=a&chosen=c")) == ["b", "a", "c"]
    assert chosen_from(DRAWN["order"], QueryDict("chosen-a=x&chosen-b=１")) == []


def test_answers_in_words_do_not_depend_on_the_order_drawn() -> None:
    drawn = DRAWN["multiple"]
    other: Any = {**drawn, "options": random.sample(drawn["options"], 3)}
    for kind in (drawn, other):
        assert in_words(kind, ["c", "a"]) == in_words(drawn, ["a", "c"])
    assert in_words(DRAWN["order"], ["b", "a"]) == "冲湿、取洗手液 → 搓洗手心手背"
    assert in_words(DRAWN["match"], ["a=p2"]) == "生肉 – 红色"


@pytest.mark.django_db
def test_the_style_guide_shows_every_kind_open_and_marked(client: Client) -> None:
    names = {tag["name"].split("-")[1] for tag in page(client).select("[name^=open-]")}
    assert names == set(DRAWN)
