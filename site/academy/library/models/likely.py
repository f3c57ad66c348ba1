from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ingest.likely import Likely, bare_title
from kb.text import clean


class LikelyQuestionQuerySet(models.QuerySet["LikelyQuestion"]):
    def approved(self) -> "LikelyQuestionQuerySet":
        """Those that lead to a passage."""
        return self.filter(state=LikelyQuestion.State.APPROVED)

    def drafts(self) -> "LikelyQuestionQuerySet":
        return self.filter(state=LikelyQuestion.State.DRAFT)


class LikelyQuestion(models.Model):
    """What people ask in their own words, beside the place that answers it: a key to a passage, never quoted.

    Whoever changes any of them by other ways than `likely.changes` tells it which titles, so that the index follows.
    """

    class Origin(models.TextChoices):
        SHIPPED = "shipped", _("Came with the site")
        EDITOR = "editor", _("Written by an editor")
        IMPORTED = "imported", _("Imported")
        DRAFTED = "drafted", _("Drafted by a model")

    class State(models.TextChoices):
        APPROVED = "approved", _("Put to use")
        DRAFT = "draft", _("Draft")
        REJECTED = "rejected", _("Turned down")

    title = models.CharField(
        _("title"), max_length=255, db_index=True, help_text=_("Of the text, without its edition.")
    )
    place = models.CharField(
        _("article or heading"),
        max_length=200,
        blank=True,
        help_text=_("As it is printed. Empty: anywhere in the text."),
    )
    section = models.CharField(
        _("words of the part"),
        max_length=300,
        blank=True,
        help_text=_("Where an article is long: a few words, exactly as printed, of the part that answers."),
    )
    question = models.CharField(_("question"), max_length=200)
    origin = models.CharField(_("provenance"), max_length=10, choices=Origin.choices, default=Origin.EDITOR)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.APPROVED)
    # which of the shipped ones it was, whatever editors have made of it since
    shipped_as = models.CharField(max_length=64, blank=True, db_index=True)
    used = models.PositiveIntegerField(_("times used"), default=0)
    used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("changed by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = LikelyQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("likely question")
        verbose_name_plural = _("likely questions")
        ordering = ("title", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["title", "place", "question"],
                name="one_question_per_place",
                violation_error_message=_("This place has this question already."),
            )
        ]

    def __str__(self) -> str:
        return self.question

    def clean(self) -> None:
        self.title, self.place = bare_title(self.title), clean(self.place).strip()
        self.section, self.question = clean(self.section).strip(), clean(self.question).strip()

    @property
    def where(self) -> str:
        return f"{self.title} {self.place}".strip()

    @property
    def as_key(self) -> Likely:
        return Likely(self.title, self.place, self.question, self.section)
