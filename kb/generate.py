"""Answers in a chat model's words, every sentence of them held to the passages that it cites."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from itertools import chain

from kb.agreement import elsewhere
from kb.checking import markup, objection, supporting
from kb.checking.clauses import fold
from kb.ports import ChatModel, ChatUnavailable
from kb.prompts import prompt
from kb.text import clean
from kb.types import Answer, Citation, Hit, Passage, Statement, Status

# a longer question is no question (characters)
LONGEST_QUESTION = 200

_MARK = r"[\[【［]\s*\d{1,2}(?:\s*[,，、]\s*\d{1,2})*\s*[\]】］]"
_MARKS = re.compile(rf"\s*{_MARK}")
# a sentence with the marks after it; it is whole when something else follows
_END = r"(?:[。！？!?]+|(?<=[^\W\d])\.(?=[\s\[【［])|\n)[”’」』）)\"]*"
_WHOLE = re.compile(rf"\s*(\S.*?{_END}(?:\s*{_MARK})*)\s*(?=[^\s\[【［])", re.DOTALL)
# harmless markdown before a sentence and around its words
_LEADING = re.compile(
    r"^(?:#{1,6}\s+|>\s+|[-*•·–]\s+|\d{1,2}[.、)）](?!\d)\s*|[（(][\d一二三四五六七八九十]{1,2}[)）]\s*|[①-⑳]\s*)+"
)
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
# all that may be said without a source, for nothing is said with it; it is left out
_POLITE = re.compile(
    r"(?:您好|你好|好的|谢谢|希望(?:以上|这些)?(?:内容|信息|回答)?(?:对您|对你)?(?:能)?有?(?:所)?帮助|以上(?:内容|信息)?(?:仅?供(?:您|你)?参考)|祝(?:您|你)?工作顺利)[。！!.]?"
)

# a statement and the passages that it cites
Named = tuple[Statement, tuple[Passage, ...]]


class Unsupported(Exception):
    """The model said what its passages do not bear out, or nothing; the message says which."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reply may take: seconds until its first piece, between pieces and in all, and characters."""

    first: float = 8
    between: float = 5
    total: float = 25
    characters: int = 1200


async def generate(answer: Answer, model: ChatModel, limits: Limits) -> AsyncGenerator[Statement, None]:
    """Each statement as soon as its sentence is whole and checked; it cites `answer.read` by numbers from 1 on.

    Raises ChatUnavailable, and Unsupported at the first sentence that its passages do not bear out or at an end where nothing
    was said: what was given out before must be taken back then. Polite words without any claim are left out.
    """
    is_silent = True
    async with (
        aclosing(model.stream(prompt("answer").text, _material(answer))) as stream,
        aclosing(_sentences(_pieces(stream, limits))) as found,
    ):
        async for sentence in found:
            # tens of milliseconds: meanwhile others are served
            if statement := await asyncio.to_thread(_statement, sentence, answer.read):
                yield statement
                is_silent = False
    if is_silent:
        raise Unsupported("nothing is said")


def written(answer: Answer, statements: Sequence[Statement]) -> Answer:
    """The answer with these statements, which cite `answer.read`, in place of its own.

    Citations are numbered anew in order of first use, those of `differing` after them, then what only agrees.
    """
    cited = {citation.n: citation.passage for citation in answer.citations}
    own = _named(statements, dict(enumerate(answer.read, 1)))
    others = _named(answer.differing, cited)
    agreeing = [_agreeing(one.text, used, answer.read) for one, used in own]
    used = [*(used for _, used in (*own, *others)), *agreeing]
    number = {passage: n for n, passage in enumerate(dict.fromkeys(chain(*used)), 1)}
    return replace(
        answer,
        statements=_renumbered(own, number, agreeing),
        differing=_renumbered(others, number, [()] * len(others)),
        citations=tuple(Citation(n, passage, _quote(passage, own, others)) for passage, n in number.items()),
    )


def numbered(statements: Sequence[Statement]) -> list[Statement]:
    """The statements with their citations numbered as `written` numbers them, and nothing else of it."""
    used = dict.fromkeys(n for one in statements for n in one.citations)
    number = {n: at for at, n in enumerate(used, 1)}
    return [Statement(one.text, tuple(number[n] for n in one.citations)) for one in statements]


async def rewrite(question: str, earlier: Sequence[str], model: ChatModel, limits: Limits) -> str:
    """A follow-up to these questions, oldest first, as a question that stands alone; itself where no such line comes of it.

    Raises ChatUnavailable.
    """
    lines = [*({"以前的问题": text} for text in earlier), {"追问": question}]
    async with aclosing(model.stream(prompt("rewrite").text, _json(lines))) as stream:
        said = clean("".join([piece async for piece in _pieces(stream, limits)])).strip()
    is_question = said and "\n" not in said and len(said) <= LONGEST_QUESTION and not markup(said)
    return said if is_question and _is_made_of(said, (question, *earlier)) else question


def _is_made_of(said: str, lines: Sequence[str]) -> bool:
    """Whether most of its characters are theirs: a question put in full brings little matter of its own."""
    theirs = set("".join(lines))
    return 2 * sum(letter in theirs for letter in said) >= len(said)


def _named(statements: Sequence[Statement], passages: Mapping[int, Passage]) -> list[Named]:
    return [(statement, tuple(passages[n] for n in statement.citations)) for statement in statements]


def _renumbered(
    named: Sequence[Named], number: Mapping[Passage, int], also: Sequence[tuple[Passage, ...]]
) -> tuple[Statement, ...]:
    return tuple(
        Statement(
            one.text, tuple(number[passage] for passage in used), tuple(number[passage] for passage in same)
        )
        for (one, used), same in zip(named, also, strict=True)
    )


def _agreeing(text: str, used: Sequence[Passage], read: Sequence[Passage]) -> tuple[Passage, ...]:
    """Passages of other texts that say the same."""
    found = elsewhere(text, used[0], [Hit(passage, 0.0) for passage in read]).agreeing
    return tuple(said.passage for said in found if said.passage not in used)


def _quote(passage: Passage, own: Sequence[Named], others: Sequence[Named]) -> str:
    """The passage from the first paragraph that bears out what cites it to the last, verbatim."""
    used = [text for one, passages in own if passage in passages for text in supporting(one.text, passage)]
    used += [fold(one.text) for one, passages in others if passage in passages]
    lines = passage.text.split("\n")
    at = [n for n, line in enumerate(lines) if any(text in fold(line) for text in used)]
    return "\n".join(lines[at[0] : at[-1] + 1]) if at else passage.text


def _material(answer: Answer) -> str:
    passages = [
        {"段落": n, "出处": f"《{passage.title}》{passage.place}", "文字": passage.text}
        | ({"状态": "已被取代"} if passage.status is Status.SUPERSEDED else {})
        for n, passage in enumerate(answer.read, 1)
    ]
    return _json([{"问题": answer.question}, *passages])


def _json(lines: Sequence[Mapping[str, object]]) -> str:
    """One line each: no text can end the string that it stands in, whatever it holds."""
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)


async def _pieces(stream: AsyncIterator[str], limits: Limits) -> AsyncGenerator[str, None]:
    """Those of the stream, while it keeps to the limits. Raises ChatUnavailable."""
    loop = asyncio.get_running_loop()
    end, patience, said = loop.time() + limits.total, limits.first, 0
    while said <= limits.characters:
        try:
            async with asyncio.timeout_at(min(loop.time() + patience, end)):
                piece = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise ChatUnavailable(f"no more after {said} characters") from error
        patience, said = limits.between, said + len(piece)
        yield piece
    raise ChatUnavailable(f"more than {limits.characters} characters")


async def _sentences(pieces: AsyncIterator[str]) -> AsyncGenerator[str, None]:
    """Each with the marks of its citations, as soon as something else follows them."""
    text = ""
    async for piece in pieces:
        text += piece
        while whole := _WHOLE.match(text):
            yield whole[1]
            text = text[whole.end() :]
    if text.strip():
        yield text


def _statement(sentence: str, read: Sequence[Passage]) -> Statement | None:
    """The sentence as plain text; none where it is polite and nothing else. Raises Unsupported."""
    text = _plain(_MARKS.sub("", clean(sentence)))
    marks = "".join(_MARKS.findall(sentence))
    numbers = tuple(dict.fromkeys(int(n) for n in re.findall(r"\d+", marks)))
    if not numbers and (not text or _POLITE.fullmatch(text)):
        return None
    if any(not 1 <= n <= len(read) for n in numbers):
        raise Unsupported(f"cites {numbers} of {len(read)}: {text}")
    if reason := objection(text, [read[n - 1] for n in numbers]):
        raise Unsupported(f"{reason} ({text})")
    return Statement(text, numbers)


def _plain(text: str) -> str:
    """Without the marks of headings, lists and emphasis."""
    return _EMPHASIS.sub(r"\2", _LEADING.sub("", text.strip())).strip()
