"""The doors for scripts and programs: an event stream and JSON. Neither takes cookies for proof of anything."""

import json
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from academy.chat import streaming
from academy.chat.askers import Asker, asker_of, may_ask, remember
from academy.chat.models import ApiKey, Asking
from academy.chat.questions import Question, QuestionForm, slower, too_often
from academy.chat.queueing import Busy, busy
from academy.chat.working import Unanswered, finish, went_wrong
from academy.chat.working import stop as stop_working


class Refused(Exception):
    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


# Exempt from the CSRF check: what another site sends brings no cookies of ours (SameSite), so it asks as nobody.
@csrf_exempt
@require_POST
async def stream(request: HttpRequest) -> HttpResponseBase:
    try:
        question, asker = await sync_to_async(_from_browser)(request)
    except Refused as refused:
        body = streaming.written("error", {"message": str(refused)})
        return HttpResponse(body, content_type="text/event-stream", status=refused.status)
    response = StreamingHttpResponse(streaming.stream(question, asker), content_type="text/event-stream")
    # nothing on the way may collect the events
    response.headers["X-Accel-Buffering"] = "no"
    response.headers["Cache-Control"] = "no-store"
    remember(asker, response)
    return response


@csrf_exempt
@require_POST
async def stop(_request: HttpRequest, key: UUID) -> HttpResponse:
    """Whoever knows the key has asked the question."""
    return JsonResponse({"stopped": stop_working(key)})


@csrf_exempt
@require_POST
async def api(request: HttpRequest) -> HttpResponse:
    try:
        body = await _answered(*await sync_to_async(_from_program)(request))
    except Refused as refused:
        return JsonResponse({"error": str(refused)}, status=refused.status)
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


async def _answered(question: Question, asker: Asker, key: ApiKey | None) -> dict[str, Any]:
    """What was not answered costs nothing."""
    try:
        return await finish(question, asker)
    except (Busy, Unanswered) as error:
        if key:
            await sync_to_async(key.give_back)()
        raise Refused(busy() if isinstance(error, Busy) else went_wrong(), 503) from error


def _from_browser(request: HttpRequest) -> tuple[Question, Asker]:
    if not may_ask(request):
        raise Refused(_("Sign in first, then ask."), 403)
    asker = asker_of(request)
    return _question(QuestionForm(request.POST), asker, Asking.Door.PAGE), asker


def _from_program(request: HttpRequest) -> tuple[Question, Asker, ApiKey | None]:
    """A program has no account and no browser: it reads what everybody may, and its conversations are nobody's."""
    key = ApiKey.objects.that_opens(request.headers.get("Authorization", "").removeprefix("Bearer ").strip())
    if key is None and not settings.API_OPEN:
        raise Refused(_("A valid API key is needed: Authorization: Bearer …"), 401)
    asker = Asker(program=str(key.pk)) if key else Asker(address=asker_of(request).address)
    question = _question(QuestionForm(_body(request)), asker, Asking.Door.API)
    if key and not key.spend():
        raise Refused(_("The quota of this key is used up for today."), 429)
    return question, asker, key


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Refused(_('Send a JSON object: {"question": "…"}'), 400)
    return body


def _question(form: QuestionForm, asker: Asker, door: str) -> Question:
    if not form.is_valid():
        raise Refused(form.complaint(), 422)
    if too_often(asker):
        raise Refused(slower(), 429)
    return form.asked(door)
