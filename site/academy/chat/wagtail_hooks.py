from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import register_permission_policy

from academy.chat.models import ApiKey, Asking, Message
from academy.library.permissions import ReadOnlyPolicy
from kb.prompts import prompts

register_permission_policy(Message, ReadOnlyPolicy(Message))


class NewKeyView(ModelViewSet.add_view_class):
    def save_instance(self) -> ApiKey:
        key: ApiKey = self.form.save(commit=False)
        secret = key.renew()
        key.save()
        words = _("Copy the key now; nobody can see it again: %(secret)s") % {"secret": secret}
        messages.warning(self.request, words)
        return key


class ApiKeyViewSet(ModelViewSet):
    model = ApiKey
    icon = "key"
    name = "api-keys"
    menu_label = gettext_lazy("API keys")
    add_to_settings_menu = True
    add_view_class = NewKeyView
    form_fields = ["name", "daily_quota", "active"]
    list_display = ["name", "hint", "daily_quota", "used_today", "used_on", "active"]
    inspect_view_enabled = False
    copy_view_enabled = False


@hooks.register("register_admin_viewset")
def api_keys() -> ApiKeyViewSet:
    return ApiKeyViewSet("api-keys")


class UnansweredView(ModelViewSet.index_view_class):
    def get_base_queryset(self) -> QuerySet[Message]:
        return Message.objects.filter(asking__in=Asking.objects.wanting())


class UnansweredViewSet(ModelViewSet):
    """What nobody could answer, newest first: where editors see what is missing."""

    model = Message
    icon = "help"
    name = "unanswered"
    menu_label = gettext_lazy("Not answered")
    add_to_admin_menu = True
    menu_order = 225
    index_view_class = UnansweredView
    form_fields = ["question"]
    list_display = [
        TitleColumn("question", label=gettext_lazy("question"), get_url=Message.get_absolute_url),
        "asked_at",
    ]
    ordering = ["-asked_at"]
    search_fields = ["question"]


@hooks.register("register_admin_viewset")
def unanswered() -> UnansweredViewSet:
    return UnansweredViewSet("unanswered")


@hooks.register("register_admin_urls")
def prompt_urls() -> list[URLPattern]:
    return [path("prompts/", show_prompts, name="prompts")]


@hooks.register("register_settings_menu_item")
def prompt_menu() -> MenuItem:
    return MenuItem(gettext_lazy("Prompts"), reverse("prompts"), icon_name="code", order=900)


def show_prompts(request: HttpRequest) -> HttpResponse:
    """What a chat model is told, by version; it changes with the program only."""
    return render(request, "chat/admin/prompts.html", {"prompts": prompts()})
