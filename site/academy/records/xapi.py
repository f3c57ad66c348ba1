"""The log in the words of xAPI 2.0 (IEEE 9274.1.1), which any learning record store understands.

Nobody's name or phone number goes out: a person is the number of their account on this site.
What evidence is called decides where it goes: `score` with `max` and `min`, `seconds`, `answer`, `correct`, `progress`
(0–100) and `course` (a key) have places of their own; all of it is also in the extension `evidence`, as it was written.
"""

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeGuard
from urllib.parse import quote

from django.conf import settings
from django.utils import translation

from academy.records.models import Statement, Verb

VERSION = "2.0.0"
LANGUAGE = "zh-Hans"
ADL = "http://adlnet.gov/expapi"
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"

# The community's words where it has them; the others are our own.
VERBS = {
    Verb.ENROLLED: f"{ADL}/verbs/registered",
    Verb.OPENED: f"{ADL}/verbs/experienced",
    Verb.PROGRESSED: f"{ADL}/verbs/progressed",
    Verb.FINISHED: f"{ADL}/verbs/completed",
    Verb.STARTED: f"{ADL}/verbs/attempted",
    Verb.ANSWERED: f"{ADL}/verbs/answered",
    Verb.PASSED: f"{ADL}/verbs/passed",
    Verb.FAILED: f"{ADL}/verbs/failed",
    Verb.COMPLETED: f"{ADL}/verbs/completed",
    Verb.ATTENDED: f"{ADL}/verbs/attended",
    Verb.CERTIFIED: "http://id.tincanapi.com/verb/earned",
}
TYPES = {
    "attempt": f"{ADL}/activities/attempt",
    "course": f"{ADL}/activities/course",
    "event": f"{ADL}/activities/meeting",
    "lesson": f"{ADL}/activities/lesson",
    "paper": f"{ADL}/activities/assessment",
    "question": f"{ADL}/activities/question",
}
SUCCESS = {Verb.PASSED: True, Verb.FAILED: False}
COMPLETION = (Verb.COMPLETED, Verb.FINISHED)


def xapi(row: Statement, home: str | None = None) -> dict[str, Any]:
    home = home or settings.WAGTAILADMIN_BASE_URL
    said = {
        "id": str(row.pk),
        "actor": {"objectType": "Agent", "account": {"homePage": home, "name": f"user-{row.user_id}"}},
        "verb": {"id": _verb(row.verb, home), "display": _display(row.verb)},
        "object": _object(row, home),
        "result": _result(row),
        "context": _context(row, home),
        "timestamp": _moment(row.at),
        "version": VERSION,
    }
    return {name: value for name, value in said.items() if value}


def iri(key: str, home: str) -> str:
    return f"{home}/xapi/activities/{quote(key.replace(':', '/', 1))}"


def _verb(verb: str, home: str) -> str:
    return VERBS.get(Verb(verb)) or f"{home}/xapi/verbs/{verb}"


@cache
def _display(verb: str) -> dict[str, str]:
    said = {"en": verb}
    with translation.override("zh-hans"):
        said[LANGUAGE] = str(Verb(verb).label)
    return said


def _object(row: Statement, home: str) -> dict[str, Any]:
    kind = row.object_key.partition(":")[0]
    return {
        "objectType": "Activity",
        "id": iri(row.object_key, home),
        "definition": {
            "type": TYPES.get(kind) or f"{home}/xapi/activity-types/{quote(kind, safe='')}",
            "name": {LANGUAGE: row.object_name or row.object_key},
        },
    }


def _result(row: Statement) -> dict[str, Any]:
    known = row.evidence
    seconds, progress, answer = (known.get(name) for name in ("seconds", "progress", "answer"))
    said = {
        "score": _score(known),
        "success": _success(row),
        "completion": True if row.verb in COMPLETION else None,
        "duration": f"PT{round(seconds, 2)}S" if _is_number(seconds) and seconds >= 0 else None,
        "response": None if answer in (None, "") else _words(answer),
        "extensions": {PROGRESS: progress} if _is_number(progress) and 0 <= progress <= 100 else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _success(row: Statement) -> bool | None:
    correct = row.evidence.get("correct")
    return SUCCESS.get(Verb(row.verb), correct if isinstance(correct, bool) else None)


def _score(known: dict[str, Any]) -> dict[str, float] | None:
    """Limits that the score is not within are no limits."""
    raw, least, most = known.get("score"), known.get("min", 0), known.get("max")
    if not _is_number(raw):
        return None
    if not (_is_number(least) and _is_number(most)) or not least <= raw <= most or least == most:
        return {"raw": raw}
    return {"scaled": round((raw - least) / (most - least), 4), "raw": raw, "min": least, "max": most}


def _context(row: Statement, home: str) -> dict[str, Any]:
    extensions = {
        "origin": row.origin,
        "address": row.address,
        "agent": row.agent,
        "stored": _moment(row.stored_at),
        "evidence": row.evidence,
    }
    said: dict[str, Any] = {
        "platform": settings.WAGTAIL_SITE_NAME,
        "language": LANGUAGE,
        "extensions": {
            f"{home}/xapi/extensions/{name}": value for name, value in extensions.items() if value
        },
    }
    if row.edition is not None:
        said["revision"] = str(row.edition)
    if isinstance(course := row.evidence.get("course"), str) and course:
        said["contextActivities"] = {"grouping": [{"objectType": "Activity", "id": iri(course, home)}]}
    return said


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _is_number(value: Any) -> TypeGuard[float]:
    """One that can be reckoned with: evidence may have been claimed by a phone."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
