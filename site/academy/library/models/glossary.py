import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from kb.text import clean

_SEPARATORS = re.compile(r"[、，,；;\n]+")


class GlossaryEntryQuerySet(models.QuerySet["GlossaryEntry"]):
    def active(self) -> "GlossaryEntryQuerySet":
        return self.filter(is_active=True)


class GlossaryEntry(models.Model):
    """A formal term and what a kitchen calls it. Together they are the glossary that questions are understood by."""

    formal = models.CharField(
        _("formal term"), max_length=60, unique=True, help_text=_("As the handbooks and regulations say it.")
    )
    forms = models.TextField(
        _("kitchen forms"), help_text=_("What people say in a kitchen: one a line, or with 、 between them.")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    used = models.PositiveIntegerField(_("times asked with"), default=0)
    used_at = models.DateTimeField(_("last asked with"), null=True, blank=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True, db_index=True)

    objects = GlossaryEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("glossary entry")
        verbose_name_plural = _("glossary entries")
        ordering = ("formal",)

    def __str__(self) -> str:
        return self.formal

    def clean(self) -> None:
        self.formal, self.forms = clean(self.formal).strip(), "\n".join(spelt(self.forms))
        if not self.forms:
            raise ValidationError({"forms": _("Write at least one kitchen form.")})
        if self.formal in self.spellings:
            raise ValidationError({"forms": _("The formal term is not a kitchen form of itself.")})

    @property
    def spellings(self) -> list[str]:
        return spelt(self.forms)


def spelt(forms: str) -> list[str]:
    """Each form once."""
    return list(dict.fromkeys(form.strip() for form in _SEPARATORS.split(clean(forms)) if form.strip()))
