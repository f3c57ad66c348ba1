"""The demo's handbook, cases, FAQ and front page. What is there already stays as editors left it."""

import json
from typing import Any

from wagtail.models import Site

from academy.chat.models import ChatSettings
from academy.demo.bodies import body, markdown
from academy.demo.content import FOLDER, read
from academy.library.likely import changes
from academy.library.models import (
    FAQ,
    CaseIndexPage,
    CasePage,
    ChapterPage,
    HandbookIndexPage,
    HandbookPage,
    HomePage,
    LikelyQuestion,
)
from academy.library.tree import ensure_child, ensure_tree
from ingest import likely

SIGNED = ("editor", "reviewer", "edition", "checked_on")


def load_texts() -> None:
    home = ensure_tree()
    _handbook(read("handbook"))
    for case in read("cases"):
        _case(case)
    for entry in read("faq"):
        FAQ.objects.get_or_create(
            question=entry["question"],
            defaults={
                "answer": markdown(entry["answer"]),
                "basis": entry["basis"],
                "state": entry["state"],
            },
        )
    _likely_questions()
    _front_page(home, read("home"))


def _handbook(data: dict[str, Any]) -> None:
    fields = {name: data[name] for name in ("title", "intro", *SIGNED)}
    handbook = ensure_child(HandbookIndexPage.objects.get(), HandbookPage, data["slug"], **fields)
    for chapter in data["chapters"]:
        fields = {name: chapter[name] for name in ("title", "summary", "minutes")}
        blocks = body(chapter["body"], f"{data['slug']}/{chapter['slug']}")
        ensure_child(handbook, ChapterPage, chapter["slug"], **fields, body=blocks)


def _case(data: dict[str, Any]) -> None:
    names = ("title", "kind", "summary", "place", "occurred", "people", "agent", "story")
    fields = {name: data[name] for name in names if data.get(name) is not None}
    signed = {name: read("handbook")[name] for name in SIGNED}
    blocks = body(data["body"], data["slug"])
    ensure_child(CaseIndexPage.objects.get(), CasePage, data["slug"], **fields, **signed, body=blocks)


def _likely_questions() -> None:
    """How kitchens ask about these texts; a text that has some already keeps what editors made of them."""
    keys = likely.read(FOLDER / "likely_questions.jsonl")
    known = set(LikelyQuestion.objects.values_list("title", flat=True))
    changes.add([one for one in keys if one.title not in known], LikelyQuestion.Origin.SHIPPED)


def _front_page(home: HomePage, data: dict[str, Any]) -> None:
    if not home.numbers:
        home.numbers = json.dumps([_block("number", _number(entry)) for entry in data["numbers"]])
        home.save_revision().publish()
    settings = ChatSettings.for_site(Site.objects.get(is_default_site=True))
    if not settings.suggestions:
        questions = [{"post": "", "question": q} for q in data["questions"]]
        settings.suggestions = json.dumps(
            [_block("suggestion", entry) for entry in (*questions, *data["questions_by_post"])]
        )
        settings.save()


def _number(entry: dict[str, Any]) -> dict[str, Any]:
    chapter = ChapterPage.objects.filter(slug=entry["chapter"]).first()
    return {**entry, "value": str(entry["value"]), "chapter": chapter.pk if chapter else None}


def _block(kind: str, value: Any) -> dict[str, Any]:
    return {"type": kind, "value": value}
