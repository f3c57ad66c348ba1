"""From a source's key to the thing it stands for, and what may be said of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.utils.text import Truncator
from wagtail.documents.models import Document as Upload
from wagtail.models import Page

from academy.core.searchable import Searchable
from academy.library.models import FAQ, RegulationPage, Source
from academy.library.reading import read
from ingest.load import FORMATS
from kb.types import Document

Kind = Source.Kind


@dataclass(frozen=True)
class UploadedText:
    """An uploaded file as something that can be searched."""

    upload: Any

    @property
    def pk(self) -> int:
        return int(self.upload.pk)

    @property
    def title(self) -> str:
        return str(self.upload.title)

    def to_document(self) -> Document:
        loaded = read(self.upload)
        return Document(self.title, loaded.sections, loaded.status)


def origin(source: Source) -> Searchable | None:
    """The thing itself, if it is published now, to whomever; otherwise nothing."""
    return _FINDERS[source.kind](source.object_id)


def key_of(kind: str, pk: int) -> str:
    return f"{kind}:{pk}"


def addresses(sources: Iterable[Source]) -> dict[str, str]:
    """Where a reader finds each of them, by its key. Computed when asked: pages move."""
    sources = list(sources)
    pages = Page.objects.in_bulk({source.object_id for source in sources if source.kind == Kind.PAGE})
    return {source.key: _address(source, pages) for source in sources}


def files(sources: Iterable[Source]) -> dict[str, str]:
    """The address of the file that each was read from, by its key, where there is one."""
    sources = list(sources)
    if not sources:
        return {}
    of_pages = RegulationPage.objects.exclude(document=None).select_related("document")
    pages = of_pages.in_bulk([one.object_id for one in sources if one.kind == Kind.PAGE])
    uploads = Upload.objects.in_bulk([one.object_id for one in sources if one.kind == Kind.DOCUMENT])
    by_kind = {
        Kind.PAGE.value: {pk: page.document.url for pk, page in pages.items()},
        Kind.DOCUMENT.value: {pk: upload.url for pk, upload in uploads.items()},
    }
    found = {one.key: by_kind.get(one.kind, {}).get(one.object_id, "") for one in sources}
    return {key: url for key, url in found.items() if url}


def at(address: str, anchor: str) -> str:
    return f"{address.split('#')[0]}#{anchor}" if anchor and address else address


def is_text_file(upload: Any) -> bool:
    return PurePath(upload.filename).suffix.lower() in FORMATS


def reads_a_file(source: Source) -> bool:
    """Which may take minutes; what is written in the admin takes none."""
    if source.kind == Kind.PAGE:
        return bool(RegulationPage.objects.filter(pk=source.object_id).exists())
    return source.kind == Kind.DOCUMENT


def short_title(title: str) -> str:
    return Truncator(title).chars(255)


def _page(pk: int) -> Searchable | None:
    page = Page.objects.live().filter(pk=pk).specific().first()
    return page if isinstance(page, Searchable) else None


def _upload(pk: int) -> Searchable | None:
    """A regulation page speaks for its own file, so that nothing is found twice."""
    upload = Upload.objects.filter(pk=pk, regulations=None).first()
    return UploadedText(upload) if upload and is_text_file(upload) else None


def _faq(pk: int) -> Searchable | None:
    return FAQ.objects.published().filter(pk=pk).first()


def _address(source: Source, pages: Mapping[int, Page]) -> str:
    if source.kind == Kind.DOCUMENT:
        return f"/sources/{source.pk}/"
    if source.kind == Kind.FAQ:
        return f"/faq/#faq-{source.object_id}"
    page = pages.get(source.object_id)
    return (page.url or "") if page else ""


_FINDERS = {Kind.PAGE.value: _page, Kind.DOCUMENT.value: _upload, Kind.FAQ.value: _faq}
