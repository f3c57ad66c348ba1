"""What a lesson's page reports: since this visit began, so many seconds, and these parts of these films."""

import json
import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from academy.courses import watching
from academy.courses.terms import Terms
from academy.courses.watching import BEYOND, Span

_A_DAY = 24 * 60 * 60


class UnreadableError(ValueError):
    """The report cannot be understood; the message says why."""


@dataclass(frozen=True, slots=True)
class Claim:
    visit: uuid.UUID
    seconds: int
    watched: dict[str, list[Span]]
    positions: dict[str, float]
    speed: float


def read(said: Mapping[str, Any], terms: Terms) -> Claim:
    """From JSON, or from a form whose `watched` and `position` are JSON. Raises UnreadableError."""
    return Claim(
        visit=_visit(said.get("visit")),
        seconds=int(_number(said.get("seconds", 0), _A_DAY)),
        watched={key: _parts(parts, terms, key) for key, parts in _by_film(said.get("watched")).items()},
        positions={
            key: min(round(_number(at, math.inf), 1), terms.length(key) + BEYOND)
            for key, at in _by_film(said.get("position")).items()
            if key in terms.videos
        },
        speed=_number(said.get("speed") or 1, 16),
    )


def _visit(said: object) -> uuid.UUID:
    try:
        return uuid.UUID(str(said))
    except ValueError:
        raise UnreadableError(_("The report does not say which visit it is of.")) from None


def _parts(said: object, terms: Terms, key: str) -> list[Span]:
    if key not in terms.videos:
        raise UnreadableError(_("That film is not in this lesson."))
    try:
        length = terms.length(key)
        # while the film cannot be read, what was watched of it waits: the visit claims it again
        return watching.checked(said, length) if length else []
    except watching.NotPartsError:
        raise UnreadableError(_("These are no parts of the film.")) from None


def _by_film(said: object) -> dict[str, Any]:
    try:
        found = json.loads(said) if isinstance(said, str) and said else said or {}
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UnreadableError(_("These are no parts of the film."))
    return found


def _number(said: object, most: float) -> float:
    try:
        number = float(said)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if isinstance(said, bool) or not math.isfinite(number) or not 0 <= number <= most:
        raise UnreadableError(_("A number in the report is none."))
    return number
