"""The index, visible: every source with its state, its passages, and a question asked of it alone."""

from typing import Any

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from wagtail.admin.filters import CollectionFilter, WagtailFilterSet
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column, DateColumn, NumberColumn
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import ListingButton
from wagtail.admin.widgets.button import BaseButton
from wagtail.documents.models import Document as Upload
from wagtail.models import Collection

from academy.core.knowledge import knowledge_base
from academy.library import rebuilding
from academy.library.admin.listed import ActsOnWhatIsListed
from academy.library.health import seen_by, theirs, troubles
from academy.library.indexing import retry
from academy.library.models import Passage, Rebuild, Source
from academy.library.models.source import SourceQuerySet, State
from academy.library.sources import addresses

MAY_CHANGE = "library.change_source"
QUESTION_LENGTH = 200
HITS = 10
PASSAGES = 50


def _values(field: str) -> Any:
    return lambda: [
        (value, value) for value in sorted(set(Source.objects.values_list(field, flat=True))) if value
    ]


class SourceFilterSet(WagtailFilterSet):
    collection = CollectionFilter(
        label=gettext_lazy("Collection"),
        queryset=lambda request: theirs(request.user),
        method="in_collection",
    )
    audience = django_filters.ChoiceFilter(label=gettext_lazy("readers"), choices=_values("audience"))
    model = django_filters.ChoiceFilter(label=gettext_lazy("embedding model"), choices=_values("model"))

    class Meta:
        model = Source
        fields = ("state", "kind", "collection", "audience", "model")

    def in_collection(self, sources: SourceQuerySet, name: str, value: Collection) -> SourceQuerySet:
        """Its files, and the regulations that speak for them."""
        files = Upload.objects.filter(collection__in=value.get_descendants(inclusive=True))
        ids = [(Source.Kind.DOCUMENT, pk) for pk in files.values_list("pk", flat=True)]
        ids += [(Source.Kind.PAGE, pk) for pk in files.values_list("regulations", flat=True) if pk]
        return sources.filter(key__in=[f"{kind}:{pk}" for kind, pk in ids])


def _post_button(label: str, url: str) -> BaseButton:
    """Submits the page's one form, so that nothing is changed by a link."""
    return ListingButton(
        label,
        attrs={"type": "submit", "form": "act", "formaction": url, "formmethod": "post"},
    )


class SourceIndexView(ModelViewSet.index_view_class):
    template_name = "library/admin/sources.html"
    filterset_class = SourceFilterSet

    def get_base_queryset(self) -> QuerySet[Source]:
        """What the index has forgotten is listed only to those who ask for it."""
        seen = seen_by(self.request.user).select_related("duplicate_of")
        return seen if self.request.GET.get("state") else seen.exclude(state=State.WITHDRAWN, content_hash="")

    @cached_property
    def columns(self) -> list[Any]:
        title = self._get_title_column("title")
        return [
            *([BulkActionsCheckboxColumn("bulk_actions", obj_type="source")] if self.may_change else []),
            title,
            Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
            Column("state", label=_("State"), accessor="in_words", sort_key="state"),
            NumberColumn("passages", label=_("Passages"), sort_key="passages"),
            Column("model", label=_("Embedding model"), sort_key="model"),
            DateColumn("indexed_at", label=_("Indexed at"), sort_key="indexed_at"),
        ]

    @property
    def may_change(self) -> bool:
        return bool(self.request.user.has_perm(MAY_CHANGE))

    def get_list_buttons(self, instance: Source) -> list[BaseButton]:
        place = reverse("index_state:inspect", args=[instance.pk])
        shown: list[BaseButton] = [ListingButton(_("Passages and questions"), url=place)]
        if self.may_change and instance.state != State.WITHDRAWN:
            label = _("Try again") if instance.state == State.FAILED else _("Index again")
            shown.insert(0, _post_button(label, reverse("library_retry", args=[instance.pk])))
        return shown

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "may_change": self.may_change,
            "troubles": troubles(),
            "failed_count": Source.objects.filter(state=State.FAILED).count(),
            "rebuild": Rebuild.objects.first(),
        }


class SourceView(ModelViewSet.inspect_view_class):
    """One source: its state, its passages as they are indexed, and what it alone answers."""

    template_name = "library/admin/source.html"
    page_title = gettext_lazy("In the index")

    def get_object(self, queryset: Any = None) -> Source:
        return get_object_or_404(seen_by(self.request.user), pk=self.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        speaks = self.object.duplicate_of or self.object
        passages = Paginator(Passage.objects.filter(source_key=speaks.key), PASSAGES)
        return context | {
            "source": self.object,
            "address": addresses([speaks])[speaks.key],
            "page": passages.get_page(self.request.GET.get("p")),
            "may_change": self.request.user.has_perm(MAY_CHANGE),
            **_asked(self.request.GET.get("q", ""), speaks),
        }


def _asked(question: str, source: Source) -> dict[str, Any]:
    """What this source alone has to say, whether it may be shown to readers now or not."""
    question = question.strip()[:QUESTION_LENGTH]
    if not question:
        return {}
    audiences, only = (source.audience,), source.key
    return {
        "question": question,
        "hits": knowledge_base().retrieve(question, HITS, audiences=audiences, only=only),
        "answer": knowledge_base().ask(question, audiences=audiences, only=only),
    }


class SourceViewSet(ModelViewSet):
    model = Source
    icon = "list-ul"
    name = "index_state"
    menu_label = gettext_lazy("Index state")
    add_to_admin_menu = True
    menu_order = 230
    index_view_class = SourceIndexView
    inspect_view_class = SourceView
    inspect_view_enabled = True
    form_fields = ["title"]
    search_fields = ["title", "error"]
    list_per_page = 50


class IndexAgain(ActsOnWhatIsListed, BulkAction):
    """Of the selected sources, or of all in the listing."""

    display_name = gettext_lazy("Index again")
    action_type = "index_again"
    aria_label = gettext_lazy("Index the selected sources again")
    template_name = "library/admin/index_again.html"
    models = (Source,)
    filterset_class = SourceFilterSet
    search_fields = SourceViewSet.search_fields

    def rows(self) -> SourceQuerySet:
        return seen_by(self.request.user).exclude(state=State.WITHDRAWN)

    @cached_property
    def _theirs(self) -> set[int]:
        return set(self.rows().values_list("pk", flat=True))

    def check_perm(self, obj: Source) -> bool:
        return self.request.user.has_perm(MAY_CHANGE) and obj.pk in self._theirs

    @classmethod
    def execute_action(cls, objects: list[Source], **kwargs: Any) -> tuple[int, int]:
        for source in objects:
            retry(source)
        return len(objects), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        return _said(num_parent_objects)


def _said(count: int) -> str:
    words = ngettext(
        "%(count)d source will be indexed again now.", "%(count)d sources will be indexed again now.", count
    )
    return words % {"count": count}


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(get_valid_next_url_from_request(request) or "index_state:index")


def _demand(request: HttpRequest) -> None:
    if not request.user.has_perm(MAY_CHANGE):
        raise PermissionDenied


@require_POST
def retry_one(request: HttpRequest, pk: int) -> HttpResponse:
    _demand(request)
    source = get_object_or_404(seen_by(request.user).exclude(state=State.WITHDRAWN), pk=pk)
    retry(source)
    messages.success(request, _("“%(title)s” will be indexed again now.") % {"title": source.title})
    return _back(request)


@require_POST
def retry_failed(request: HttpRequest) -> HttpResponse:
    _demand(request)
    failed = list(seen_by(request.user).filter(state=State.FAILED))
    for source in failed:
        retry(source)
    messages.success(request, _said(len(failed)))
    return _back(request)


@require_POST
def rebuild(request: HttpRequest) -> HttpResponse:
    _demand(request)
    rebuilding.start()
    messages.success(request, _("The index is being rebuilt. Meanwhile it answers as before."))
    return _back(request)
