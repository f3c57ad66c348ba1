from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from academy.accounts.models import User
from academy.chat.asking import QuestionForm, ask
from academy.chat.emergency import is_emergency
from academy.chat.models import ChatSettings, Message
from academy.chat.presenting import present
from academy.library.audiences import reader_of


@require_http_methods(["GET", "POST"])
def ask_page(request: HttpRequest) -> HttpResponse:
    """A plain form: an answer has an address of its own, so going back or reloading asks nothing twice."""
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        user = request.user if isinstance(request.user, User) else None
        message = ask(
            form.cleaned_data["question"], user, form.cleaned_data["conversation"], reader_of(request)
        )
        return redirect("chat:answer", message.pk)
    context = {"form": form, "nav": "ask", "settings": ChatSettings.for_request(request)}
    return render(request, "chat/ask.html", context, status=422 if form.is_bound else 200)


@never_cache
def answer(request: HttpRequest, pk: str) -> HttpResponse:
    message = get_object_or_404(Message.objects.select_related("conversation"), pk=pk)
    conversation = message.conversation
    others = conversation.messages.exclude(pk=message.pk) if conversation.is_open_to(request.user) else []
    context = {
        "message": message,
        "answer": present(message, reader_of(request)),
        "others": others,
        "emergency": is_emergency(message.question),
        "settings": ChatSettings.for_request(request),
        "nav": "ask",
    }
    return render(request, "chat/answer.html", context)
