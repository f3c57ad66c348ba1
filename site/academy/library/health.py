"""How far the index is behind what is published, and what staff can do about it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.documents.models import Document as Upload
from wagtail.models import Collection, Page
from wagtail.permissions import policy_registry

from academy.core.knowledge import chroma_alive, knowledge_base
from academy.core.workers import is_anybody_at_work
from academy.library.models import Rebuild, Source
from academy.library.models.source import SourceQuerySet, State
from kb.ports import PUBLIC

# what waits longer is behind
PATIENCE = timedelta(minutes=5)
# what waits longer than this while nobody works waits for nobody
SILENCE = timedelta(minutes=1)


@dataclass(frozen=True)
class Trouble:
    """`words` say what is wrong and what to do; `state` is where in the listing it is seen."""

    words: str
    state: str = ""


def troubles() -> list[Trouble]:
    """Worst first; empty when the index is what the site says."""
    found = [_vectors(), _worker(), _lagging(), _failed(), _other_model(), _cut_off()]
    return [trouble for trouble in found if trouble]


def _vectors() -> Trouble | None:
    if settings.KNOWLEDGE_BASE["vector_store"] != "chroma" or chroma_alive():
        return None
    return Trouble(
        _(
            "The vector server (Chroma) does not answer: questions are answered by words alone, and nothing new is "
            "indexed. Start it with “manage.py chroma”; what waits is then indexed by itself."
        )
    )


def _worker() -> Trouble | None:
    waiting = Source.objects.unsettled().filter(updated_at__lt=timezone.now() - SILENCE)
    if is_anybody_at_work() or not waiting.exists():
        return None
    return Trouble(_("Nobody does the tasks: start the worker with “manage.py db_worker”."), State.QUEUED)


def _lagging() -> Trouble | None:
    count = Source.objects.unsettled().filter(updated_at__lt=timezone.now() - PATIENCE).count()
    words = ngettext(
        "%(count)d source has waited for more than five minutes. It is not answered from until it is indexed.",
        "%(count)d sources have waited for more than five minutes. They are not answered from until they are indexed.",
        count,
    )
    return Trouble(words % {"count": count}, State.QUEUED) if count else None


def _failed() -> Trouble | None:
    count = Source.objects.filter(state=State.FAILED).count()
    words = ngettext(
        "%(count)d source could not be indexed. The list says why; put it right and try again.",
        "%(count)d sources could not be indexed. The list says why; put them right and try again.",
        count,
    )
    return Trouble(words % {"count": count}, State.FAILED) if count else None


def _other_model() -> Trouble | None:
    count = Source.objects.live().exclude(model=knowledge_base().embedder.name).count()
    words = ngettext(
        "%(count)d source was indexed with another embedding model than the one that is set. Rebuild the index.",
        "%(count)d sources were indexed with another embedding model than the one that is set. Rebuild the index.",
        count,
    )
    return Trouble(words % {"count": count}) if count else None


def _cut_off() -> Trouble | None:
    last = Rebuild.objects.first()
    if last is None or not last.error:
        return None
    words = _("The last rebuilding came to nothing, and the index stayed as it was: %(error)s")
    return Trouble(words % {"error": last.error})


def theirs(user: Any) -> QuerySet[Collection]:
    """The collections in which this user may do anything at all."""
    policy = policy_registry.get_by_type(Upload)
    found: QuerySet[Collection] = policy.collections_user_has_any_permission_for(
        user, ["add", "change", "delete", "choose"]
    )
    return found


def seen_by(user: Any) -> SourceQuerySet:
    """All but the files of other collections, the regulations that speak for them, and restricted pages that
    this user does not come by in the admin."""
    hidden = Upload.objects.exclude(collection__in=theirs(user))
    pages = policy_registry.get_by_type(Page).explorable_instances(user)
    found = Source.objects.exclude(kind=Source.Kind.DOCUMENT, object_id__in=hidden.values("pk"))
    found = found.exclude(
        kind=Source.Kind.PAGE, object_id__in=hidden.filter(regulations__isnull=False).values("regulations")
    )
    # what waits or has failed may be for others by now than it was when it was indexed
    restricted = Source.objects.filter(kind=Source.Kind.PAGE).exclude(audience=PUBLIC, live=True)
    return found.exclude(pk__in=restricted.exclude(object_id__in=pages.values("pk")).values("pk"))
