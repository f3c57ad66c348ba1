from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.model import ModelViewSet

from academy.accounts.access import WRITES_ANSWERS
from academy.chat.models import ApiKey
from kb.prompts import prompts


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


class QuestionsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(WRITES_ANSWERS)


@hooks.register("register_admin_menu_item")
def questions_menu_item() -> MenuItem:
    url = reverse("questions:queue")
    return QuestionsMenuItem(gettext_lazy("Questions to answer"), url, icon_name="help", order=225)


@hooks.register("register_admin_urls")
def prompt_urls() -> list[URLPattern]:
    return [path("prompts/", show_prompts, name="prompts")]


@hooks.register("register_settings_menu_item")
def prompt_menu() -> MenuItem:
    return MenuItem(gettext_lazy("Prompts"), reverse("prompts"), icon_name="code", order=900)


def show_prompts(request: HttpRequest) -> HttpResponse:
    """What a chat model is told, by version; it changes with the program only."""
    return render(request, "chat/admin/prompts.html", {"prompts": prompts()})
