"""What the rules of an exam do not allow: said to the worker, and written down."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from academy.accounts.models import User
from academy.core.limiting import within
from academy.records.log import record
from academy.records.models import Verb


class RefusedError(Exception):
    """Something that the rules of the exam do not allow; the message is for the worker."""


def write_down(user: User, object_key: str, name: str, why: str, claimed: Mapping[str, Any]) -> None:
    """Outside of the transaction that was given up, else it would be given up as well. Of what one person forges no
    more than anybody wants to read."""
    if within(settings.EXAM_REFUSAL_LIMIT, "exam refusal", str(user.pk)):
        record(user, Verb.REFUSED, object_key, name, evidence={"why": why, "claimed": dict(claimed)})
