"""The chat inside another site: one page without our header, in a frame that only named sites may show.

Browsers keep our cookies out of such a frame, so nobody is known there: a conversation belongs to whoever has its id.
"""

from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from academy.chat.askers import Asker, asker_of
from academy.chat.emergency import is_emergency
from academy.chat.models import Asking, ChatSettings, Message
from academy.chat.presenting import present
from academy.chat.questions import QuestionForm
from academy.chat.views import answered
from academy.library.audiences import EVERYBODY


def script(_request: HttpRequest) -> HttpResponse:
    """A short address that stays, for other people's pages."""
    return redirect(static("academy/embed.js"))


# Nothing here is done in anybody's name, so there is nothing to forge.
@csrf_exempt
@never_cache
@xframe_options_exempt
@require_http_methods(["GET", "POST"])
def frame(request: HttpRequest) -> HttpResponseBase:
    if not (settings.EMBED_ORIGINS and settings.ANONYMOUS_ASKING):
        raise Http404
    return csp_replace({"frame-ancestors": settings.EMBED_ORIGINS})(_frame)(request)


def _frame(request: HttpRequest) -> HttpResponse:
    form = QuestionForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "settings": ChatSettings.for_request(request), "framed": True}
    asker = Asker(address=asker_of(request).address)
    if body := answered(form, asker, Asking.Door.EMBEDDED):
        return render(request, "chat/frame.html", context | _answered(body["message"]))
    return render(request, "chat/frame.html", context, status=form.status)


def _answered(pk: str) -> dict[str, Any]:
    message = Message.objects.select_related("conversation").get(pk=pk)
    return {
        "message": message,
        "is_own": True,
        "answer": present(message, EVERYBODY),
        "conversation": message.conversation_id,
        "emergency": is_emergency(message.question),
    }
