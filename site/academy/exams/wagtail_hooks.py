from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from academy.exams.admin.bank import QuestionViewSet, keep_asked
from academy.exams.admin.urls import urls
from academy.exams.drawing import can_be_filled
from academy.exams.models import Paper

hooks.register("register_admin_urls", urls)
hooks.register("before_delete_snippet", keep_asked)


class PaperViewSet(SnippetViewSet):
    model = Paper
    icon = "list-ol"
    menu_label = gettext_lazy("Papers")
    list_display = ["title", "question_count", "pass_mark", "minutes", "attempts_allowed"]
    list_filter = ["pass_mark"]
    search_fields = ["title"]


class ExamsGroup(SnippetViewSetGroup):
    items = (QuestionViewSet, PaperViewSet)
    menu_label = gettext_lazy("Exams")
    menu_icon = "clipboard-list"
    menu_order = 240


register_snippet(ExamsGroup)


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
def warn_of_too_few(request: HttpRequest, instance: Model) -> None:
    if isinstance(instance, Paper) and not can_be_filled(instance):
        messages.warning(
            request, _("The bank has too few questions for what this paper draws: nobody can begin it.")
        )
