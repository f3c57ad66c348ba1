"""Many files at once from the admin: each is taken in, or says why not, by itself."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.documents.models import Document as Upload
from wagtail.models import Collection
from wagtail.permissions import policy_registry

from academy.core.database import in_turn
from academy.library.ingesting import put, title_of
from academy.library.models import IngestedFile, Source
from academy.library.sources import key_of
from ingest.load import FORMATS, Unreadable, load_archive
from ingest.load.archive import SUFFIXES as ARCHIVES
from ingest.load.limits import FILE_BYTES
from ingest.pipeline import fingerprint

# no path on a disk begins like this
MARK = "collection "


@dataclass(frozen=True)
class Received:
    """One file with what became of it. `taken` is false for one that was there before or was not wanted."""

    name: str
    words: str = ""
    upload: Any = None
    taken: bool = False
    may_replace: bool = False


@dataclass(frozen=True)
class Shelf:
    """Where files go and for whom."""

    user: Any
    collection: Collection
    replace: bool = False

    def receive(self, name: str, data: bytes) -> Iterator[Received]:
        """A packed folder gives a row for each of its files. Sent again, nothing comes twice."""
        if PurePosixPath(name).suffix.lower() not in ARCHIVES:
            yield self._one(name, data)
            return
        try:
            members = load_archive(name, data)
        except Unreadable as error:
            yield Received(name, str(error))
            return
        for member, inside in members:
            yield self._one(member, inside)

    def _one(self, name: str, data: bytes) -> Received:
        if refused := _refusal(name, data):
            return Received(name, refused)
        with transaction.atomic():
            in_turn(_known_as(self.collection, name))
            there = _namesake(self.collection, name)
            if there is None:
                return self._taken(name, data, self._new(name))
            if there.get_file_hash() == hashlib.sha1(data, usedforsecurity=False).hexdigest():
                return Received(name, _("This very file is here already."), there)
            if not self._may_change(there):
                return Received(name, _("A file of this name is here, and you may not replace it."))
            if not self.replace:
                words = _("A file of this name is here, with other content. It was left as it is.")
                return Received(name, words, there, may_replace=True)
            return self._taken(name, data, there)

    def _new(self, name: str) -> Any:
        title = title_of(PurePosixPath(name).name)
        return Upload(title=title[:255], collection=self.collection, uploaded_by_user=self.user)

    def _taken(self, name: str, data: bytes, upload: Any) -> Received:
        words = _("Replaced.") if upload.pk else ""
        put(upload, PurePosixPath(name).name, data)
        state = {"sha256": fingerprint(data), "source": source_of(upload)}
        if not IngestedFile.objects.filter(document=upload).update(**state):
            known_as = _known_as(self.collection, name)
            # the file that had the name has been put into another collection
            IngestedFile.objects.filter(path=known_as).delete()
            IngestedFile.objects.create(path=known_as, document=upload, **state)
        return Received(name, words, upload, taken=True)

    def _may_change(self, upload: Any) -> bool:
        policy = policy_registry.get_by_type(Upload)
        return bool(policy.user_has_permission_for_instance(self.user, "change", upload))


def source_of(upload: Any) -> Source | None:
    """Where its words are indexed: a regulation page speaks for its file."""
    pages = [key_of("page", page.pk) for page in upload.regulations.all()]
    keys = pages or [key_of("document", upload.pk)]
    return Source.objects.filter(key__in=keys).select_related("duplicate_of").first()


def received_before(uploads: Iterable[Any]) -> list[Received]:
    return [Received(upload.filename, "", upload, taken=True) for upload in uploads]


def _refusal(name: str, data: bytes) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in ARCHIVES:
        return _("A packed folder inside a packed folder is not opened. Unpack it and upload what is in it.")
    if suffix not in FORMATS:
        return _(
            "This kind of file cannot be searched. Upload Word, PPT, Excel, CSV, PDF, pictures, web pages, Markdown, captions or text."
        )
    if not data:
        return _("The file is empty.")
    if len(data) > FILE_BYTES:
        return _("The file is larger than 50 MB. Split it, or make its pictures smaller.")
    return ""


def _namesake(collection: Collection, name: str) -> Any:
    """The file of this name in this collection, also one that came in by another way."""
    stored = PurePosixPath(default_storage.get_valid_name(PurePosixPath(name).name))
    # storage adds a suffix where the name is taken
    pattern = rf"^documents/{re.escape(stored.stem)}(_\w{{7}})?{re.escape(stored.suffix)}$"
    came_otherwise = Q(file__regex=pattern) & ~Q(ingested__path__startswith=MARK)
    same = Q(ingested__path=_known_as(collection, name)) | came_otherwise
    return Upload.objects.filter(same, collection=collection).order_by("pk").first()


def _known_as(collection: Collection, name: str) -> str:
    return f"{MARK}{collection.pk}: {name}"[:500]
