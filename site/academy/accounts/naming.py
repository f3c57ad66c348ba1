"""A person's name as it may stand on a certificate."""

import unicodedata

from kb.text import clean


def readable(name: str) -> str:
    """On one line, and without what nobody can see: a mark that turns the direction would show another name.

    Old systems write rare characters with private ones; those are somebody's name and stay.
    """
    return " ".join("".join(map(_shown, name)).split())


def _shown(sign: str) -> str:
    return sign if unicodedata.category(sign) == "Co" else clean(sign)
