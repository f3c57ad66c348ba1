from uuid import UUID

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from academy.chat.answering import answer as answer_question
from academy.chat.askers import asker_of, may_ask, remember
from academy.chat.emergency import is_emergency
from academy.chat.models import ChatSettings, Conversation, Message
from academy.chat.presenting import present
from academy.chat.questions import QuestionForm, slower, too_often
from academy.chat.suggesting import about_last_page, by_post
from academy.chat.voting import FeedbackForm, verdict_of


@never_cache
@require_http_methods(["GET", "POST"])
def ask_page(request: HttpRequest) -> HttpResponse:
    """A plain form: an answer has an address of its own, so going back or reloading asks nothing twice."""
    if not may_ask(request):
        return redirect_to_login(request.get_full_path())
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        asker = asker_of(request)
        if not too_often(asker):
            body = async_to_sync(answer_question)(form.asked(), asker)
            response: HttpResponse = redirect(body["url"])
            remember(asker, response)
            return response
        form.add_error("question", slower())
    context = {
        "form": form,
        "nav": "ask",
        "settings": ChatSettings.for_request(request),
        "posts": by_post(request),
        "last_page": about_last_page(request),
    }
    return render(request, "chat/ask.html", context, status=422 if form.is_bound else 200)


@never_cache
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    message = get_object_or_404(Message.objects.select_related("conversation", "asking"), pk=pk)
    asker = asker_of(request)
    is_own = message.conversation.belongs_to(asker)
    context = {
        "message": message,
        "answer": present(message, asker.reader),
        "others": message.conversation.messages.exclude(pk=pk) if is_own else [],
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
    mine = Conversation.objects.of(asker_of(request)).prefetch_related("messages__asking__topic")
    context = {"conversations": mine, "days": settings.ANONYMOUS_DAYS, "nav": "ask"}
    return render(request, "chat/history.html", context)


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """One conversation, or all of them; nobody else's."""
    mine = Conversation.objects.of(asker_of(request))
    if request.POST.get("conversation"):
        mine = mine.filter(pk=request.POST["conversation"])
    mine.delete()
    messages.success(request, _("Deleted. Nobody can open these answers any more."))
    return redirect("chat:history")
