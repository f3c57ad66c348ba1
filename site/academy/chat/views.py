from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from academy.chat.askers import Asker, asker_of, may_ask, remember
from academy.chat.emergency import is_emergency
from academy.chat.models import Asking, ChatSettings, Conversation, Message
from academy.chat.presenting import present
from academy.chat.questions import QuestionForm, slower, too_often
from academy.chat.queueing import Busy, busy
from academy.chat.suggesting import about_last_page, by_post
from academy.chat.voting import FeedbackForm, verdict_of
from academy.chat.working import Unanswered, finish, went_wrong

# of a conversation beside an answer, and of all of them on a page
OTHERS, CONVERSATIONS = 20, 30


@never_cache
@require_http_methods(["GET", "POST"])
def ask_page(request: HttpRequest) -> HttpResponse:
    """A plain form: an answer has an address of its own, so going back or reloading asks nothing twice."""
    if not may_ask(request):
        return redirect_to_login(request.get_full_path())
    form, asker = QuestionForm(request.POST if request.method == "POST" else None), asker_of(request)
    body = answered(form, asker)
    response: HttpResponse = redirect(body["url"]) if body else _form_page(request, form)
    remember(asker, response)
    return response


def answered(form: QuestionForm, asker: Asker, door: str = Asking.Door.PAGE) -> dict[str, Any] | None:
    """The answer; or nothing, and the form says why."""
    if not (form.is_bound and form.is_valid()):
        return None
    if too_often(asker):
        form.add_error("question", slower())
        return None
    try:
        return async_to_sync(finish)(form.asked(door), asker)
    except Busy:
        form.put_off(busy())
    except Unanswered:
        form.put_off(went_wrong())
    return None


def _form_page(request: HttpRequest, form: QuestionForm) -> HttpResponse:
    context = {
        "form": form,
        "nav": "ask",
        "settings": ChatSettings.for_request(request),
        "posts": by_post(request),
        "last_page": about_last_page(request),
    }
    return render(request, "chat/ask.html", context, status=form.status)


@never_cache
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    message = get_object_or_404(Message.objects.select_related("conversation", "asking"), pk=pk)
    asker = asker_of(request)
    # an answer may be passed on; what else was asked may not
    is_own = message.conversation.is_listed_for(asker)
    others = message.conversation.messages.exclude(pk=pk).order_by("-asked_at").only("question")
    context = {
        "message": message,
        "is_own": is_own,
        "answer": present(message, asker.reader),
        "others": others[:OTHERS] if is_own else [],
        "conversation": message.conversation_id if is_own else "",
        "emergency": is_emergency(message.question),
        "settings": ChatSettings.for_request(request),
        "verdict": verdict_of(message, asker),
        "nav": "ask",
    }
    response = render(request, "chat/answer.html", context)
    remember(asker, response)
    return response


@require_POST
def feedback(request: HttpRequest, pk: UUID) -> HttpResponse:
    message = get_object_or_404(Message.objects.select_related("asking"), pk=pk)
    asker, form = asker_of(request), FeedbackForm(request.POST)
    if too_often(asker):
        messages.error(request, slower())
    elif form.is_valid():
        form.give(message, asker)
        messages.success(request, _("Thank you. It is noted for the editors."))
    else:
        messages.error(request, form.complaint())
    response = redirect(f"{message.get_absolute_url()}#vote")
    remember(asker, response)
    return response


@never_cache
def history(request: HttpRequest) -> HttpResponse:
    """What this person, or this browser, has asked; what was answered since is marked."""
    messages_of = Message.objects.defer("answer").select_related("asking__topic")
    mine = Conversation.objects.of(asker_of(request)).prefetch_related(Prefetch("messages", messages_of))
    page = Paginator(mine, CONVERSATIONS).get_page(request.GET.get("page"))
    context = {"page": page, "days": settings.ANONYMOUS_DAYS, "nav": "ask"}
    return render(request, "chat/history.html", context)


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """One conversation, or all of them; nobody else's."""
    mine = Conversation.objects.of(asker_of(request))
    if one := request.POST.get("conversation"):
        mine = mine.filter(pk=_uuid(one))
    mine.delete()
    messages.success(request, _("Deleted. Nobody can open these answers any more."))
    return redirect("chat:history")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
