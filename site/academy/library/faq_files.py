"""FAQ entries from sheets that editors fill in, as they are exported."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.html import escape
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from academy.accounts.models import User
from academy.core.blocks import STATES, TEXT_FEATURES
from academy.library.models import FAQ
from ingest import tabular
from ingest.load import Unreadable
from kb.text import clean

FILE_BYTES, ROWS = 2_000_000, 2_000
HEADS = {
    "question": ("问题", "提问", "question"),
    "wordings": ("其他问法", "别的问法", "wordings"),
    "unlike": ("不是问这个", "不该匹配的问法", "unlike"),
    "answer": ("答复", "答案", "回答", "answer"),
    "basis": ("依据", "出处", "basis"),
    "state": ("状态", "效力", "state"),
    "published": ("发布", "是否发布", "published"),
}
NAMES = {name: spellings[0] for name, spellings in HEADS.items()}
_YES, _NO = ("是", "true", "1", "yes"), ("否", "false", "0", "no")
# the editor writes rich text as blocks; each writing numbers them anew
_BLOCK_KEY = re.compile(' data-block-key="[^"]*"')


@dataclass
class Sheet:
    """What a file says: by question the fields that it gives, and what is wrong, each with its line."""

    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def read(name: str, data: bytes) -> Sheet:
    """Raises Unreadable for a file that is no list of questions at all."""
    if len(data) > FILE_BYTES:
        raise Unreadable("文件超过 2 MB，请拆成几份再导入。")
    sheet = Sheet()
    known = set(FAQ.objects.values_list("question", flat=True))
    for number, row in tabular.rows(name, data, HEADS, ROWS):
        try:
            fields = _fields(row, known)
        except ValidationError as error:
            sheet.errors += [f"第 {number} 行：{words}" for words in _words(error)]
            continue
        if fields["question"] in sheet.entries:
            sheet.errors.append(f"第 {number} 行：“{fields['question']}”在文件里已经有了。")
        sheet.entries[fields["question"]] = fields
    if not sheet.entries and not sheet.errors:
        raise Unreadable("文件里没有问题。")
    return sheet


@transaction.atomic
def take_in(entries: Mapping[str, Mapping[str, Any]], user: User | None = None) -> tuple[int, int]:
    """New entries, and entries that say something else now. What a file leaves empty stays as it is."""
    added = changed = 0
    there = {one.question: one for one in FAQ.objects.filter(question__in=entries)}
    for question, fields in entries.items():
        one = there.get(question, FAQ())
        if all(_bare(getattr(one, name)) == _bare(value) for name, value in fields.items()):
            continue
        added, changed = added + (one.pk is None), changed + (one.pk is not None)
        for name, value in fields.items():
            setattr(one, name, value)
        one.changed_by = user
        one.save()
    return added, changed


def _fields(row: Mapping[str, str], known: set[str]) -> dict[str, Any]:
    """What the row gives, as it will be saved. Raises ValidationError."""
    given = {name: value for name in HEADS if (value := clean(row.get(name, "")).strip())}
    fields: dict[str, Any] = dict(given)
    if "answer" in given:
        fields["answer"] = rich(given["answer"])
    elif given.get("question") not in known:
        raise ValidationError({"answer": "没有写。"})
    if "state" in given:
        fields["state"] = _state(given["state"])
    if "published" in given:
        fields["published"] = _truth(given["published"])
    whole = FAQ(**{"answer": "-", **fields})
    whole.full_clean(exclude=["changed_by"], validate_unique=False)
    return {name: value if name == "answer" else getattr(whole, name) for name, value in fields.items()}


def _state(word: str) -> str:
    states = {str(label): value for value, label in STATES} | {value: value for value, _label in STATES}
    if word not in states:
        raise ValidationError({"state": f"没有“{word}”这种状态。"})
    return states[word]


def _truth(word: str) -> bool:
    if word.lower() not in (*_YES, *_NO):
        raise ValidationError({"published": "请写“是”或“否”。"})
    return word.lower() in _YES


def rich(text: str) -> str:
    """Plain lines, or the HTML of an export, as the admin's editor would have saved it: it keeps no script and no
    link that it does not know."""
    is_html = re.match(r"<(p|ul|ol|h\d)\b", text)
    html = text if is_html else "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())
    converter = ContentstateConverter(TEXT_FEATURES)
    try:
        return str(converter.to_database_format(converter.from_database_format(html)))
    # whatever it trips over in HTML that nobody's editor wrote
    except Exception as error:
        raise ValidationError({"answer": "里面的格式读不懂，请写成普通文字。"}) from error


def _bare(value: Any) -> Any:
    return _BLOCK_KEY.sub("", value) if isinstance(value, str) else value


def _words(error: ValidationError) -> list[str]:
    return [
        f"{NAMES.get(name, name)}：{words}" for name, them in error.message_dict.items() for words in them
    ]
