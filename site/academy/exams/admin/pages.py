"""Pages beside the question bank."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from academy.exams.models import Question

LIST = "wagtailsnippets_exams_question:list"
EDIT = "wagtailsnippets_exams_question:edit"
# rows of a listing that are shown at once
SHOWN = 50


class BankPage(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    model: Any = Question
    any_permission_required: Sequence[str] = ("add", "change", "delete", "view")
    header_icon = "help"
    _show_breadcrumbs = True

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse(LIST), "label": _("Question bank")},
            {"url": "", "label": self.get_page_title()},
        ]
