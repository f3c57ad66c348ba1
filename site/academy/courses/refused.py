"""What is refused of a lesson is written down with the lesson."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from academy.accounts.models import User
from academy.courses.terms import Terms
from academy.records.refusals import write_down


def tell_refused(
    user: User,
    terms: Terms,
    why: str | list[str],
    claimed: Mapping[str, Any],
    now: datetime,
    *,
    once: bool = False,
) -> None:
    """`once`: a page sends the same again until it is answered."""
    write_down(user, terms.lesson_key, terms.title, why, claimed, edition=terms.edition, at=now, once=once)
