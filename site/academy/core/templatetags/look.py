"""What the templates need beyond Django's own tags: marks, numerals, and the geometry of the drawings."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypedDict

from django import template
from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    RadioSelect,
    Select,
    Widget,
)
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import escape, format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

register = template.Library()

DIGITS = "零一二三四五六七八九"
RULER = {"done": "d", "now": "h", "right": "ok", "wrong": "x"}
SENTENCE = re.compile(r"[^。！？；\n]+[。！？；\n]*")
# what a kitchen goes by: an amount with its unit and its limit; not the year of a law, nor the number of an article
_NUMERAL = r"(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?|[一二两三四五六七八九十百千万半]+)"
_UNIT = "(?:℃|°C|摄氏度|度|%|％|个工作日|个?小时|分钟|秒钟?|天|日内|日以[上下内]|个月|年以[上下内]|万?元|倍|千克|公斤|kg|毫克|mg|克|g|厘米|cm|米|mm|m)"
AMOUNT = re.compile(
    rf"(?:不(?:少于|低于|超过|高于|大于|小于|得少于|得超过)|至少|最多|高于|低于|超过)?\s*{_NUMERAL}(?:\s*[～~—–-]+\s*{_NUMERAL}|\s*{_UNIT}?\s*[～~至到]\s*{_NUMERAL})?"
    rf"\s*{_UNIT}(?:以[上下内]|左右)?"
)
# About four lines of a source card: a quotation this short is shown whole.
SHORT = 110
STOPS = ("。", "！", "？", "；")


class Mark(NamedTuple):
    char: str
    colour: str


class State(NamedTuple):
    word: str | Promise
    css: str
    mark: Mark


CALLOUTS = {
    "number": Mark("数", "amber"),
    "forbidden": Mark("禁", "red"),
    "why": Mark("因", "blue"),
    "superseded": Mark("旧", "old"),
    "explain": Mark("讲", "blue"),
    "must": Mark("必", "blue"),
}
STATES = {
    "current": State(_("In force"), "now", Mark("据", "green")),
    "stricter": State(_("Stricter · original to be checked"), "chk", Mark("据", "amber")),
    "unverified": State(_("Original to be checked"), "chk", Mark("据", "amber")),
    "superseded": State(_("Superseded"), "old", Mark("据", "old")),
    "repealed": State(_("Repealed"), "old", Mark("据", "old")),
    "teaching": State(_("Teaching"), "tch", Mark("例", "blue")),
}


@register.filter
def item(mapping: Mapping[str, Any] | None, key: object) -> Any:
    """What stands under a key, where there is something."""
    return (mapping or {}).get(str(key))


@register.filter(name="json")
def as_json(value: Any) -> str:
    """For an attribute that a script reads; the template escapes it."""
    return json.dumps(value, ensure_ascii=False)


@register.filter
def way_back(request: HttpRequest) -> str:
    """The page of ours that led here and asked to be gone back to."""
    back = request.GET.get("back", "")
    return back if back.startswith("/") and url_has_allowed_host_and_scheme(back, None) else ""


@register.filter
def numeral(number: int) -> str:
    """1 to 99 as chapters are counted: 四, 十二, 二十; in English 4, 12, 20."""
    if get_language() == "en":
        return str(number)
    tens, ones = divmod(int(number), 10)
    head = "" if tens == 0 else ("十" if tens == 1 else f"{DIGITS[tens]}十")
    return head + (DIGITS[ones] if ones or not tens else "")


@register.filter
def letter(index: int) -> str:
    """The letter of an option: 0 is A."""
    return chr(ord("A") + int(index))


@register.filter
def callout_mark(kind: str) -> Mark:
    return CALLOUTS[kind]


@register.filter
def source_state(state: str) -> State:
    return STATES[str(state)]


@register.filter
def ruler_class(state: str) -> str:
    return RULER.get(state, "")


@register.filter
def headings(table: Any) -> list[str]:
    """The headings of a Wagtail typed table."""
    return [column["heading"] for column in table.columns]


@register.filter
def pair(row: Iterable[Any], columns: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Each cell with its column's heading, so that a table can fold into entries on a phone."""
    return list(zip(row, columns, strict=False))


@register.filter
def thousands(number: int) -> str:
    """14806 as 14,806."""
    return f"{number:,}"


@register.filter
def is_choice(field: BoundField) -> bool:
    """Whether the field is a single box to tick, whose label stands behind it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def changed_after(form: BaseForm, count: int) -> bool:
    """Whether anything is set beyond the first fields, so that it may not be folded away."""
    return any(field.name in form.changed_data for field in form.visible_fields()[count:])


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's widget as we draw it, tied to its hint and its errors."""
    widget = field.field.widget
    attrs: dict[str, str | bool] = {
        "class": f"{widget.attrs.get('class', '')} {_control_class(widget)}".strip()
    }
    described = [f"{field.auto_id}_helptext"] if field.help_text else []
    if field.errors:
        described.append(f"{field.auto_id}_error")
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


def _control_class(widget: Widget) -> str:
    if isinstance(widget, CheckboxInput | RadioSelect | CheckboxSelectMultiple):
        return "box"
    return "sel" if isinstance(widget, Select) else "inp"


@register.filter
def split_stop(text: str) -> tuple[str, str]:
    """A sentence and its full stop apart: citation marks stand between them. Safe text stays safe."""
    return (type(text)(text[:-1]), text[-1]) if text.endswith(STOPS) else (text, "")


@register.filter
def excerpt(text: str, words: str | Sequence[str]) -> str:
    """The sentences of a quotation that hold the deciding words; …… stands for what is left out."""
    wanted = _wanted(words)
    if len(text) <= SHORT or not any(word in text for word in wanted):
        return text
    starts = [(text.find(word), len(word)) for word in wanted if word in text]
    parts, left_out = [], False
    for sentence in SENTENCE.finditer(text):
        if any(start < sentence.end() and sentence.start() < start + size for start, size in starts):
            parts.append(("……" if left_out else "") + sentence.group().strip())
            left_out = False
        else:
            left_out = True
    return "".join(parts) + ("……" if left_out else "")


@register.filter
def marked(text: str, words: str | Sequence[str]) -> SafeString:
    """The deciding words of a quotation, marked; words that do not occur change nothing."""
    pattern = "|".join(re.escape(word) for word in sorted(_wanted(words), key=len, reverse=True))
    parts = re.split(f"({pattern})", text) if pattern else [text]
    return format_html_join("", "{}", ((_mark(part) if i % 2 else part,) for i, part in enumerate(parts)))


@register.filter
def figures(text: str) -> SafeString:
    """The amounts that a sentence turns on, under the pen."""
    parts, end = [], 0
    for amount in AMOUNT.finditer(text):
        parts += [escape(text[end : amount.start()]), format_html('<b class="n">{}</b>', amount.group())]
        end = amount.end()
    return mark_safe("".join([*parts, escape(text[end:])]))


def _wanted(words: str | Sequence[str] | None) -> list[str]:
    return [word for word in ([words] if isinstance(words, str) else words or []) if word]


def _mark(words: str) -> SafeString:
    return format_html("<mark>{}</mark>", words)


class Bars(TypedDict):
    """What stands over one place of a chart: a solid bar, and an outlined one beside it."""

    label: str
    solid: int
    outlined: int
    partial: bool


WIDTH, LEFT, BASELINE, PLOT = 760, 44, 190, 163


@register.inclusion_tag("components/bar_chart.html")
def bar_chart(
    rows: Sequence[Bars], place: str, solid: str, outlined: str, note: str = "", remark: str = ""
) -> dict[str, Any]:
    """The peak and an unfinished place are labelled. `place`, `solid` and `outlined` are the names of what is drawn."""
    peak = max((row["solid"] for row in rows), default=0)
    height = PLOT / max(peak, 1)
    band = (WIDTH - LEFT) / max(len(rows), 1)
    step = _grid_step(peak)
    return {
        "rows": rows,
        "place": place,
        "solid": solid,
        "outlined": outlined,
        "note": note,
        "remark": remark,
        "bars": [_bars(row, LEFT + band * i, band, height, peak) for i, row in enumerate(rows)],
        "grid": [(value, round(BASELINE - value * height, 1)) for value in range(step, peak + 1, step)],
        "peak": next((row for row in rows if row["solid"] == peak > 0), None),
    }


def _grid_step(peak: int) -> int:
    """A round number that fits under the peak at most four times."""
    magnitude = int(10 ** (len(str(max(peak, 1))) - 1))
    steps = (max(1, magnitude * tenths // 10) for tenths in (2, 5, 10, 20, 50))
    return next(step for step in steps if peak / step <= 4)


def _bars(row: Bars, left: float, band: float, height: float, peak: int) -> dict[str, Any]:
    solid, outlined = row["solid"] * height, row["outlined"] * height
    wide = min(22.0, band * 0.34)
    start = left + band / 2 - wide
    return {
        "label": row["label"],
        "partial": row["partial"],
        "labelled": row["partial"] or row["solid"] == peak > 0,
        "value": row["solid"],
        "middle": round(left + band / 2, 1),
        "a": {
            "x": round(start, 1),
            "y": round(BASELINE - solid, 1),
            "w": round(wide, 1),
            "h": round(solid, 1),
        },
        "b": {
            "x": round(start + wide + 0.8, 1),
            "y": round(BASELINE - outlined, 1),
            "w": round(wide * 0.82, 1),
            "h": round(outlined, 1),
        },
        "a_middle": round(start + wide / 2, 1),
    }


@register.filter
def on_scale(number: Any) -> float | None:
    """The degrees of a figure that the scale of 0 to 100℃ can show: not -18℃, and not 「5～60」."""
    if number["unit"].startswith("℃") and re.fullmatch(r"\d{1,3}(\.\d+)?", number["value"], re.ASCII):
        degrees = float(number["value"])
        return degrees if degrees <= 100 else None
    return None


@register.inclusion_tag("components/mini_scale.html")
def mini_scale(own: float) -> dict[str, Any]:
    """0 to 100℃ lying flat, 3.4 units a degree, with the day's number among the fixed limits."""
    limits = {5, 60, 70, own}
    close = {limit for limit in limits if limit != own and abs(limit - own) < 5}
    return {
        "labels": [
            {"x": round(1 + 3.4 * limit, 1), "text": f"{limit:g}", "own": limit == own}
            for limit in sorted(limits - close)
        ],
        "x": round(1 + 3.4 * own, 1),
    }
