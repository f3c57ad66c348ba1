from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from academy.organisations.models.enterprise import Enterprise


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    before: str
    after: str


class Change(models.Model):
    """Who changed what about an enterprise, and when, in the words of that day. Never changed itself."""

    # what is said of an enterprise beside its own fields
    STAFF, MANAGER = "staff", "manager"

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="changes")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(gettext_lazy("changed at"), default=timezone.now)
    # for each thing that changed: the field, what it was, what it became
    what = models.JSONField(gettext_lazy("what was changed"))

    class Meta:
        verbose_name = gettext_lazy("change of an enterprise")
        verbose_name_plural = gettext_lazy("changes of enterprises")
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.enterprise} · {self.at:%Y-%m-%d}"

    @property
    def lines(self) -> list[Line]:
        return [Line(label_of(field), before, after) for field, before, after in self.what]


def label_of(field: str) -> str:
    others = {
        "name": _("Name of the enterprise"),
        Change.STAFF: _("Staff"),
        Change.MANAGER: _("Manager"),
    }
    if field in others:
        return others[field]
    try:
        return str(Enterprise._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return field
