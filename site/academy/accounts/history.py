"""Wagtail's history of the site names whoever's account was changed, wherever they work."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.reports.audit_logging import LogEntriesView

from academy.accounts.access import VIEWS_TRAINING


class SiteHistory(LogEntriesView):
    """Not for those who may see one part of the city and no other."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.has_perm(VIEWS_TRAINING) and not request.user.is_superuser:
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


urlpatterns = [
    path("", require_admin_access(SiteHistory.as_view())),
    path("results/", require_admin_access(SiteHistory.as_view(results_only=True))),
]
