"""A bank of questions, a paper of them, and attempts enough that every question has figures."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from taggit.models import Tag

from academy.demo.simulated.learning import Learned, course_key
from academy.demo.simulated.people import People
from academy.demo.simulated.plan import Plan, moment
from academy.demo.simulated.writing import write
from academy.exams.marking import DrawnQuestion
from academy.exams.models import Attempt, Choice, Paper, PaperDraw, Question
from academy.exams.snapshots import snapshots
from academy.reports.facts import Column

# what a question asks stands in no text, so no number is taught by it
SCENES = (
    "收货",
    "验收",
    "解冻",
    "切配",
    "烹调",
    "凉菜制作",
    "装盒",
    "配送",
    "洗碗",
    "收工清洁",
    "员工晨检",
    "盘点库房",
)
ASKED = ("先看什么", "最该防住哪一件事", "出了差错先做什么", "谁来签字", "做完怎样留下记录")
CHOICES = ("按制度做并记下来", "等别人来做", "凭经验估计", "下次再说")
TAG, TITLE = "模拟", "模拟试卷"
PER_PAPER, PASS_MARK, MINUTES = 10, 60, 30
ATTEMPTS_AT_MOST = 20_000
FIELDS = (
    "user", "purpose", "paper", "paper_title", "pass_mark", "drawn", "answers", "flagged", "started_at", "deadline", "submitted_at",
    "reason", "score", "passed", "settled",
)  # fmt: skip


def build_bank(plan: Plan, people: People, learned: Learned) -> int:
    chance = plan.chance(9)
    questions = [_question(scene, asked) for scene in SCENES for asked in ASKED]
    paper = Paper(title=TITLE, pass_mark=PASS_MARK, minutes=MINUTES)
    paper.draws = [PaperDraw(tag=Tag.objects.get(name=TAG), count=PER_PAPER)]
    paper.save()
    which = np.sort(chance.permutation(len(learned))[: min(ATTEMPTS_AT_MOST, len(learned) // 10)])
    write(
        Attempt,
        FIELDS,
        _attempts(people, learned, which, snapshots(questions, shuffle=False), paper, chance),
        len(which),
    )
    return len(which)


def _question(scene: str, asked: str) -> Question:
    question = Question(kind=Question.Kind.SINGLE, stem=f"（模拟题）{scene}时，{asked}？", basis="模拟数据")
    question.choices = [Choice(text=text, correct=n == 0, sort_order=n) for n, text in enumerate(CHOICES)]
    question.tags.add(TAG)
    question.save()
    return question


def _attempts(
    people: People,
    learned: Learned,
    which: Column,
    asked: list[DrawnQuestion],
    paper: Paper,
    chance: np.random.Generator,
) -> Iterator[tuple[Any, ...]]:
    texts, keys = [json.dumps(one) for one in asked], [one["key"] for one in asked]
    hard = chance.normal(-1.2, 1.0, len(asked))
    able = chance.normal(0, 1, len(which))
    for nth, n in enumerate(which.tolist()):
        drawn = chance.permutation(len(asked))[:PER_PAPER]
        right = chance.random(PER_PAPER) < 1 / (1 + np.exp(hard[drawn] - able[nth]))
        wrong = chance.integers(1, len(CHOICES), PER_PAPER)
        chosen = np.where(right, 0, wrong).tolist()
        answers = {keys[q]: ["abcd"[choice]] for q, choice in zip(drawn.tolist(), chosen, strict=True)}
        score, ended = int(100 * right.sum() // PER_PAPER), int(learned.at[n])
        begun = ended - int(chance.integers(240, 1500))
        purpose = f"{course_key(int(learned.course[n]))}:{learned.edition[n]}"
        yield (
            int(people.pks[people.jobs.person[learned.job[n]]]), purpose, paper.pk, TITLE, PASS_MARK, f"[{', '.join(texts[q] for q in drawn)}]",
            json.dumps(answers), "[]", moment(begun), moment(begun + 60 * MINUTES), moment(ended), Attempt.Reason.BY_HAND.value, score,
            score >= PASS_MARK, True,
        )  # fmt: skip
