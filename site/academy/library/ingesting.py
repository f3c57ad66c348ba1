"""Files from a disk into the knowledge base, each by itself: one that fails stops no other."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from wagtail.documents.models import Document as Upload
from wagtail.models import Page

from academy.core.database import in_turn
from academy.core.knowledge import knowledge_base
from academy.library.duplicates import text_hash
from academy.library.indexing import bring_up_to_date, failed
from academy.library.models import IngestedFile, RegulationIndexPage, RegulationPage, Source
from academy.library.models.source import State
from academy.library.sources import key_of
from academy.library.tree import ensure_tree
from ingest.load import FORMATS, Unreadable, load, load_archive
from ingest.load.archive import SUFFIXES as ARCHIVES
from ingest.pipeline import fingerprint
from ingest.split import is_law, split
from kb.ports import PUBLIC, IndexUnavailable
from kb.types import Document, Status

NO_LONGER_IN_FORCE = ("旧规章", "旧版", "已废止", "已失效")


@dataclass(frozen=True)
class File:
    """Known by its path from the folder above the one that was given. `read` may raise Unreadable and OSError."""

    name: str
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Outcome:
    path: str
    result: str  # indexed, unchanged or failed
    detail: str = ""
    passages: int = 0


def files_in(paths: Iterable[Path]) -> Iterator[File]:
    """A packed folder is opened like a folder."""
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and _is_wanted(p.name))
            for each in inside:
                yield from _opened(str(each.relative_to(path.parent)), each)
        else:
            yield from _opened(f"{path.resolve().parent.name}/{path.name}", path)


def _is_wanted(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in {*FORMATS, *ARCHIVES}


def _opened(name: str, path: Path) -> Iterator[File]:
    if path.suffix.lower() not in ARCHIVES:
        yield File(name, path.read_bytes)
        return
    try:
        members = load_archive(path.name, path.read_bytes())
    except (Unreadable, OSError) as error:
        yield File(name, partial(_refuse, error))
        return
    for member, data in members:
        if _is_wanted(member):
            yield File(f"{name}/{member}", partial(bytes, data))


def _refuse(error: Exception) -> bytes:
    raise error


def bring_in(file: File) -> Outcome:
    """What was cut off in the middle is taken up where it was; what is there already stays as it is."""
    try:
        data = file.read()
        digest = fingerprint(data)
        twin = _already_there(file.name, digest)
        if twin:
            return Outcome(file.name, "unchanged", "" if twin.path == file.name else f"与 {twin.path} 相同")
        source = _begun(file.name, digest) or _read_and_stored(file.name, data, digest)
        _index(source)
    except Unreadable as error:
        return Outcome(file.name, "failed", str(error))
    except (IndexUnavailable, OSError) as error:
        return Outcome(file.name, "failed", f"暂时存不进去，稍后再运行一次：{error}")
    source.refresh_from_db()
    if source.duplicate_of:
        return Outcome(file.name, "unchanged", f"与《{source.duplicate_of.title}》内容相同，未重复入库")
    return Outcome(file.name, "indexed", source.title, source.passages)


def _index(source: Source) -> None:
    try:
        bring_up_to_date(source)
    except Unreadable as error:
        failed(source, str(error))
        raise


def _already_there(name: str, digest: str) -> IngestedFile | None:
    """The same bytes, indexed with the model of today or linked to what is: under this name, or for everybody."""
    same = IngestedFile.objects.filter(Q(path=name) | Q(source__audience=PUBLIC), sha256=digest)
    model = knowledge_base().embedder.name
    indexed = same.filter(source__state=State.INDEXED, source__model=model)
    return indexed.order_by("pk").first() or same.filter(source__state=State.DUPLICATE).order_by("pk").first()


def _begun(name: str, digest: str) -> Source | None:
    """These bytes are stored; only the index has not got them."""
    known = IngestedFile.objects.filter(path=name, sha256=digest).select_related("source").first()
    return known.source if known else None


def _read_and_stored(name: str, data: bytes, digest: str) -> Source:
    """Read first: nobody else may write while a transaction is open, and a scan takes minutes."""
    return _stored(name, data, digest, load(PurePosixPath(name).name, data))


@transaction.atomic
def _stored(name: str, data: bytes, digest: str, document: Document) -> Source:
    """The file as an upload that staff see; a law gets a page where it can be read by article."""
    # a page is put behind those that are there
    in_turn("regulations")
    file_name = PurePosixPath(name).name
    known = IngestedFile.objects.filter(path=name).select_related("document").first()
    upload = known.document if known else Upload(title=(title_of(file_name) or document.title)[:255])
    put(upload, file_name, data)
    page = _published(upload) if is_law(document.sections) and not _is_said(document, upload) else None
    kind, pk = (Source.Kind.PAGE, page.pk) if page else (Source.Kind.DOCUMENT, upload.pk)
    source = Source.objects.get(key=key_of(kind.value, pk))
    IngestedFile.objects.update_or_create(
        path=name, defaults={"sha256": digest, "document": upload, "source": source}
    )
    return source


def put(upload: Any, file_name: str, data: bytes) -> None:
    """The upload has this content now; the file it had goes when nothing can call for it any more."""
    storage, old = upload.file.storage, upload.file.name
    upload.file.save(file_name, ContentFile(data), save=False)
    upload._set_document_file_metadata()
    upload.save()
    if old:
        transaction.on_commit(partial(storage.delete, old))


def _is_said(document: Document, upload: Any) -> bool:
    """Another text here has these very words, in whatever format: no second page for them."""
    if upload.regulations.exists():
        return False
    others = Source.objects.live().filter(audience=PUBLIC, text_hash=text_hash(split("", document)))
    return others.exclude(key=key_of("document", upload.pk)).exists()


def title_of(file_name: str) -> str:
    """A file's own name says more than its first line: editions and years stand there."""
    stem = file_name
    while Path(stem).suffix.lower() in {*FORMATS, ".gb18030", ".utf8", ".扫描件"}:
        stem = Path(stem).stem
    return stem


def _published(upload: Any) -> RegulationPage:
    page: RegulationPage | None = RegulationPage.objects.filter(document=upload).first()
    if page is None:
        parent = RegulationIndexPage.objects.first() or _new_list()
        page = _new_page(parent, upload)
        parent.add_child(instance=page)
    page.save_revision().publish()
    return page


def _new_list() -> Page:
    ensure_tree()
    return RegulationIndexPage.objects.get()


def _new_page(parent: Page, upload: Any) -> RegulationPage:
    """Whether it is in force is for an editor to say, unless its name says that it is not."""
    is_old = any(word in upload.title for word in NO_LONGER_IN_FORCE)
    slug = slugify(upload.title, allow_unicode=True)[:200]
    taken = parent.get_children().filter(slug=slug).exists()
    return RegulationPage(
        title=upload.title,
        slug=f"{slug}-{upload.pk}" if taken else slug,
        document=upload,
        status=(Status.SUPERSEDED if is_old else Status.UNVERIFIED).value,
    )
