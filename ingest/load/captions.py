"""Captions of a film (SRT and WebVTT): what is said, by the time at which it is said."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingest.load.encodings import decode
from ingest.load.errors import Unreadable
from ingest.load.limits import CUES
from ingest.load.naming import title
from kb.types import Document, Section

# about so long a stretch is one section (seconds), longer only to the end of a sentence, and no longer than this
STRETCH, LONGEST_STRETCH = 45, 75
_STAMP = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_STAMP}\s*-->\s*{_STAMP}")
# what WebVTT says to programs and to editors
_ASIDE = re.compile(r"\n[ \t]*\n(?:NOTE|STYLE|REGION)\b.*?(?=\n[ \t]*\n|\Z)", re.DOTALL)
_TAG = re.compile(r"<[^<>\n]{0,80}>|\{\\[^{}\n]{0,80}\}")
_ENDED = re.compile("[。！？!?.…]$")
_JOINS = re.compile("[。！？；，、：,.!?;:…—]$")


@dataclass(frozen=True, slots=True)
class Cue:
    """`start` and `end` in seconds from the beginning of the film."""

    start: float
    end: float
    text: str


def load_captions(name: str, data: bytes) -> Document:
    """The path of a section is its time, 「03:15」, and so is its anchor, 「t195」."""
    cues = list(_cues(decode(data)))
    if len(cues) > CUES:
        raise Unreadable(f"字幕超过 {CUES:,} 条，请拆成几份再上传。")
    return Document(title(name), tuple(map(_section, _stretches(cues))))


def _cues(text: str) -> Iterator[Cue]:
    """Whatever stands between one line of times and the next; a line that rolls up is said once."""
    named = text.startswith("WEBVTT")
    lines = (_ASIDE.sub("\n\n", text) if named else text).split("\n")
    stamps = [at for at, line in enumerate(lines) if _TIMES.match(line)]
    said: list[str] = []
    for at, following in zip(stamps, [*stamps[1:], None], strict=True):
        block = lines[at + 1 : following]
        if following is not None:
            block = _without_name(block, named)
        shown = [plain for line in block if (plain := _plain(line))]
        if new := [line for line in shown if line not in said]:
            yield Cue(*_times(lines[at]), _joined(new))
        said = shown


def _without_name(block: list[str], named: bool) -> list[str]:
    """Without the last line, if it is the number or the name of the cue that follows."""
    is_name = block and (
        block[-1].strip().isdecimal() or (named and len(block) > 1 and not block[-2].strip())
    )
    return block[:-1] if is_name else block


def _plain(line: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", line)).split())


def _times(line: str) -> tuple[float, float]:
    match = _TIMES.match(line)
    groups = [int(each or 0) for each in match.groups()] if match else [0] * 8
    return _seconds(*groups[:3]), _seconds(*groups[4:7])


def _seconds(hours: int, minutes: int, seconds: int) -> float:
    return hours * 3600 + minutes * 60 + seconds


def _stretches(cues: Iterable[Cue]) -> Iterator[list[Cue]]:
    stretch: list[Cue] = []
    for cue in cues:
        if stretch and _is_full(stretch, cue):
            yield stretch
            stretch = []
        stretch.append(cue)
    if stretch:
        yield stretch


def _is_full(stretch: list[Cue], following: Cue) -> bool:
    length = following.end - stretch[0].start
    return length > LONGEST_STRETCH or (length > STRETCH and bool(_ENDED.search(stretch[-1].text)))


def _section(stretch: list[Cue]) -> Section:
    start = int(stretch[0].start)
    (minutes, seconds), hours = divmod(start % 3600, 60), start // 3600
    time = f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"
    return Section((time,), _joined(cue.text for cue in stretch), f"t{start}")


def _joined(texts: Iterable[str]) -> str:
    """One running text; where nothing ends, a space tells one caption from the next."""
    whole = ""
    for text in texts:
        whole += f"{text}" if not whole or _JOINS.search(whole) else f" {text}"
    return whole
