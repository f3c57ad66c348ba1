from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField

from academy.core.blocks import STATES, TEXT_FEATURES
from academy.core.sections import rich_text
from kb.text import clean
from kb.types import Document, Section, Status


class FAQQuerySet(models.QuerySet["FAQ"]):
    def published(self) -> "FAQQuerySet":
        return self.filter(published=True)

    def standing(self) -> "FAQQuerySet":
        """Those that are still the editors' answer."""
        return self.published().exclude(state="superseded")


class FAQ(models.Model):
    question = models.CharField(_("question"), max_length=200, unique=True)
    wordings = models.TextField(
        _("other wordings"), blank=True, help_text=_("How else it is asked: one wording a line.")
    )
    unlike = models.TextField(
        _("wordings that ask something else"),
        blank=True,
        help_text=_("What sounds like it and must not get this answer: one wording a line."),
    )
    answer = RichTextField(_("answer"), features=TEXT_FEATURES)
    basis = models.CharField(_("where it comes from"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=STATES, default="current")
    published = models.BooleanField(_("published"), default=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("changed by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = FAQQuerySet.as_manager()

    class Meta:
        verbose_name = _("FAQ")
        verbose_name_plural = _("FAQ")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.question

    @property
    def title(self) -> str:
        return self.question

    @property
    def other_wordings(self) -> list[str]:
        return self.wordings.split("\n") if self.wordings else []

    @property
    def unlike_wordings(self) -> list[str]:
        return self.unlike.split("\n") if self.unlike else []

    def clean(self) -> None:
        self.question = clean(self.question).strip()
        self.wordings, self.unlike = _lines(self.wordings), _lines(self.unlike)
        if both := {self.question, *self.other_wordings} & set(self.unlike_wordings):
            words = _("“%(wording)s” cannot both ask this and ask something else.")
            raise ValidationError({"unlike": words % {"wording": min(both)}})

    def to_document(self) -> Document:
        status = Status.SUPERSEDED if self.state == "superseded" else Status.CURRENT
        return Document(self.question, (Section((), rich_text(self.answer), f"faq-{self.pk}"),), status)


def _lines(text: str) -> str:
    """Each line once, without what surrounds it."""
    return "\n".join(dict.fromkeys(line.strip() for line in clean(text).split("\n") if line.strip()))
