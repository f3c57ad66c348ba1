from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import Button, ListingButton
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from academy.library.indexing import retry
from academy.library.models import FAQ, Source
from academy.library.models.source import State
from academy.library.permissions import ReadOnlyPolicy


class FAQViewSet(SnippetViewSet):
    model = FAQ
    icon = "help"
    menu_label = gettext_lazy("FAQ")
    add_to_admin_menu = True
    menu_order = 220
    list_display = ["question", BooleanColumn("published", label=gettext_lazy("published")), "state"]
    list_filter = ["published", "state"]
    search_fields = ["question", "answer"]


register_snippet(FAQViewSet)


class SourceIndexView(ModelViewSet.index_view_class):
    def get_list_buttons(self, instance: Source) -> list[Button]:
        if instance.state not in (State.FAILED, State.QUEUED):
            return []
        return [
            ListingButton(
                _("Try again"), url=reverse("library_retry", args=[instance.pk]), icon_name="rotate"
            )
        ]


class SourceViewSet(ModelViewSet):
    model = Source
    icon = "list-ul"
    name = "index_state"
    menu_label = gettext_lazy("Index state")
    add_to_admin_menu = True
    menu_order = 230
    index_view_class = SourceIndexView
    inspect_view_enabled = True
    form_fields = ["title"]
    list_display = ["title", "kind", "state", "error", "passages", "attempts", "indexed_at", "updated_at"]
    list_filter = ["state", "kind"]
    search_fields = ["title", "error"]


register_permission_policy(Source, ReadOnlyPolicy(Source))


@hooks.register("register_admin_viewset")
def source_viewset() -> SourceViewSet:
    return SourceViewSet("index_state")


@hooks.register("register_admin_urls")
def retry_url() -> list[URLPattern]:
    return [path("index_state/retry/<int:pk>/", retry_view, name="library_retry")]


def retry_view(request: HttpRequest, pk: int) -> HttpResponse:
    """A link in a list, so a GET; it only repeats what the site does by itself."""
    source = get_object_or_404(Source, pk=pk)
    retry(source)
    messages.success(request, _("“%(title)s” will be indexed again now.") % {"title": source.title})
    return redirect("index_state:index")
