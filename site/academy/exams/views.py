"""The pages of an exam, whatever it is sat for: terms, sitting, handing in, result."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from academy.core.limiting import within
from academy.exams import occasions, sitting
from academy.exams.admission import Terms, terms
from academy.exams.answers import chosen_from
from academy.exams.desk import Desk, Room, desk_view, room_view
from academy.exams.models import Attempt
from academy.exams.occasions import Occasion, kind_of
from academy.exams.posting import MalformedError, posted
from academy.exams.screens import review, sheet, shown_afterwards, shown_from, sitting_screen
from academy.exams.showing import pictures
from academy.records.refusals import RefusedError, write_down


@require_GET
@room_view
def before(request: HttpRequest, room: Room) -> HttpResponse:
    occasion = kind_of(room.kind).occasion(request, room.pk)
    attempts = Attempt.objects.of(room.user, occasion.purpose)
    still_open = attempts.open().first()
    context = {
        "occasion": occasion,
        "room": room,
        "terms": _terms(room, occasion),
        "open": Desk(room, still_open) if still_open else None,
        "ended": [Desk(room, attempt) for attempt in attempts.exclude(submitted_at=None)],
        "passed": attempts.passed().first(),
        "nth": attempts.count() + 1,
    }
    return render(request, "exams/before.html", context)


@require_POST
@room_view
def start(request: HttpRequest, room: Room) -> HttpResponse:
    occasion = kind_of(room.kind).occasion(request, room.pk)
    try:
        if occasion.refusal:
            raise RefusedError(occasion.refusal)
        attempt = sitting.start(
            room.user,
            occasion.paper,
            occasion.purpose,
            timezone.now(),
            _whole(request.POST.get("nth", "")),
            code=request.POST.get("code", ""),
            closes_at=occasion.closes_at,
            at_most=occasion.at_most,
        )
    except RefusedError as refused:
        write_down(
            room.user, occasion.purpose, occasion.title, str(refused), {"nth": request.POST.get("nth")}
        )
        messages.error(request, str(refused))
        return redirect(room.url())
    kind_of(room.kind).begun(room.user, room.pk)
    return redirect(Desk(room, attempt).sit_url)


@require_http_methods(["GET", "POST"])
@desk_view
def sit(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One question a screen. An attempt that is over, by hand or by the clock, shows its result."""
    attempt, now = desk.attempt, timezone.now()
    if attempt.submitted_at or attempt.is_late(now):
        if request.method == "POST":
            _say_late(request, desk)
        return _over(desk)
    number = min(max(_whole(request.GET.get("q", "")), 1), len(attempt.questions))
    if request.method == "POST":
        return _save_and_go(request, desk, number)
    context = {"desk": desk, "attempt": attempt, **sitting_screen(attempt, number, now)}
    return render(request, "exams/sit.html", context)


@require_POST
@room_view
def save(request: HttpRequest, room: Room, attempt_pk: int) -> HttpResponse:
    """One answer from the page's script, which may come late, twice, or after one that was given later.

    Somebody else's is refused in a way that lets the phone keep it until they are signed in again.
    """
    try:
        desk = room.desk_or_404(attempt_pk)
    except Http404:
        return JsonResponse({"message": _("Sign in as whoever began this exam.")}, status=403)
    if not within(settings.ANSWER_LIMIT, "answer", str(attempt_pk)):
        return JsonResponse({"message": _("That was very often. Wait a minute.")}, status=429)
    try:
        sent = posted(request.body)
    except MalformedError:
        desk.write_down("malformed", {"sent": request.body[:500].decode(errors="replace")})
        return JsonResponse({"message": _("This answer came in a form that we do not know.")}, status=400)
    try:
        attempt = _answer(desk, sent.question, sent.chosen, key=sent.key, sequence=sent.sequence)
    except RefusedError as refused:
        return JsonResponse({"message": str(refused), "result": desk.sit_url}, status=409)
    return JsonResponse({"answered": len(attempt.answers), "sequence": sent.sequence})


@require_http_methods(["GET", "POST"])
@desk_view
def hand_in(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Asks once, naming what is empty."""
    attempt = desk.attempt
    if request.method == "POST" or attempt.submitted_at or attempt.is_late(timezone.now()):
        return _over(desk)
    empty = [cell for cell in sheet(attempt) if cell["state"] == "empty"]
    return render(request, "exams/hand_in.html", {"desk": desk, "attempt": attempt, "empty": empty})


@require_GET
@desk_view
def result(request: HttpRequest, desk: Desk) -> HttpResponse:
    attempt, room, now = desk.attempt, desk.room, timezone.now()
    if attempt.submitted_at is None:
        return redirect(desk.sit_url)
    items = review(attempt)
    context = {
        **_next(request, room),
        "room": room,
        "attempt": attempt,
        "items": items,
        "pictures": pictures(attempt.questions),
        "shown": shown_afterwards(attempt, now),
        "right": sum(item["right"] for item in items),
        "cells": ["right" if item["right"] else "wrong" for item in items],
        "missing": max(0, attempt.pass_mark - (attempt.score or 0)),
        "later": shown_from(attempt, now),
    }
    return render(request, "exams/result.html", context)


def _next(request: HttpRequest, room: Room) -> dict[str, Any]:
    """What may be done after the result; what it was sat for may be gone, the result is not."""
    try:
        occasion = kind_of(room.kind).occasion(request, room.pk)
    except Http404:
        return {"occasion": None}
    return {"occasion": occasion, "terms": _terms(room, occasion)}


def _terms(room: Room, occasion: Occasion) -> Terms:
    now = timezone.now()
    return terms(
        room.user, occasion.paper, occasion.purpose, now, occasion.at_most, closes_at=occasion.closes_at
    )


def _over(desk: Desk) -> HttpResponse:
    """Hands in what is not yet handed in; a second time changes nothing."""
    attempt = sitting.submit(desk.attempt, timezone.now())
    with suppress(Http404):
        occasions.settle(attempt)
    return redirect(desk.result_url)


def _say_late(request: HttpRequest, desk: Desk) -> None:
    sent = {name: request.POST.getlist(name) for name in request.POST if name.startswith("chosen")}
    desk.write_down("late", {"question": request.GET.get("q"), **sent})
    messages.warning(request, _("This paper was over by our clock; what was sent now does not count."))


def _save_and_go(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """Keeps the answer, then goes where the pressed button says."""
    question, go = desk.attempt.questions[number - 1], request.POST.get("go", "next")
    try:
        # a page's script sends the mark alone: what stands on its screen may be older than what was saved
        if request.POST.get("only") != "flag":
            _answer(desk, question["key"], chosen_from(question, request.POST))
        if go in ("flag", "unflag"):
            sitting.flag(desk.attempt, question["key"], go == "flag", timezone.now())
    except RefusedError as refused:
        messages.error(request, str(refused))
        return redirect(desk.sit_url)
    if go == "hand_in" or (go == "next" and number == len(desk.attempt.questions)):
        return redirect(desk.hand_in_url)
    return redirect(f"{desk.sit_url}?q={number + {'next': 1, 'previous': -1}.get(go, 0)}")


def _answer(desk: Desk, question: str, chosen: list[str], **order: Any) -> Attempt:
    """What is refused is written down with what was sent."""
    try:
        return sitting.answer(desk.attempt, question, chosen, timezone.now(), **order)
    except RefusedError as refused:
        desk.write_down(str(refused), {"question": question, "chosen": chosen})
        raise


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0
