"""Answers as forms send them, and as people read them."""

from collections.abc import Sequence

from django.http import QueryDict

from academy.exams.marking import DrawnQuestion


def chosen_from(question: DrawnQuestion, sent: QueryDict, name: str = "chosen") -> list[str]:
    """What a question's form says, as `marking.accept` takes it.

    To put in order and to match there is a field for each option, `chosen-<key>`: its place, or what it belongs to.
    A script may send the list itself.
    """
    if question["kind"] not in ("order", "match") or name in sent:
        return [value.strip() for value in sent.getlist(name) if value.strip()]
    given = {o["key"]: sent.get(f"{name}-{o['key']}", "").strip() for o in question["options"]}
    if question["kind"] == "match":
        return [f"{key}={pair}" for key, pair in given.items() if pair]
    # two with one place stand in the order shown: nothing that was entered is lost
    places = {
        key: int(place)
        for key, place in given.items()
        if place.isascii() and place.isdigit() and len(place) < 4
    }
    return sorted(places, key=lambda key: places[key])


def in_words(question: DrawnQuestion, chosen: Sequence[str]) -> str:
    """An answer without the keys it was drawn with, the same for the same answer in any attempt."""
    texts = {option["key"]: option["text"] for option in question["options"]}
    match question["kind"]:
        case "order":
            return " → ".join(texts.get(key, key) for key in chosen)
        case "match":
            pairs = {pair["key"]: pair["text"] for pair in question["pairs"]}
            return "；".join(sorted(_matched(one, texts, pairs) for one in chosen))
        case "short" | "hotspot" | "faults":
            return " ".join(sorted(chosen))
        case _:
            return "；".join(sorted(texts.get(key, key) for key in chosen))


def _matched(one: str, texts: dict[str, str], pairs: dict[str, str]) -> str:
    left, _equals, right = one.partition("=")
    return f"{texts.get(left, left)} – {pairs.get(right, right)}"
