"""Questions in Moodle's XML: https://docs.moodle.org/en/Moodle_XML_format.

What it has no place for stands in an element of our own, `<bank difficulty="2" basis="…"/>`, which Moodle passes over.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from academy.exams.bank import rows
from academy.exams.bank.checking import letter
from academy.exams.bank.gift import LONGEST_PATH, tags_of_category
from academy.exams.bank.rows import BankOption, BankQuestion, Problem, Row, true_or_false, truth
from academy.exams.bank.sheets import KINDS
from academy.exams.bank.texts import plain_text, shows_media
from ingest.load import Unreadable
from kb.text import clean

# lxml has no types
Element = Any
READ = {"multichoice", "truefalse", "shortanswer", "matching", "ordering"}
AS_WRITTEN = {"plain_text", "moodle_auto_format", "markdown"}


def read(name: str, data: bytes, most: int) -> Iterator[Row]:
    """Entities are not looked up, and nothing is fetched: a document that declares its own is refused."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(_("This is no XML that can be read.")) from error
    if tree.getroottree().docinfo.doctype or tree.tag != "quiz":
        raise Unreadable(_("This is no Moodle XML: its outermost element has to be <quiz>."))
    category, count = "", 0
    for node in tree.iter("question"):
        if node.get("type") == "category":
            category = _plain(node.find("category"))[:LONGEST_PATH]
            continue
        count += 1
        if count > most:
            raise Unreadable(_("More than %(n)s questions. Split the file.") % {"n": f"{most:,}"})
        yield _row(node, category, count)


def _row(node: Element, category: str, number: int) -> Row:
    said = node.get("type", "")
    if said not in READ:
        words = _("Questions of the type “%(type)s” have no place here.") % {"type": said}
        return Row(number, None, (Problem(rows.KIND, words),))
    kind, options, problems = _answers(said, node)
    extra = node.find("bank")
    more = dict(extra.attrib) if extra is not None else {}
    if _has_media(node):
        problems.append(Problem(rows.STEM, _("It has a picture or a film in it. Write it by hand.")))
    tags = [_plain(tag) for tag in node.iterfind("tags/tag")]
    question = BankQuestion(
        kind=more["kind"] if more.get("kind") in KINDS else kind,
        stem=_text(node.find("questiontext")),
        options=tuple(_with_feedback(options, more)),
        explanation=_text(node.find("generalfeedback")),
        basis=clean(more.get("basis", "")).strip(),
        difficulty=int(more["difficulty"]) if more.get("difficulty") in ("1", "2", "3") else 0,
        tags=tuple(dict.fromkeys(tag for tag in [*tags_of_category(category), *tags] if tag)),
    )
    return Row(number, question, tuple(problems))


def _answers(said: str, node: Element) -> tuple[str, list[BankOption], list[Problem]]:
    answers = list(node.iterfind("answer"))
    if said == "matching":
        pairs = node.iterfind("subquestion")
        return "match", [BankOption(_text(one), pair=_plain(one.find("answer"))) for one in pairs], []
    if said == "ordering":
        return "order", [BankOption(_text(one), feedback=_feedback(one)) for one in answers], []
    if said == "truefalse":
        return "truefalse", *_true_or_false(answers)
    fractions = [_fraction(one) for one in answers]
    is_single = said == "multichoice" and _word(node, "single") not in ("false", "0")
    problems = []
    if (is_single or said == "shortanswer") and any(0 < fraction < 100 for fraction in fractions):
        words = _("Half of a mark is not given here: an answer is right or it is not.")
        problems.append(Problem(rows.ANSWER, words))
    if said == "shortanswer":
        right = [one for one, fraction in zip(answers, fractions, strict=True) if fraction > 0]
        return "short", [BankOption(_text(one), feedback=_feedback(one)) for one in right], problems
    options = [
        BankOption(_text(one), fraction > 0, feedback=_feedback(one))
        for one, fraction in zip(answers, fractions, strict=True)
    ]
    return "single" if is_single else "multiple", options, problems


def _true_or_false(answers: list[Element]) -> tuple[list[BankOption], list[Problem]]:
    by_word = {rows.says_true(_text(one)): one for one in answers}
    if set(by_word) != {True, False}:
        return [], [Problem(rows.ANSWER, _("Write true or false."))]
    is_true = _fraction(by_word[True]) > 0
    feedback = _feedback(by_word[True]), _feedback(by_word[False])
    return list(true_or_false(is_true, feedback)), []


def _with_feedback(options: list[BankOption], more: dict[str, str]) -> Iterator[BankOption]:
    for index, option in enumerate(options):
        said = clean(more.get(f"feedback{letter(index)}", "")).strip() if index < 26 else ""
        yield BankOption(option.text, option.correct, option.pair, option.cells, said or option.feedback)


def _has_media(node: Element) -> bool:
    return node.find(".//file") is not None or any(shows_media(text.text or "") for text in node.iter("text"))


def _plain(node: Element) -> str:
    return "" if node is None else clean(node.findtext("text") or "").strip()


def _text(node: Element) -> str:
    """Without a word on how it is written, Moodle takes it for HTML."""
    words = _plain(node)
    if node is None or node.get("format") in AS_WRITTEN or not re.search(r"<[a-zA-Z/!]|&\w+;|&#", words):
        return words
    return plain_text(words)


def _feedback(node: Element) -> str:
    return _text(node.find("feedback"))


def _word(node: Element, name: str) -> str:
    return (node.findtext(name) or "").strip().lower()


def _fraction(node: Element) -> float:
    said = node.get("fraction", "0")
    return float(said) if re.fullmatch(r"-?\d{1,4}(\.\d{1,12})?", said, re.ASCII) else 0


# Writing


def write(questions: Iterable[BankQuestion]) -> Iterator[bytes]:
    left_out = 0
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
    for question in questions:
        if question.picture:
            left_out += 1
        else:
            yield etree.tostring(_written(question), encoding="utf-8", pretty_print=True)
    if left_out:
        yield f"<!-- {left_out} questions with a picture are not in this file -->\n".encode()
    yield b"</quiz>\n"


def _written(question: BankQuestion) -> Element:
    said = _type(question)
    node = etree.Element("question", type=said)
    _put(node, "name", question.stem[:80], "")
    _put(node, "questiontext", question.stem)
    _put(node, "generalfeedback", question.explanation)
    for name, value in _settings(question, said):
        etree.SubElement(node, name).text = value
    for option in question.options:
        _put_option(node, question, option, said)
    if question.tags:
        tags = etree.SubElement(node, "tags")
        for tag in question.tags:
            _put(tags, "tag", tag, "")
    if more := _more(question, said):
        etree.SubElement(node, "bank", more)
    return node


def _type(question: BankQuestion) -> str:
    if question.kind == "truefalse" and truth(question) is not None:
        return "truefalse"
    types = {"order": "ordering", "match": "matching", "short": "shortanswer"}
    return types.get(question.kind, "multichoice")


def _settings(question: BankQuestion, said: str) -> Iterator[tuple[str, str]]:
    yield from (("defaultgrade", "1"), ("penalty", "0"), ("hidden", "0"))
    if said == "multichoice":
        yield "single", "false" if question.kind == "multiple" else "true"
        yield from (("shuffleanswers", "true"), ("answernumbering", "ABCD"))
    if said == "matching":
        yield "shuffleanswers", "true"
    if said == "shortanswer":
        yield "usecase", "0"
    if said == "ordering":
        # every item in one column, all right or nothing
        yield from (("layouttype", "VERTICAL"), ("selecttype", "ALL"), ("gradingtype", "ALL_OR_NOTHING"))


def _put_option(node: Element, question: BankQuestion, option: BankOption, said: str) -> None:
    if said == "matching":
        _put(_put(node, "subquestion", option.text), "answer", option.pair, "")
        return
    is_first = option is question.options[0]
    text = {True: "true", False: "false"}[is_first] if said == "truefalse" else option.text
    answer = _put(node, "answer", text)
    answer.set("fraction", _share(question, option))
    _put(answer, "feedback", option.feedback)


def _share(question: BankQuestion, option: BankOption) -> str:
    if question.kind in ("short", "order"):
        return "100"
    if question.kind == "multiple":
        count = sum(one.correct for one in question.options)
        return f"{100 / count:.5f}" if option.correct else "-100"
    return "100" if option.correct else "0"


def _more(question: BankQuestion, said: str) -> dict[str, str]:
    more = {"kind": "truefalse"} if question.kind == "truefalse" and said != "truefalse" else {}
    more |= {"difficulty": str(question.difficulty)} if question.difficulty else {}
    more |= {"basis": _legal(question.basis)} if question.basis else {}
    if said == "matching":
        feedback = {f"feedback{letter(n)}": _legal(o.feedback) for n, o in enumerate(question.options)}
        more |= {name: words for name, words in feedback.items() if words}
    return more


def _put(parent: Element, name: str, words: str, written: str = "plain_text") -> Element:
    node = etree.SubElement(parent, name, {"format": written} if written else {})
    etree.SubElement(node, "text").text = _legal(words)
    return node


def _legal(words: str) -> str:
    """What XML 1.0 can hold."""
    return clean(words).replace("\ufffe", "").replace("\uffff", "")
