"""What the server knows of an uploaded film, whatever a player says of it."""

from typing import Any

from django.core.cache import cache
from wagtail.blocks import StructValue

from academy.core import mp4

_KEPT = 24 * 60 * 60


class VideoValue(StructValue):
    @property
    def key(self) -> str:
        """The same film is the same wherever it stands."""
        return str(self["video"].pk) if self["video"] else ""

    @property
    def seconds(self) -> float | None:
        return length(self["video"]) if self["video"] else 0.0

    @property
    def qualities(self) -> list[dict[str, str]]:
        """Where there are several, each with its address, the main one first."""
        others = [one for one in self["others"] if one["video"]]
        main = {"label": self["quality"], "src": self["video"].url}
        return [main, *({"label": one["label"], "src": one["video"].url} for one in others)] if others else []


def length(document: Any) -> float | None:
    """In seconds, as exactly as parts of it are kept; 0 of what is no film. None while the file cannot be read."""
    key = f"film:{document.pk}:{document.file_hash}"
    known: float | None = cache.get(key)
    if known is None:
        known = _read(document)
        if known is not None:
            cache.set(key, known, _KEPT)
    return known


def _read(document: Any) -> float | None:
    try:
        with document.file.storage.open(document.file.name) as file:
            return round(mp4.length(file), 2)
    except mp4.NotAFilmError:
        return 0.0
    except OSError:
        return None
