"""What xAPI 2.0 (IEEE 9274.1.1-2023) says a statement must be, for the parts of it that we use; all else is refused.

Written from the standard's rules, apart from the code that makes statements: known properties only, no empty values
outside extensions, one identifier for an actor, IRIs where IRIs are asked for, language tags, RFC 3339 moments that are not in the
future, ISO 8601 durations, scores within their limits, revision and platform with activities only.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import RFC_4122, UUID

STATEMENT = {"id", "actor", "verb", "object", "result", "context", "timestamp", "version"}
RESULT = {"score", "success", "completion", "response", "duration", "extensions"}
CONTEXT = {"platform", "language", "revision", "contextActivities", "extensions"}
RELATED = {"parent", "grouping", "category", "other"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,}(Z|[+-]\d\d:\d\d)")
DURATION = re.compile(
    r"P(?=.)(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?)",
)
TAG = re.compile(r"[a-zA-Z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")


def broken(statement: dict[str, Any]) -> list[str]:
    """Every rule that the statement breaks."""
    return [
        *_known(statement, STATEMENT, {"actor", "verb", "object"}, "statement"),
        *_empty(statement, "statement"),
        *_statement(statement),
        *_actor(statement["actor"]),
        *_verb(statement["verb"]),
        *_activity(statement["object"]),
        *_result(statement.get("result", {})),
        *_context(statement.get("context", {})),
    ]


def _known(given: dict[str, Any], allowed: set[str], needed: set[str], where: str) -> Iterator[str]:
    yield from (f"{where}: {name} is not known" for name in given.keys() - allowed)
    yield from (f"{where}: {name} is missing" for name in needed - given.keys())


def _empty(given: dict[str, Any], where: str) -> Iterator[str]:
    for name, value in given.items():
        if value is None or value in ("", {}, []):
            yield f"{where}.{name} is empty"
        elif isinstance(value, dict) and name != "extensions":
            yield from _empty(value, f"{where}.{name}")


def _statement(given: dict[str, Any]) -> Iterator[str]:
    if UUID(given["id"]).variant != RFC_4122 or str(UUID(given["id"])) != given["id"]:
        yield "id is no UUID in its usual form"
    if not re.fullmatch(r"2\.0\.\d+", given["version"]):
        yield "version is not 2.0.x"
    if not MOMENT.fullmatch(given["timestamp"]) or given["timestamp"].endswith("-00:00"):
        yield "timestamp is not RFC 3339 with milliseconds and a time zone"
    elif datetime.fromisoformat(given["timestamp"]) > datetime.now(UTC):
        yield "timestamp is in the future"


def _actor(given: dict[str, Any]) -> Iterator[str]:
    yield from _known(given, {"objectType", "account"}, {"account"}, "actor")
    if given.get("objectType", "Agent") != "Agent":
        yield "actor is no agent"
    account = given["account"]
    yield from _known(account, {"homePage", "name"}, {"homePage", "name"}, "account")
    if not _is_iri(account["homePage"]) or not isinstance(account["name"], str):
        yield "account names no home page, or no name"


def _verb(given: dict[str, Any]) -> Iterator[str]:
    yield from _known(given, {"id", "display"}, {"id"}, "verb")
    if not _is_iri(given["id"]):
        yield "verb is no IRI"
    yield from _words(given["display"], "verb")


def _activity(given: dict[str, Any]) -> Iterator[str]:
    yield from _known(given, {"objectType", "id", "definition"}, {"id"}, "object")
    if given.get("objectType", "Activity") != "Activity" or not _is_iri(given["id"]):
        yield "object is no activity"
    if definition := given.get("definition"):
        yield from _known(definition, {"type", "name"}, set(), "definition")
        yield from _words(definition["name"], "definition")
        if not _is_iri(definition["type"]):
            yield "type is no IRI"


def _result(given: dict[str, Any]) -> Iterator[str]:
    yield from _known(given, RESULT, set(), "result")
    for name, kind in (("success", bool), ("completion", bool), ("response", str), ("duration", str)):
        if not isinstance(given.get(name, kind()), kind):
            yield f"{name} is no {kind}"
    if "duration" in given and not DURATION.fullmatch(given["duration"]):
        yield "duration is not ISO 8601"
    yield from _score(given.get("score", {}))
    yield from _extensions(given)


def _score(given: dict[str, Any]) -> Iterator[str]:
    yield from _known(given, {"scaled", "raw", "min", "max"}, set(), "score")
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in given.values()):
        yield "score is no number"
    elif not -1 <= given.get("scaled", 0) <= 1:
        yield "scaled is not within -1 and 1"
    elif not given.get("min", float("-inf")) <= given.get("raw", 0) <= given.get("max", float("inf")):
        yield "raw is not within its limits"
    elif "min" in given and "max" in given and given["min"] >= given["max"]:
        yield "min is not below max"


def _context(given: dict[str, Any]) -> Iterator[str]:
    yield from _known(given, CONTEXT, set(), "context")
    if not all(isinstance(given.get(name, ""), str) for name in ("platform", "revision")):
        yield "platform or revision is no string"
    if not TAG.fullmatch(given.get("language", "zh")):
        yield "language is no tag"
    related = given.get("contextActivities", {})
    yield from _known(related, RELATED, set(), "contextActivities")
    for activities in related.values():
        for activity in activities:
            yield from _activity(activity)
    yield from _extensions(given)


def _extensions(given: dict[str, Any]) -> Iterator[str]:
    yield from (f"extension {name} is no IRI" for name in given.get("extensions", {}) if not _is_iri(name))


def _words(given: dict[str, str], where: str) -> Iterator[str]:
    for tag, words in given.items():
        if not TAG.fullmatch(tag) or not isinstance(words, str):
            yield f"{where}: {tag} is no words in a language"


def _is_iri(text: str) -> bool:
    parts = urlsplit(text)
    return bool(parts.scheme and parts.netloc) and not re.search(r"[\s<>\"{}|\\^`]", text)
