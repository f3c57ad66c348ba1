"""Sentences that may answer a question, the one that answers it most directly first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.evidence import Weighing
from kb.faq import same_sense
from kb.kinds import are_apart, foods, stored
from kb.question import Asked
from kb.text import dice, grams, sentences
from kb.titles import is_story
from kb.types import Hit, Passage, Status

# a heading is no longer than this
NAME = 22
# shorter words before a colon, such as 「附件5：」, open no list; before other words of their line they only begin
LEAD = 8
# what goes on with the sentence before is not quoted without it, unless both together are longer (characters)
LONGEST = 260
# what a sentence gains by its passage's rank, by an amount where one is asked for, and by a yes or no where that is
BY_PASSAGE, BY_AMOUNT, BY_VERDICT = 0.7, 0.8, 0.1
# what it loses where it is not in force, or only tells what once happened
BY_STATUS, BY_STORY = 0.1, 0.3
# how far what a heading speaks of counts for the sentences under it
HEADED = 0.4
# two questions with this likeness, and more, ask the same
ALIKE = 0.35
# a yes or no is quoted from a question that is at least half so alike
TRUSTED = 0.5
# and a fine from one that is so alike: 「罚多少」 is in all of them
SAME = 0.8
# how near a likely question under the same heading must be to stand for it (`Hit.asked`)
LIKELY = 0.85
# and how sure a reader (`Hit.read`)
READ = 0.5

_MARK = r"[（(]\s*[一二三四五六七八九十\d]+\s*[）)]|\d{1,3}\s*[．.、]|[一二三四五六七八九十]+、"
_VERDICT = "(?:不?(?:能|行|可以|要|用|是|会|得|对|收|买)|没有)"
_OPENS = re.compile(f"(?:{_MARK}|{_VERDICT}(?=[，。：]))")
# 「；拒不改正的，处……」 says nothing without what comes before
_GOES_ON = re.compile(
    "(?:拒不|逾期|情节(?:较|特别)?严重|但是?|否则|其中|造成.{0,12}(?:后果|损[失害])|前款|前项|同时|并(?:处|可)|不足.{1,8}的[，,]|违法生产经营的[^；。]{0,24}货值)"
)
# a row of a table as it is told: 「看什么：温度表，不对怎么办：……」
_ROW = re.compile("[^：。；]{1,12}：[^：]+，[^：，。；]{1,12}：")
# and of what it goes by: 「按从严写法，待核现行原文。」
_REMARK = re.compile(r"[^\d，。]{0,8}，?待核(?:现行)?原文。?$")
# what a text says of its own past
_OLD = re.compile("以前的写法|旧的?写法|已被取代|已经?废止|不要再用")
_BARE_VERDICT = re.compile(f"{_VERDICT}[，。：]")
_DECIDES = re.compile(f"^{_VERDICT}[，。：]|不得|禁止|严禁|不能|不可以|不要|不再|应当|必须|可以|马上")
_ASKS_WHETHER = re.compile("能不能|行不行|可不可以|要不要|算不算|能.*[吗不]|行不|犯法|[吗不么][？?]?$")
_HAPPENED = re.compile(r"\d{4}年\d{1,2}月")
_AMOUNT = re.compile(
    r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百千万半]+)\s*"
    "(?:℃|°C|度|%|％|个?小时|分钟|秒|天|日|周|个?月|年|倍|万?元|公斤|千克|kg|毫克|克|mg|g|厘米|cm|米|mm|人|次|个|名)"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, where it stands in its passage, and how well it would."""

    passage: Passage
    at: int
    text: str
    coverage: float
    score: float
    # it tells what once happened
    is_story: bool = False
    # it is not in force, or tells what once was
    is_old: bool = False
    # the share of the question that it speaks of with its heading; all of it where a likely question or a reader says so
    spoken_of: float = 1.0


def candidates(hits: Sequence[Hit], weighing: Weighing) -> list[Candidate]:
    """The sentences of the hits, best first; headings are none, nor is a yes or no to another question."""
    spoken = [weighing.coverage(hit.passage.embedded) for hit in hits]
    most = max(spoken, default=0.0)
    found = [
        _candidate(hit, at, text, weighing, around, most)
        for hit, around in zip(hits, spoken, strict=True)
        for at, text in enumerate(statements(hit.passage.text))
        if not (names(text) or _REMARK.match(text)) and _is_for(weighing.asked, hit, at, text)
    ]
    return sorted(found, key=lambda candidate: -candidate.score)


def statements(text: str) -> list[str]:
    """The text's sentences; an item's name, a bare yes or no, or the few words a line begins with stand with the sentence
    that follows; what goes on with a sentence stands with it, and a row of a table is one."""
    return [statement for line in text.split("\n") for statement in _of_line(line)]


def _of_line(line: str) -> list[str]:
    if _ROW.match(line) and len(line) <= LONGEST:
        return [line.strip()]
    found: list[tuple[int, int]] = []
    end, begun = 0, None
    for sentence in sentences(line):
        start = line.index(sentence, end)
        end = start + len(sentence)
        if begun is None and _only_begins(sentence, is_first=not found):
            begun = start
            continue
        start, begun = start if begun is None else begun, None
        if found and _GOES_ON.match(sentence) and end - found[-1][0] <= LONGEST:
            start = found.pop()[0]
        found.append((start, end))
    if begun is not None:
        found.append((begun, end))
    return [line[start:end] for start, end in found]


def _only_begins(sentence: str, is_first: bool) -> bool:
    is_lead = is_first and len(sentence) <= LEAD and sentence.endswith("。")
    return is_lead or bool(_OPENS.match(sentence) and len(sentence) <= NAME)


def names(text: str) -> bool:
    """Whether it is a heading, which says nothing by itself."""
    if text.endswith(("：", ":")):
        return len(text) < LEAD
    return len(text) <= NAME and not re.search("[。；！？，]", text)


def is_item(text: str) -> bool:
    return bool(re.match(_MARK, text))


def _candidate(hit: Hit, at: int, text: str, weighing: Weighing, around: float, most: float) -> Candidate:
    """`around` is how much its passage speaks of the question, `most` how much the one that speaks most of it does."""
    passage, asked = hit.passage, weighing.asked
    heading, held = _heading(passage), set(grams(text))
    own, headed = weighing.coverage_by(held), weighing.coverage_by(held.union(grams(heading)))
    coverage = own + _trust(hit, at, text, asked.text) * (headed - own)
    score = coverage + BY_PASSAGE * hit.score
    if amount := _amount(asked, text, f"{heading} {passage.text}"):
        # in a passage on another matter it is that of something else; a fine is for what its own sentence names
        about = headed if asked.asks_for_money else around
        score += BY_AMOUNT * amount * (min(about / most, 1.0) if most else 1.0)
    score += BY_VERDICT * bool(_ASKS_WHETHER.search(asked.text) and _DECIDES.search(text))
    is_old = passage.status is Status.SUPERSEDED or bool(_OLD.search(text))
    tells = (is_story(passage.title) and not _asks(heading)) or bool(_HAPPENED.match(text))
    score -= BY_STATUS * is_old + BY_STORY * tells
    is_known = hit.asked >= LIKELY or (hit.read or 0.0) >= READ
    return Candidate(passage, at, text, coverage, score, tells, is_old, 1.0 if is_known else headed)


def _amount(asked: Asked, text: str, around: str) -> int:
    """1 where it gives an amount that is asked for, -1 where that is one of another food, or kept another way."""
    if not (asked.numbered(text) and _AMOUNT.search(text)):
        return 0
    is_other = are_apart(asked.foods, foods(text) or foods(around))
    return -1 if is_other or are_apart(asked.stored, stored(text)) else 1


def _trust(hit: Hit, at: int, text: str, question: str) -> float:
    """How far a heading speaks for a sentence: a question for the first one under it, as far as it is the one asked."""
    if not _asks(_heading(hit.passage)):
        return HEADED
    return _sameness(hit, text, question) if at == 0 else 0.0


def _is_for(asked: Asked, hit: Hit, at: int, text: str) -> bool:
    """「不能，扔掉。」 says something only to whoever asked whether, and about that; 「2年以上。」 to whoever asked that."""
    is_verdict = bool(_BARE_VERDICT.match(text))
    if not (_asks(_heading(hit.passage)) and (is_verdict or (at == 0 and len(text) <= NAME))):
        return True
    if is_verdict and not _ASKS_WHETHER.search(asked.text):
        return False
    if asked.numbered(text) and _is_likely(hit, asked.text):
        return True
    least = SAME if asked.asks_for_money and not is_verdict else TRUSTED
    return _sameness(hit, text, asked.text) >= least


def _sameness(hit: Hit, text: str, question: str) -> float:
    """Of the question that is the passage's heading, by its words; for a yes or no also by a likely one that is near."""
    if _BARE_VERDICT.match(text) and _is_likely(hit, question):
        return 1.0
    return min(dice(grams(_heading(hit.passage)), grams(question)) / ALIKE, 1.0)


def _is_likely(hit: Hit, question: str) -> bool:
    """Whether a likely question under the heading is near, and the heading asks in the same sense."""
    return hit.asked >= LIKELY and same_sense(_heading(hit.passage), question)


def _heading(passage: Passage) -> str:
    return passage.path[-1] if passage.path else passage.title


def _asks(heading: str) -> bool:
    return heading.endswith(("？", "?"))
