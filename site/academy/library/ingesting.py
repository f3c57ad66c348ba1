"""Files from a disk into the knowledge base, each by itself: one that fails stops no other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.text import slugify
from wagtail.documents.models import Document as Upload
from wagtail.models import Page

from academy.core.knowledge import knowledge_base
from academy.library.indexing import bring_up_to_date
from academy.library.models import IngestedFile, RegulationIndexPage, RegulationPage, Source
from academy.library.models.source import State
from academy.library.sources import key_of
from academy.library.tree import ensure_tree
from ingest.load import FORMATS, Unreadable, load
from ingest.pipeline import fingerprint
from ingest.split import is_law
from kb.ports import IndexUnavailable
from kb.types import Document, Status

NO_LONGER_IN_FORCE = ("旧规章", "旧版", "已废止", "已失效")


@dataclass(frozen=True)
class Outcome:
    path: str
    result: str  # indexed, unchanged or failed
    detail: str = ""
    passages: int = 0


def files_in(paths: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """Each file with the name it is known by: its path from the folder above the one that was given."""
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in FORMATS)
            yield from ((str(p.relative_to(path.parent)), p) for p in inside)
        else:
            yield f"{path.resolve().parent.name}/{path.name}", path


def bring_in(name: str, path: Path) -> Outcome:
    try:
        data = path.read_bytes()
        digest = fingerprint(data)
        twin = _already_there(digest)
        if twin:
            return Outcome(name, "unchanged", "" if twin.path == name else f"与 {twin.path} 相同")
        source = _stored(name, path, data, digest)
        bring_up_to_date(source)
    except Unreadable as error:
        return Outcome(name, "failed", str(error))
    except (IndexUnavailable, OSError) as error:
        return Outcome(name, "failed", f"暂时存不进去，稍后再运行一次：{error}")
    source.refresh_from_db()
    return Outcome(name, "indexed", source.title, source.passages)


def _already_there(digest: str) -> IngestedFile | None:
    """The same bytes, by whatever name, indexed with the model of today."""
    return (
        IngestedFile.objects.filter(
            sha256=digest, source__state=State.INDEXED, source__model=knowledge_base().embedder.name
        )
        .order_by("pk")
        .first()
    )


@transaction.atomic
def _stored(name: str, path: Path, data: bytes, digest: str) -> Source:
    """The file as an upload that staff see; a law gets a page where it can be read by article."""
    document = load(path.name, data)
    known = IngestedFile.objects.filter(path=name).select_related("document").first()
    upload = known.document if known else Upload(title=_title(path, document))
    upload.file.save(path.name, ContentFile(data), save=False)
    upload.file_size = len(data)
    upload.save()
    page = _published(upload) if is_law(document.sections) else None
    kind, pk = (Source.Kind.PAGE, page.pk) if page else (Source.Kind.DOCUMENT, upload.pk)
    source = Source.objects.get(key=key_of(kind.value, pk))
    IngestedFile.objects.update_or_create(
        path=name, defaults={"sha256": digest, "document": upload, "source": source}
    )
    return source


def _title(path: Path, document: Document) -> str:
    """A file's own name says more than its first line: editions and years stand there."""
    stem = path.name
    while Path(stem).suffix.lower() in {*FORMATS, ".gb18030", ".utf8", ".扫描件"}:
        stem = Path(stem).stem
    return stem or document.title


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
