from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from academy.exams.admin.bank import QuestionViewSet, keep_asked
from academy.exams.admin.urls import urls
from academy.exams.models import Paper

hooks.register("register_admin_urls", urls)
hooks.register("before_delete_snippet", keep_asked)


class PaperViewSet(SnippetViewSet):
    model = Paper
    icon = "list-ol"
    menu_label = _("Papers")
    list_display = ["title", "question_count", "pass_mark", "minutes", "attempts_allowed"]
    list_filter = ["pass_mark"]
    search_fields = ["title"]


class ExamsGroup(SnippetViewSetGroup):
    items = (QuestionViewSet, PaperViewSet)
    menu_label = _("Exams")
    menu_icon = "clipboard-list"
    menu_order = 240


register_snippet(ExamsGroup)
