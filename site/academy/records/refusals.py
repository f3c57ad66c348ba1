"""What the rules do not allow: said to whoever asked, and written down."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from academy.accounts.models import User
from academy.core.limiting import within
from academy.records.evidence import bounded
from academy.records.log import record
from academy.records.models import Verb
from academy.records.models.certificate import shanghai_today


class RefusedError(Exception):
    """What was asked for cannot be done; the words say why, to whoever asked."""


def write_down(
    user: User,
    object_key: str,
    name: str,
    why: str | list[str],
    claimed: Mapping[str, Any],
    *,
    edition: int | None = None,
    at: datetime | None = None,
    once: bool = False,
) -> None:
    """Outside of the transaction that was given up, else it would be given up as well.

    Of what one person forges it is no more than anybody wants to read, then that there was more; and the same only
    once if so asked.
    """
    if not within(settings.REFUSAL_LIMIT, "refusal", str(user.pk)):
        why, claimed, once = "more than is written down", {"on": shanghai_today()}, True
    evidence = bounded({"why": why, "claimed": dict(claimed)})
    key = f"refused:{object_key}:{edition}:{_digest(evidence)}" if once else None
    record(user, Verb.REFUSED, object_key, name, edition=edition, at=at, evidence=evidence, key=key)


def _digest(evidence: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(evidence, sort_keys=True).encode()).hexdigest()[:32]
