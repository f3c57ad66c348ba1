"""Plain text: what is let in, how it is cut into grams and sentences."""

import re
import unicodedata

# Characters that carry no text and can hide it: controls, soft hyphen, zero-width and joiners, bidirectional
# marks and isolates, invisible operators, variation selectors, interlinear marks, lone surrogates, tags;
# and private use, which is a picture in one font and nothing in any other.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ud800-\uf8ff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_NEWLINE = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_RUN = re.compile(r"([\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇]+)|\d+(?:\.\d+)?|[^\W\d_]+")
_SENTENCE = re.compile(r"[^。！？；\n]*(?:[。！？；]+[”’」』）]*|\n|$)")


def clean(text: str) -> str:
    """The text without characters that nobody can see, its line ends all `\\n`."""
    return _HIDDEN.sub("", _NEWLINE.sub("\n", text))


def grams(text: str) -> list[str]:
    """Overlapping character pairs of Han runs, other words and numbers whole; NFKC, lower case, in order.

    A lone Han character is a gram by itself.
    """
    found: list[str] = []
    for match in _RUN.finditer(unicodedata.normalize("NFKC", text).lower()):
        word = match.group()
        if match.group(1) and len(word) > 1:
            found.extend(word[i : i + 2] for i in range(len(word) - 1))
        else:
            found.append(word)
    return found


def sentences(text: str) -> list[str]:
    """The text's sentences, in its own words, ended by 。！？； or a line end, white space trimmed."""
    return [piece for match in _SENTENCE.finditer(text) if (piece := match.group().strip())]


def squeeze(text: str) -> str:
    """The text without any white space."""
    return "".join(text.split())
