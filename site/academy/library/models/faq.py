from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField

from academy.core.blocks import STATES, TEXT_FEATURES
from academy.core.sections import rich_text
from kb.types import Document, Section


class FAQQuerySet(models.QuerySet["FAQ"]):
    def published(self) -> "FAQQuerySet":
        return self.filter(published=True)


class FAQ(models.Model):
    question = models.CharField(_("question"), max_length=200, unique=True)
    answer = RichTextField(_("answer"), features=TEXT_FEATURES)
    basis = models.CharField(_("where it comes from"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=STATES, default="current")
    published = models.BooleanField(_("published"), default=True)

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

    def to_document(self) -> Document:
        return Document(self.question, (Section((), rich_text(self.answer), f"faq-{self.pk}"),))
