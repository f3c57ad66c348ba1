import json
import random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from academy.exams.marking import accept, is_right
from academy.exams.models import Choice, Question
from academy.exams.snapshots import snapshot, snapshots
from tests.factories import QuestionFactory

pytestmark = pytest.mark.django_db
Kind = Question.Kind


def question(kind: str, *choices: dict[str, Any], **fields: Any) -> Question:
    made = Question(kind=kind, stem="怎么做？", **fields)
    made.choices.set([Choice(sort_order=n, **choice) for n, choice in enumerate(choices)])
    made.save()
    return made


def test_option_keys_tell_the_place_on_the_screen_and_nothing_else() -> None:
    written = QuestionFactory()
    keys = {tuple(o["key"] for o in snapshot(written)["options"]) for _ in range(20)}
    assert keys == {("a", "b", "c", "d")}
    assert {o["key"] for _ in range(60) for o in snapshot(written)["options"] if o["correct"]} == set("abcd")


def test_a_snapshot_names_the_banks_own_choice_and_version() -> None:
    written = QuestionFactory(version=3)
    drawn = snapshot(written, shuffle=False)
    assert [o["choice"] for o in drawn["options"]] == [c.pk for c in written.choices.all()]
    assert drawn["version"] == 3
    assert json.loads(json.dumps(drawn)) == drawn


def test_right_or_wrong_is_never_shuffled() -> None:
    written = QuestionFactory(kind="truefalse")
    assert {tuple(o["text"] for o in snapshot(written)["options"]) for _ in range(20)} == {("选项0", "选项1")}


def test_steps_are_never_shown_in_the_right_order() -> None:
    written = question("order", *({"text": text} for text in "洗切煮"))
    drawn = [snapshot(written, shuffle=False, rng=random.Random(seed)) for seed in range(60)]
    assert all([o["place"] for o in one["options"]] != [1, 2, 3] for one in drawn)
    right = sorted(drawn[0]["options"], key=lambda o: o["place"])
    assert "".join(o["text"] for o in right) == "洗切煮"
    assert is_right(drawn[0], [o["key"] for o in right])


def test_what_two_belong_to_stands_on_the_right_once() -> None:
    written = question(
        "match",
        {"text": "猪肉", "pair": "红"},
        {"text": "牛肉", "pair": "红"},
        {"text": "青菜", "pair": "绿"},
    )
    drawn = snapshot(written)
    assert [o["text"] for o in drawn["options"]] == ["猪肉", "牛肉", "青菜"]
    assert sorted(pair["text"] for pair in drawn["pairs"]) == ["红", "绿"]
    colour = {pair["text"]: pair["key"] for pair in drawn["pairs"]}
    answer = [f"a={colour['红']}", f"b={colour['红']}", f"c={colour['绿']}"]
    assert is_right(drawn, accept(drawn, answer))


def test_faults_lie_in_cells_of_the_grid() -> None:
    written = question("faults", {"text": "生熟混放", "cells": "b2，c2"}, {"text": "没戴帽子", "cells": "A1"})
    drawn = snapshot(written)
    assert (drawn["columns"], drawn["rows"]) == (6, 4)
    assert [o["cells"] for o in drawn["options"]] == [["B2", "C2"], ["A1"]]
    assert is_right(drawn, accept(drawn, ["C2", "A1"]))


def test_many_questions_are_taken_in_few_queries() -> None:
    asked = Question.objects.filter(pk__in=[QuestionFactory().pk for _ in range(8)])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        drawn = snapshots(asked)
    assert [len(one["options"]) for one in drawn] == [4] * 8
    assert len(queries) == 2
