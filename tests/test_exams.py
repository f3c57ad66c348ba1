from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from academy.accounts.models import User
from academy.exams import admission, drawing, sitting
from academy.exams.marking import DrawnQuestion
from academy.exams.models import Attempt, Paper, PaperQuestion, Question
from academy.exams.screens import review, sitting_screen
from academy.exams.showing import Sheet, shown
from academy.records.refusals import RefusedError
from tests.factories import PaperFactory, QuestionFactory, UserFactory

NOW = timezone.now()
LATER = NOW + timedelta(minutes=31)
PURPOSE = "course:1:1"


@pytest.fixture
def paper(db: None) -> Paper:
    return PaperFactory()


@pytest.fixture
def attempt(worker: User, paper: Paper) -> Attempt:
    return sitting.start(worker, paper, PURPOSE, NOW)


def right(question: DrawnQuestion) -> list[str]:
    return [option["key"] for option in question["options"] if option["correct"]]


def wrong(question: DrawnQuestion) -> list[str]:
    return [option["key"] for option in question["options"] if not option["correct"]][:1]


def answer_all(attempt: Attempt) -> Attempt:
    for question in attempt.questions:
        attempt = sitting.answer(attempt, question["key"], right(question), NOW)
    return attempt


# ── starting ──


def test_an_attempt_exists_from_its_start_with_its_questions_and_deadline(attempt: Attempt) -> None:
    stored = Attempt.objects.get()
    assert len(stored.questions) == 2
    assert stored.deadline == NOW + timedelta(minutes=30)
    assert stored.submitted_at is None


def test_starting_twice_is_one_attempt(attempt: Attempt, worker: User, paper: Paper) -> None:
    again = sitting.start(worker, paper, PURPOSE, NOW + timedelta(minutes=1))
    assert again == attempt
    assert again.questions == attempt.questions
    assert again.deadline == attempt.deadline


def test_started_attempts_count_towards_the_limit_handed_in_or_not(worker: User) -> None:
    paper = PaperFactory(attempts_allowed=2, minutes=10)
    sitting.submit(sitting.start(worker, paper, PURPOSE, NOW), NOW)
    sitting.start(worker, paper, PURPOSE, NOW)
    assert admission.attempts_left(worker, paper, PURPOSE) == 0
    with pytest.raises(RefusedError):
        sitting.start(worker, paper, PURPOSE, NOW + timedelta(minutes=11))
    assert Attempt.objects.count() == 2


def test_without_a_limit_one_may_sit_again_and_again(worker: User) -> None:
    paper = PaperFactory(attempts_allowed=0)
    for _ in range(5):
        sitting.submit(sitting.start(worker, paper, PURPOSE, NOW), NOW)
    assert admission.attempts_left(worker, paper, PURPOSE) is None


def test_attempts_are_counted_for_each_purpose_alone(worker: User) -> None:
    paper = PaperFactory(attempts_allowed=1)
    sitting.submit(sitting.start(worker, paper, PURPOSE, NOW), NOW)
    assert sitting.start(worker, paper, "course:1:2", NOW).purpose == "course:1:2"


def test_whoever_has_passed_does_not_sit_again(attempt: Attempt, worker: User, paper: Paper) -> None:
    assert sitting.submit(answer_all(attempt), NOW).passed
    with pytest.raises(RefusedError):
        sitting.start(worker, paper, PURPOSE, NOW)


def test_a_paper_without_questions_cannot_be_started(worker: User) -> None:
    with pytest.raises(RefusedError):
        sitting.start(worker, PaperFactory(questions=[]), PURPOSE, NOW)
    assert not Attempt.objects.exists()


def test_a_paper_without_a_time_limit_has_no_deadline(worker: User) -> None:
    attempt = sitting.start(worker, PaperFactory(minutes=0), PURPOSE, NOW)
    assert attempt.deadline is None
    assert sitting.submit(attempt, NOW + timedelta(days=9)).reason == Attempt.Reason.BY_HAND


def test_questions_and_choices_keep_the_editors_order_unless_shuffled(worker: User) -> None:
    paper = PaperFactory(shuffle_questions=False, shuffle_choices=False)
    drawn = drawing.draw(paper)
    assert [q["key"] for q in drawn] == [str(entry.question_id) for entry in paper.entries.all()]
    assert [o["text"] for o in drawn[0]["options"]] == ["选项0", "选项1", "选项2", "选项3"]


def test_shuffling_changes_the_order_and_nothing_else(worker: User) -> None:
    paper = PaperFactory(questions=[QuestionFactory() for _ in range(12)])
    draws = [drawing.draw(paper) for _ in range(4)]
    assert len({tuple(q["key"] for q in drawn) for drawn in draws}) > 1
    assert len({frozenset(q["key"] for q in drawn) for drawn in draws}) == 1


def test_right_and_wrong_stay_in_their_order(worker: User) -> None:
    paper = PaperFactory(questions=[QuestionFactory(kind=Question.Kind.TRUEFALSE)])
    assert all([o["text"] for o in drawing.draw(paper)[0]["options"]] == ["选项0", "选项1"] for _ in range(8))


# ── answering ──


def test_the_last_answer_to_a_question_stands(attempt: Attempt) -> None:
    question = attempt.questions[0]
    sitting.answer(attempt, question["key"], wrong(question), NOW)
    sitting.answer(attempt, question["key"], right(question), NOW)
    sitting.answer(attempt, question["key"], right(question), NOW)
    assert Attempt.objects.get().answers == {question["key"]: right(question)}


def test_an_empty_answer_takes_the_answer_back(attempt: Attempt) -> None:
    question = attempt.questions[0]
    sitting.answer(attempt, question["key"], right(question), NOW)
    assert sitting.answer(attempt, question["key"], [], NOW).answers == {}


def test_answers_from_two_tabs_do_not_overwrite_each_other(attempt: Attempt) -> None:
    first, second = attempt.questions
    other_tab = Attempt.objects.get(pk=attempt.pk)
    sitting.answer(attempt, first["key"], right(first), NOW)
    sitting.answer(other_tab, second["key"], right(second), NOW)
    assert len(Attempt.objects.get().answers) == 2


def test_an_answer_at_the_deadline_counts_and_one_after_it_does_not(attempt: Attempt) -> None:
    question = attempt.questions[0]
    assert attempt.deadline
    sitting.answer(attempt, question["key"], right(question), attempt.deadline)
    with pytest.raises(RefusedError):
        sitting.answer(attempt, question["key"], wrong(question), attempt.deadline + timedelta(seconds=1))
    assert Attempt.objects.get().answers == {question["key"]: right(question)}


def test_only_drawn_questions_and_options_are_accepted(attempt: Attempt) -> None:
    question = attempt.questions[0]
    for key, chosen in (("999", []), (question["key"], ["e"]), (question["key"], ["x"])):
        with pytest.raises(RefusedError):
            sitting.answer(attempt, key, chosen, NOW)
    assert Attempt.objects.get().answers == {}


def test_a_question_with_one_answer_takes_one(attempt: Attempt) -> None:
    question = attempt.questions[0]
    with pytest.raises(RefusedError):
        sitting.answer(attempt, question["key"], [o["key"] for o in question["options"]], NOW)


def test_a_flag_is_set_and_taken_away(attempt: Attempt) -> None:
    key = attempt.questions[0]["key"]
    sitting.flag(attempt, key, True, NOW)
    assert sitting.flag(attempt, key, True, NOW).flagged == [key]
    assert sitting.flag(attempt, key, False, NOW).flagged == []


def test_nothing_about_right_or_wrong_is_on_the_screen_before_handing_in(attempt: Attempt) -> None:
    drawn = sitting_screen(attempt, 1, NOW)["item"]["question"]
    options = shown(Sheet(drawn))["options"]
    assert {key for option in options for key in option} <= {"value", "text", "chosen", "state", "feedback"}
    assert {option["state"] for option in options} == {""}
    with pytest.raises(ValueError, match="open"):
        review(attempt)


# ── handing in ──


def test_handing_in_marks_what_was_saved(attempt: Attempt) -> None:
    question = attempt.questions[0]
    attempt = sitting.answer(attempt, question["key"], right(question), NOW)
    attempt = sitting.submit(attempt, NOW)
    assert (attempt.score, attempt.passed, attempt.reason) == (50, False, "by_hand")


def test_handing_in_twice_changes_nothing(attempt: Attempt) -> None:
    first = sitting.submit(answer_all(attempt), NOW)
    second = sitting.submit(first, LATER)
    assert (second.submitted_at, second.score, second.reason) == (NOW, 100, "by_hand")
    with pytest.raises(RefusedError):
        sitting.answer(second, second.questions[0]["key"], [], NOW)


def test_an_expired_attempt_ends_at_its_deadline_with_what_was_saved(attempt: Attempt) -> None:
    attempt = sitting.submit(answer_all(attempt), LATER)
    assert (attempt.submitted_at, attempt.reason) == (attempt.deadline, "expired")
    assert attempt.passed


def test_an_expired_attempt_is_closed_when_the_next_begins(
    attempt: Attempt, worker: User, paper: Paper
) -> None:
    following = sitting.start(worker, paper, PURPOSE, LATER)
    assert following != attempt
    attempt.refresh_from_db()
    assert attempt.reason == Attempt.Reason.EXPIRED


def test_an_attempt_keeps_the_words_and_the_marking_it_was_drawn_with(attempt: Attempt, paper: Paper) -> None:
    for question in Question.objects.all():
        question.stem = "改过"
        for choice in question.choices.all():
            choice.correct = not choice.correct
        question.save()
    Paper.objects.update(pass_mark=100)
    attempt = answer_all(attempt)
    assert sitting.submit(attempt, NOW).passed
    assert "改过" not in {question["stem"] for question in attempt.questions}


def test_deleting_a_paper_deletes_no_attempt(attempt: Attempt, paper: Paper) -> None:
    title = paper.title
    paper.delete()
    kept = Attempt.objects.get()
    assert (kept.paper, kept.paper_title) == (None, title)
    assert sitting.submit(answer_all(kept), NOW).passed


def test_a_question_on_a_paper_is_not_deleted(paper: Paper) -> None:
    with pytest.raises(ProtectedError):
        Question.objects.all().delete()


class AnySitting(TestCase):
    """Whatever is sent, in whatever order: a worker's sheet holds drawn questions and drawn options only."""

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(st.tuples(st.integers(0, 3), st.lists(st.integers(0, 8), max_size=3), st.integers(0, 40)))
    )
    def test_a_sheet_holds_only_what_was_drawn_and_in_time(
        self, sent: list[tuple[int, list[int], int]]
    ) -> None:
        paper = PaperFactory(questions=[QuestionFactory(kind="multiple", right=[0, 2]), QuestionFactory()])
        attempt = sitting.start(UserFactory(), paper, PURPOSE, NOW)
        drawn = {q["key"]: {o["key"] for o in q["options"]} for q in attempt.questions}
        keys, options = [*drawn, "x", "y"], [*sorted(set.union(*drawn.values())), *"tuvwx"]
        late: dict[str, list[str]] | None = None
        for question, chosen_at, minute in sorted(sent, key=lambda one: one[2]):
            chosen = [options[n] for n in chosen_at]
            try:
                attempt = sitting.answer(attempt, keys[question], chosen, NOW + timedelta(minutes=minute))
            except RefusedError:
                late = attempt.answers if minute > 30 else late
        assert all(set(chosen) <= drawn[key] for key, chosen in attempt.answers.items())
        assert late is None or attempt.answers == late
        assert 0 <= (sitting.submit(attempt, LATER).score or 0) <= 100


# ── editing ──


def form_data(kind: str, correct: list[bool]) -> dict[str, str]:
    data = {
        "kind": kind,
        "stem": "肉要烧到多少度？",
        "explanation": "",
        "basis": "",
        "columns": "6",
        "rows": "4",
        "difficulty": "2",
        "tags": "",
        "choices-TOTAL_FORMS": str(len(correct)),
        "choices-INITIAL_FORMS": "0",
        "choices-MIN_NUM_FORMS": "2",
        "choices-MAX_NUM_FORMS": "1000",
    }
    for n, is_correct in enumerate(correct):
        data |= {f"choices-{n}-text": f"选项{n}", f"choices-{n}-ORDER": str(n), f"choices-{n}-id": ""}
        data |= {f"choices-{n}-correct": "on"} if is_correct else {}
    return data


def test_editors_write_a_question_with_its_choices(staff_client: Client) -> None:
    url = reverse("wagtailsnippets_exams_question:add")
    assert staff_client.get(url).status_code == 200
    response = staff_client.post(url, form_data("single", [False, True, False]))
    assert response.status_code == 302
    assert [choice.correct for choice in Question.objects.get().choices.all()] == [False, True, False]


def test_editors_are_told_when_the_choices_do_not_fit(staff_client: Client) -> None:
    url = reverse("wagtailsnippets_exams_question:add")
    response = staff_client.post(url, form_data("single", [True, True]))
    assert response.status_code == 200
    assert response.context["form"].non_field_errors()
    assert not Question.objects.exists()


def test_the_question_bank_is_listed_filtered_and_searched(staff_client: Client) -> None:
    QuestionFactory(stem="生熟案板能不能混用？")
    QuestionFactory(stem="留样要多少克？", kind="multiple")
    url = reverse("wagtailsnippets_exams_question:list")
    found = staff_client.get(url, {"q": "案板"}).content.decode()
    assert "生熟案板" in found
    assert "留样" not in found
    assert "生熟案板" not in staff_client.get(url, {"kind": "multiple"}).content.decode()


def test_questions_are_chosen_for_a_paper_by_any_words_in_them(staff_client: Client) -> None:
    QuestionFactory(stem="生熟案板能不能混用？")
    QuestionFactory(stem="留样要多少克？")
    url = reverse(Question.snippet_viewset.chooser_viewset.get_url_name("choose_results"))
    found = staff_client.get(url, {"q": "多少"}).content.decode()
    assert "留样" in found
    assert "案板" not in found


def test_papers_are_listed_with_what_they_ask(staff_client: Client) -> None:
    PaperFactory(title="结业考试")
    assert staff_client.get(reverse("wagtailsnippets_exams_paper:add")).status_code == 200
    assert "结业考试" in staff_client.get(reverse("wagtailsnippets_exams_paper:list")).content.decode()


def test_a_pass_mark_is_a_percentage() -> None:
    with pytest.raises(ValidationError):
        Paper(title="x", pass_mark=101).full_clean()


def test_a_question_stands_once_on_a_paper(paper: Paper) -> None:
    question = paper.entries.first().question
    with pytest.raises(ValidationError):
        PaperQuestion(paper=paper, question=question).full_clean()
