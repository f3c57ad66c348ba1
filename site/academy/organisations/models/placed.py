from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Placed(models.Model):
    """Where somebody worked when a record was made, in the words of that day. The keys are numbers and no references:
    they say who may see it, and hold nothing back from being closed, merged or moved."""

    enterprise_key = models.PositiveBigIntegerField(_("key of the enterprise"), null=True, blank=True)
    enterprise_name = models.CharField(_("enterprise"), max_length=100, blank=True)
    district_key = models.PositiveBigIntegerField(_("key of the district"), null=True, blank=True)
    district_name = models.CharField(_("district"), max_length=50, blank=True)
    business_type_name = models.CharField(_("business type"), max_length=30, blank=True)
    post_name = models.CharField(_("post"), max_length=30, blank=True)

    class Meta:
        abstract = True

    def placing(self) -> dict[str, Any]:
        """For another record of the same day."""
        return {field.name: getattr(self, field.name) for field in Placed._meta.fields}
