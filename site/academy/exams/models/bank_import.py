from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class BankImport(models.Model):
    """A file of questions as it was read, kept from its preview until it is taken in; `rows` are emptied then."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("file"), max_length=200)
    rows = models.JSONField(default=list)
    tags = models.JSONField(_("tags"), default=list)
    difficulty = models.PositiveSmallIntegerField(_("difficulty"), null=True)
    read_at = models.DateTimeField(auto_now_add=True)
    imported_at = models.DateTimeField(null=True)
    added = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("import of questions")
        verbose_name_plural = _("imports of questions")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name
