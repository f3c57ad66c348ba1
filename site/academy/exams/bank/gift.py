"""Questions in Moodle's GIFT: https://docs.moodle.org/en/GIFT_format.

What GIFT has no place for stands in a comment before the question, `// [difficulty:2] [tag:留样]`, as Moodle itself
writes tags. A question with a picture has no place in GIFT at all.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from academy.exams.bank import rows
from academy.exams.bank.checking import letter
from academy.exams.bank.rows import BankOption, BankQuestion, Problem, Row, true_or_false, truth
from academy.exams.bank.sheets import KINDS
from academy.exams.bank.texts import decoded, plain_text, shows_media
from ingest.load import Unreadable

ESCAPED = "\\~=#{}:->["
# an escaped sign, while the signs that mean something are looked for; `decode` lets nothing of this range in
HELD = {sign: chr(0xE000 + n) for n, sign in enumerate([*ESCAPED, "\n"])}
GIVEN_BACK = str.maketrans({held: sign for sign, held in HELD.items()})
NOTE = re.compile(r"\\.|\[(\w+):|\]")
FORMAT = re.compile(r"\s*\[(html|plain|moodle|markdown)\]")
WEIGHT = re.compile(r"\s*%(-?\d{1,3}(?:\.\d+)?)%")
GAP = "＿＿＿"
# each question below repeats it as tags
LONGEST_PATH = 1000


@dataclass
class Block:
    """The lines of one question, with where they begin and the category they stand under."""

    number: int
    category: str
    lines: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


def read(name: str, data: bytes, most: int) -> Iterator[Row]:
    for count, block in enumerate(_blocks(decoded(data))):
        if count >= most:
            raise Unreadable(_("More than %(n)s questions. Split the file.") % {"n": f"{most:,}"})
        yield _row(block)


def _blocks(text: str) -> Iterator[Block]:
    category, block = "", None
    for number, line in enumerate([*text.split("\n"), ""], 1):
        stripped = line.strip()
        block = block or Block(number, category)
        if stripped.startswith("$CATEGORY:"):
            category = stripped.removeprefix("$CATEGORY:").strip()[:LONGEST_PATH]
            block.category = category
        elif stripped.startswith("//"):
            block.notes += _notes_in(stripped)
        elif stripped:
            block.lines.append(line)
        elif block.lines:
            yield block
            block = None


def _notes_in(line: str) -> Iterator[tuple[str, str]]:
    """`[name:words]`, with brackets in the words escaped. The line is passed once, however many begin and never end."""
    name, begin = "", 0
    for sign in NOTE.finditer(line):
        if sign[0] == "]" and name:
            yield name, line[begin : sign.start()]
            name = ""
        elif sign[1] and not name:
            name, begin = sign[1], sign.end()


def _row(block: Block) -> Row:
    text = _held("\n".join(block.lines))
    before, brace, rest = text.partition("{")
    inside, closing, after = rest.rpartition("}")
    if not brace or not closing:
        return Row(block.number, None, (Problem(rows.ANSWER, _("There is no answer in braces { }.")),))
    before = re.sub(r"^\s*::.*?::", "", before, flags=re.DOTALL)
    is_html = (match := FORMAT.match(before)) is not None and match[1] == "html"
    stem = before[match.end() :] if match else before
    stem = f"{stem}{GAP}{after}" if after.strip() else stem
    inside, _separator, general = inside.partition("####")
    return _question(block, _said(stem, is_html), inside, _said(general, is_html), shows_media(text))


def _question(block: Block, stem: str, inside: str, explanation: str, has_media: bool) -> Row:
    kind, options, problems = _answers(inside)
    if has_media:
        problems.append(Problem(rows.STEM, _("It has a picture or a film in it. Write it by hand.")))
    notes = {name: _plain(value) for name, value in block.notes}
    tags = [_plain(value) for name, value in block.notes if name == "tag"]
    if notes.get("kind") in KINDS:
        kind = notes["kind"]
    for index, option in enumerate(options):
        if said := notes.get(f"feedback{letter(index)}"):
            options[index] = replace(option, feedback=said)
    question = BankQuestion(
        kind=kind,
        stem=stem,
        options=tuple(options),
        explanation=explanation,
        basis=notes.get("basis", ""),
        difficulty=int(notes["difficulty"]) if notes.get("difficulty") in ("1", "2", "3") else 0,
        tags=tuple(dict.fromkeys([*tags_of_category(block.category), *tags])),
    )
    return Row(block.number, question, tuple(problems))


def tags_of_category(path: str) -> list[str]:
    """`$course$/top/第四章/留样` says 第四章 and 留样; a slash in a name is written twice."""
    parts = [part.replace("\0", "/").strip() for part in path.replace("//", "\0").split("/")]
    return [part for part in parts if part and part not in ("top",) and not part.startswith("$")]


def _answers(inside: str) -> tuple[str, list[BankOption], list[Problem]]:
    bare = inside.strip()
    if not bare:
        return _no(
            _("Questions that are answered in one's own words are marked by hand; they have no place here.")
        )
    if bare.startswith("#"):
        return _no(_("Questions with a number and a tolerance have no place here. Write a short answer."))
    if bare.startswith(">"):
        return "order", [BankOption(_said(line)) for line in bare.split("\n")[1:] if line.strip()], []
    if match := re.fullmatch(r"(T|TRUE|F|FALSE)\s*(?:#([^#]*))?(?:#([^#]*))?", bare, re.IGNORECASE):
        is_true = match[1].upper().startswith("T")
        wrong, right = _said(match[2] or ""), _said(match[3] or "")
        return "truefalse", list(true_or_false(is_true, (right, wrong) if is_true else (wrong, right))), []
    if not bare.startswith(("=", "~")):
        return _no(_("The answers begin with neither = nor ~."))
    parts = re.findall(r"([=~])([^=~]*)", bare)
    if any(sign == "~" for sign, _words in parts):
        return _choices(parts)
    if all("->" in words for _sign, words in parts):
        pairs = (words.split("->", 1) for _sign, words in parts)
        return "match", [BankOption(_said(left), pair=_said(right)) for left, right in pairs], []
    return _short([words for _sign, words in parts])


def _no(words: str) -> tuple[str, list[BankOption], list[Problem]]:
    return "", [], [Problem(rows.KIND, words)]


def _choices(parts: Sequence[tuple[str, str]]) -> tuple[str, list[BankOption], list[Problem]]:
    is_single = any(sign == "=" for sign, _words in parts)
    options, problems = [], []
    for index, (sign, words) in enumerate(parts):
        weight, words = _weight(words)
        if is_single and 0 < weight < 100 and sign == "~":
            column = f"{rows.OPTION}{letter(index)}" if index < 26 else rows.OPTION
            problems.append(
                Problem(column, _("Half of a mark is not given here: an answer is right or it is not."))
            )
        text, _hash, feedback = words.partition("#")
        correct = sign == "=" or (weight > 0 and not is_single)
        options.append(BankOption(_said(text), correct, feedback=_said(feedback)))
    return "single" if is_single else "multiple", options, problems


def _short(answers: Sequence[str]) -> tuple[str, list[BankOption], list[Problem]]:
    options, problems = [], []
    for words in answers:
        weight, words = _weight(words)
        if 0 < weight < 100:
            problems.append(
                Problem(rows.ANSWER, _("Half of a mark is not given here: an answer is right or it is not."))
            )
        text, _hash, feedback = words.partition("#")
        options.append(BankOption(_said(text), feedback=_said(feedback)))
    return "short", options, problems


def _weight(words: str) -> tuple[float, str]:
    if match := WEIGHT.match(words):
        return float(match[1]), words[match.end() :]
    return 0, words


def _said(words: str, is_html: bool = False) -> str:
    match = FORMAT.match(words)
    words = (words[match.end() :] if match else words).translate(GIVEN_BACK)
    return plain_text(words) if is_html or (match and match[1] == "html") else words.strip()


def _held(text: str) -> str:
    return re.sub(r"\\(.)", _hold, text, flags=re.DOTALL)


def _hold(match: re.Match[str]) -> str:
    sign = "\n" if match[1] == "n" else match[1]
    return HELD.get(sign, match[0])


def _plain(value: str) -> str:
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], value).strip()


# Writing


def write(questions: Iterable[BankQuestion]) -> Iterator[bytes]:
    left_out = 0
    for question in questions:
        if question.picture:
            left_out += 1
        else:
            yield f"{_written(question)}\n\n".encode()
    if left_out:
        yield f"// {left_out} questions with a picture are not in this file\n".encode()


def _written(question: BankQuestion) -> str:
    notes = "".join(f" [{name}:{_noted(value)}]" for name, value in _notes(question))
    explanation = f"\n####{_escaped(question.explanation)}" if question.explanation else ""
    head = f"//{notes}\n" if notes else ""
    return f"{head}[plain]{_escaped(question.stem)} {{{_inside(question)}{explanation}}}"


def _notes(question: BankQuestion) -> Iterator[tuple[str, str]]:
    yield from (("tag", tag) for tag in question.tags)
    if question.difficulty:
        yield "difficulty", str(question.difficulty)
    if question.basis:
        yield "basis", question.basis
    if question.kind == "truefalse" and truth(question) is None:
        yield "kind", "truefalse"
    if question.kind in ("order", "match"):
        for index, option in enumerate(question.options):
            if option.feedback:
                yield f"feedback{letter(index)}", option.feedback


def _inside(question: BankQuestion) -> str:
    options = question.options
    if (is_true := truth(question)) is not None:
        right, wrong = (options[0], options[1]) if is_true else (options[1], options[0])
        feedback = f"#{_escaped(wrong.feedback)}#{_escaped(right.feedback)}"
        return ("TRUE" if is_true else "FALSE") + (feedback if wrong.feedback or right.feedback else "")
    if question.kind == "order":
        head = f">{len(options)} ALL VERTICAL ALL_OR_NOTHING SHOW none"
        return "\n".join([head, *(_answer(option.text) for option in options)])
    if question.kind == "match":
        return "\n".join(f"={_answer(option.text)} -> {_answer(option.pair)}" for option in options)
    return "\n".join(
        f"{_sign(question, option)}{_answer(option.text)}{_feedback(option)}" for option in options
    )


def _sign(question: BankQuestion, option: BankOption) -> str:
    """A weight also where the words would be taken for one."""
    if question.kind == "multiple":
        share = 100 / sum(one.correct for one in question.options)
        return f"~%{share:.5f}%".replace(".00000", "") if option.correct else "~%-100%"
    if question.kind == "short" or option.correct:
        return "=%100%" if option.text.startswith("%") else "="
    return "~%0%" if option.text.startswith("%") else "~"


def _answer(text: str) -> str:
    return _escaped(text).replace("->", "\\-\\>")


def _feedback(option: BankOption) -> str:
    return f"#{_escaped(option.feedback)}" if option.feedback else ""


def _escaped(text: str) -> str:
    text = re.sub(r"[\\~=#{}:\[]", lambda match: f"\\{match[0]}", text)
    return text.replace("\n", "\\n")


def _noted(value: str) -> str:
    return re.sub(r"[\\\]]", lambda match: f"\\{match[0]}", value).replace("\n", "\\n")
