from collections.abc import Collection

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import Document

from kb.ports import PUBLIC


class State(models.TextChoices):
    QUEUED = "queued", _("Waiting to be indexed")
    INDEXED = "indexed", _("Indexed")
    FAILED = "failed", _("Failed")
    DUPLICATE = "duplicate", _("Same as another")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class SourceQuerySet(models.QuerySet["Source"]):
    def live(self) -> "SourceQuerySet":
        """Those whose words may be shown now."""
        return self.filter(live=True)

    def unsettled(self) -> "SourceQuerySet":
        """Those that the index still has to take in or to forget."""
        to_forget = models.Q(state=State.WITHDRAWN) & ~models.Q(content_hash="")
        return self.filter(models.Q(state=State.QUEUED) | to_forget)

    def speaking_for(self, key: str) -> "SourceQuerySet":
        """The live source that has these words: itself, or the one that it is the same as."""
        return self.live().filter(models.Q(key=key) | models.Q(duplicates__key=key)).distinct()

    def live_keys(self, keys: Collection[str]) -> set[str]:
        return set(self.live().filter(key__in=keys).values_list("key", flat=True))


class Source(models.Model):
    """The state of one source in the index: a page, an uploaded file or an FAQ entry.

    `live` stops being true in the transaction that withdraws or changes the source; every hit is checked
    against it, so nothing withdrawn is answered however far behind the index is.
    """

    class Kind(models.TextChoices):
        PAGE = "page", _("Page")
        DOCUMENT = "document", _("File")
        FAQ = "faq", _("FAQ")

    key = models.CharField(_("key"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    object_id = models.PositiveBigIntegerField()
    title = models.CharField(_("title"), max_length=255)
    # who may read it, and so in which collection of the index it stands
    audience = models.CharField(_("readers"), max_length=60, default=PUBLIC)
    live = models.BooleanField(_("may be answered from"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    error = models.TextField(_("why it failed"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    # how often the process that was at it has died
    interruptions = models.PositiveSmallIntegerField(default=0)
    # counts the changes; a task that began before the last one has nothing to say
    revision = models.PositiveIntegerField(default=0)
    content_hash = models.CharField(max_length=64, blank=True)
    # of the words alone, whatever the format; the same words are indexed once for each audience
    text_hash = models.CharField(max_length=64, blank=True, db_index=True)
    duplicate_of = models.ForeignKey(
        "self",
        verbose_name=_("same as"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="duplicates",
    )
    passages = models.PositiveIntegerField(_("passages"), default=0)
    model = models.CharField(_("embedding model"), max_length=200, blank=True)
    # a task is at it since then, or was when it was cut off
    started_at = models.DateTimeField(_("being indexed since"), null=True, blank=True)
    indexed_at = models.DateTimeField(_("indexed at"), null=True, blank=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("index state")
        verbose_name_plural = _("index states")
        ordering = ("-updated_at",)

    def __str__(self) -> str:
        return self.title

    @property
    def in_words(self) -> str:
        """Its state as staff read it, with what there is to know about it."""
        if self.error:
            return self.error
        if self.state == State.QUEUED and self.started_at:
            return gettext("Being read and indexed …")
        if self.state == State.DUPLICATE and self.duplicate_of:
            words = gettext("Says the same as “%(title)s”, so it was not indexed twice.")
            return words % {"title": self.duplicate_of.title}
        if self.state == State.INDEXED:
            return gettext("Indexed: %(count)d passages.") % {"count": self.passages}
        return str(self.get_state_display())


class Passage(models.Model):
    """The lexical index's own copy of a passage; `TextIndex` writes it, reader pages read it."""

    source_key = models.CharField(max_length=60, db_index=True)
    ordinal = models.PositiveIntegerField()
    title = models.CharField(max_length=255)
    path = models.JSONField()
    text = models.TextField()
    anchor = models.CharField(max_length=120, blank=True)
    page = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=12)

    class Meta:
        ordering = ("source_key", "ordinal")
        constraints = [
            models.UniqueConstraint(fields=["source_key", "ordinal"], name="one_passage_per_place")
        ]

    def __str__(self) -> str:
        return f"{self.source_key}#{self.ordinal}"

    @property
    def heading(self) -> str:
        """Where it stands; an article that begins with its own number is not announced by it too."""
        path = (
            self.path[:-1] if self.path and self.text.startswith(self.path[-1].split(" ")[0]) else self.path
        )
        return " › ".join(path)


class IngestedFile(models.Model):
    """A file that was brought in with others, known by its path so that it is never brought in twice."""

    path = models.CharField(max_length=500, unique=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="ingested")
    source = models.ForeignKey(Source, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return self.path


class Rebuild(models.Model):
    """One building of all vectors anew, beside those that answer meanwhile."""

    started_at = models.DateTimeField(_("started at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} {self.done}/{self.total}"
