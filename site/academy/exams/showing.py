"""What the screen of one question shows, in an exam and in a lesson alike.

Until it is closed nothing here tells what is right.
"""

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.images.models import SourceImageIOError

from academy.exams.marking import SHORT_LENGTH, DrawnOption, DrawnQuestion, cells, is_right

logger = logging.getLogger(__name__)

# a cell is never smaller than a finger (CSS pixels)
FINGER = 44
TEMPLATES = {"order": "order", "match": "match", "short": "short", "hotspot": "picture", "faults": "picture"}


class Picture(NamedTuple):
    url: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One question with what was answered. `name` is that of the form's fields; `named` shows the cells' names."""

    question: DrawnQuestion
    chosen: Sequence[str] = ()
    closed: bool = False
    name: str = "chosen"
    named: bool = False

    def state(self, right: bool, chosen: bool) -> str:
        if not self.closed:
            return ""
        return "right" if right else "wrong" if chosen else ""


def pictures(questions: Sequence[DrawnQuestion]) -> dict[int, Picture]:
    """Of many questions, with one query for the pictures and one for their renditions."""
    numbers = {question.get("image") for question in questions} - {None}
    images = get_image_model().objects.filter(pk__in=numbers).prefetch_renditions("width-1200")
    return {image.pk: picture for image in images if (picture := _picture(image))}


def shown(
    sheet: Sheet,
    number: int | None = None,
    hint: str = "",
    found: Mapping[int, Picture] | None = None,
) -> dict[str, Any]:
    question = sheet.question
    image = question.get("image")
    if found is None:
        found = pictures([question]) if image is not None else {}
    template = TEMPLATES.get(question["kind"], "choices")
    return {
        "template": f"exams/questions/{template}.html",
        "kind": question["kind"],
        "asked": asked(question["kind"]),
        "key": question["key"],
        "stem": question["stem"],
        "name": sheet.name,
        "closed": sheet.closed,
        "named": sheet.named,
        "number": number,
        "hint": hint,
        "picture": found.get(image) if image is not None else None,
        "right": sheet.closed and is_right(question, sheet.chosen),
        **PARTS[template](sheet),
    }


def asked(kind: str) -> str:
    """What is to be done, in a few words."""
    return {
        "multiple": _("several answers; all of them count"),
        "truefalse": _("right or wrong"),
        "order": _("put them in the right order"),
        "match": _("choose for each what it belongs to"),
        "short": _("write the answer"),
        "hotspot": _("point at one place in the picture"),
        "faults": _("point at everything that is wrong in the picture"),
    }.get(kind, _("one answer"))


def _choices(sheet: Sheet) -> dict[str, Any]:
    options = [
        {
            "value": option["key"],
            "text": option["text"],
            "chosen": (chosen := option["key"] in sheet.chosen),
            "state": sheet.state(option["correct"], chosen),
            "feedback": option.get("feedback", "") if sheet.closed and chosen else "",
        }
        for option in sheet.question["options"]
    ]
    return {"options": options}


def _order(sheet: Sheet) -> dict[str, Any]:
    """The options in the order they were put; those that have no place yet follow as they were drawn."""
    by_key = {option["key"]: option for option in sheet.question["options"]}
    put = [key for key in sheet.chosen if key in by_key]
    rows = [_row(sheet, by_key[key], put) for key in [*put, *(key for key in by_key if key not in put)]]
    in_order = sorted(by_key.values(), key=lambda option: option["place"])
    return {
        "rows": rows,
        "places": range(1, len(rows) + 1),
        "answer": [option["text"] for option in in_order] if sheet.closed else [],
    }


def _row(sheet: Sheet, option: DrawnOption, put: Sequence[str]) -> dict[str, Any]:
    place = put.index(option["key"]) + 1 if option["key"] in put else None
    return {
        "key": option["key"],
        "text": option["text"],
        "place": place,
        "state": sheet.state(place == option["place"], place is not None),
        "belongs": option["place"] if sheet.closed else None,
        "feedback": option.get("feedback", "") if sheet.closed else "",
    }


def _match(sheet: Sheet) -> dict[str, Any]:
    chosen = dict(one.split("=", 1) for one in sheet.chosen if "=" in one)
    texts = {pair["key"]: pair["text"] for pair in sheet.question["pairs"]}
    rows = [
        {
            "key": option["key"],
            "text": option["text"],
            "chosen": chosen.get(option["key"], ""),
            "said": texts.get(chosen.get(option["key"], ""), ""),
            "state": sheet.state(chosen.get(option["key"]) == option["pair"], option["key"] in chosen),
            "belongs": texts[option["pair"]] if sheet.closed else "",
            "feedback": option.get("feedback", "") if sheet.closed else "",
        }
        for option in sheet.question["options"]
    ]
    return {"rows": rows, "pairs": sheet.question["pairs"]}


def _short(sheet: Sheet) -> dict[str, Any]:
    return {
        "said": sheet.chosen[0] if sheet.chosen else "",
        "most": SHORT_LENGTH,
        "state": sheet.state(sheet.closed and is_right(sheet.question, sheet.chosen), bool(sheet.chosen)),
        "answer": [option["text"] for option in sheet.question["options"]] if sheet.closed else [],
    }


def _pointed(sheet: Sheet) -> dict[str, Any]:
    question = sheet.question
    faults = [_fault(option, sheet.chosen) for option in question["options"]] if sheet.closed else []
    states = {cell: "right" if fault["found"] else "missed" for fault in faults for cell in fault["cells"]}
    grid = [
        {
            "name": cell,
            "chosen": (chosen := cell in sheet.chosen),
            "state": states.get(cell) or sheet.state(False, chosen),
        }
        for cell in cells(question["columns"], question["rows"])
    ]
    return {"grid": grid, "columns": question["columns"], "lines": question["rows"], "faults": faults}


def _fault(option: DrawnOption, chosen: Sequence[str]) -> dict[str, Any]:
    return {
        "text": option["text"],
        "cells": option["cells"],
        "found": not set(option["cells"]).isdisjoint(chosen),
        "feedback": option.get("feedback", ""),
    }


PARTS = {"choices": _choices, "order": _order, "match": _match, "short": _short, "picture": _pointed}


def least_size(picture: Picture, columns: int, rows: int) -> tuple[int, int]:
    """How wide and high the picture is drawn at least, so that a finger fits into every cell."""
    width = max(columns * FINGER, math.ceil(rows * FINGER * picture.width / picture.height))
    return width, round(width * picture.height / picture.width)


def _picture(image: Any) -> Picture | None:
    """None where its file is gone: the question then says so, and the others are sat all the same."""
    try:
        rendition = image.get_rendition("width-1200")
    except SourceImageIOError:
        logger.exception("The file of picture %s is missing.", image.pk)
        return None
    return Picture(rendition.url, rendition.width, rendition.height, image.default_alt_text)
