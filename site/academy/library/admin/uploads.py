"""Many files at once: chosen or dragged, with a row each that says what became of it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin.forms.collections import CollectionChoiceField
from wagtail.admin.views.generic import PermissionCheckedMixin, WagtailAdminTemplateMixin
from wagtail.documents.models import Document as Upload
from wagtail.models import Collection
from wagtail.permissions import policy_registry

from academy.library.models.source import State
from academy.library.uploading import Received, Shelf, received_before, source_of
from ingest.load import FORMATS
from ingest.load.archive import SUFFIXES as ARCHIVES

ROWS = 500


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """A list of files; any kind is let in here, so that each can say for itself what is wrong with it."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        if not data:
            raise forms.ValidationError(_("Choose the files first."))
        return data


class UploadForm(forms.Form):
    chosen = ManyFilesField(
        label=_("Files"),
        widget=ManyFilesInput(attrs={"accept": ",".join([*FORMATS, *ARCHIVES])}),
        help_text=_("Up to 50 MB each; a packed folder (ZIP) is unpacked. Up to 100 at once."),
    )
    collection = CollectionChoiceField(
        label=_("Collection"), queryset=Collection.objects.none(), empty_label=None
    )
    replace = forms.BooleanField(label=_("Replace files of the same name in this collection"), required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        policy = policy_registry.get_by_type(Upload)
        theirs = policy.collections_user_has_permission_for(user, "add")
        field: Any = self.fields["collection"]
        field.queryset = theirs


def may_upload(user: AbstractBaseUser | Any) -> bool:
    return bool(policy_registry.get_by_type(Upload).user_has_permission(user, "add"))


class UploadView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    model = Upload
    permission_required = "add"
    form_class = UploadForm
    template_name = "library/admin/uploads.html"
    page_title = _("Upload many files")
    header_icon = "upload"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        documents = {"url": reverse("wagtaildocs:index"), "label": _("Documents")}
        return [*self.breadcrumbs_items, documents, {"url": "", "label": self.page_title}]

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return kwargs | {"user": self.request.user}

    def form_valid(self, form: UploadForm) -> HttpResponse:
        """Shown at once and not redirected: a file may say something that is kept nowhere. Sent again it is harmless."""
        data = form.cleaned_data
        shelf = Shelf(self.request.user, data["collection"], data["replace"])
        received = [each for file in data["chosen"] for each in shelf.receive(file.name, file.read())]
        context = {"rows": rows_of(received)}
        if self.request.headers.get("X-Requested-With") == "XMLHttpRequest":
            return render(self.request, "library/admin/upload_rows.html", context)
        return self.render_to_response(self.get_context_data(form=form, **context))

    def form_invalid(self, form: UploadForm) -> HttpResponse:
        if self.request.headers.get("X-Requested-With") == "XMLHttpRequest":
            words = " ".join(str(error) for errors in form.errors.values() for error in errors)
            return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {"rows": rows_of(_before(self.request))} | context


def rows(request: HttpRequest) -> HttpResponse:
    """The rows of these uploads as they are now; a page that stands open asks again and again."""
    return render(request, "library/admin/upload_rows.html", {"rows": rows_of(_before(request))})


def rows_of(received: Iterable[Received]) -> list[dict[str, Any]]:
    found = []
    for each in received:
        source = source_of(each.upload) if each.upload else None
        settled = source is None or source.state not in (State.QUEUED,)
        found.append({"file": each, "source": source, "settled": settled})
    return found


def _before(request: HttpRequest) -> list[Received]:
    ids = [int(each) for each in request.GET.getlist("id")[:ROWS] if each.isdecimal() and len(each) < 19]
    policy = policy_registry.get_by_type(Upload)
    theirs = policy.instances_user_has_any_permission_for(request.user, ["add", "change"])
    return received_before(theirs.filter(pk__in=ids).order_by("pk"))
