from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from academy.library.admin import (
    evaluation,
    evaluation_pages,
    faq,
    glossary,
    likely,
    likely_pages,
    sources,
    uploads,
)
from academy.library.admin.panels import IndexPanel
from academy.library.models import Source
from academy.library.permissions import ReadOnlyPolicy

register_snippet(faq.FAQViewSet)
hooks.register("register_admin_urls", faq.urls)


register_permission_policy(Source, ReadOnlyPolicy(Source))


@hooks.register("register_admin_viewset")
def source_viewset() -> sources.SourceViewSet:
    return sources.SourceViewSet("index_state")


hooks.register("register_bulk_action", sources.IndexAgain)


@hooks.register("register_admin_urls")
def index_urls() -> list[URLPattern]:
    return [
        path("index_state/retry/", sources.retry_failed, name="library_retry_failed"),
        path("index_state/retry/<int:pk>/", sources.retry_one, name="library_retry"),
        path("index_state/rebuild/", sources.rebuild, name="library_rebuild"),
        path("uploads/", uploads.UploadView.as_view(), name="library_uploads"),
        path("uploads/rows/", uploads.rows, name="library_upload_rows"),
    ]


@hooks.register("construct_homepage_panels")
def index_panel(request: HttpRequest, panels: list[Any]) -> None:
    if request.user.has_perm(sources.MAY_CHANGE):
        panels.append(IndexPanel())


class UploadsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return uploads.may_upload(request.user)


@hooks.register("register_admin_menu_item")
def uploads_menu_item() -> UploadsMenuItem:
    return UploadsMenuItem(
        _("Upload many files"), reverse("library_uploads"), name="uploads", icon_name="upload", order=228
    )


register_snippet(likely.LikelyQuestionViewSet)
hooks.register("before_delete_snippet", likely.keep_shipped)
hooks.register("after_delete_snippet", likely.deleted)
hooks.register("register_bulk_action", likely.Approve)
hooks.register("register_bulk_action", likely.Reject)
hooks.register("register_admin_urls", likely_pages.urls)


register_snippet(glossary.GlossaryViewSet)
hooks.register("register_admin_urls", glossary.urls)


@hooks.register("register_admin_viewset")
def evaluation_viewsets() -> list[Any]:
    return [evaluation.QuestionSetViewSet(), evaluation.EvaluationQuestionViewSet()]


hooks.register("register_admin_urls", evaluation_pages.urls)
