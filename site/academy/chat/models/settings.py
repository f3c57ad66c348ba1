from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField

from academy.chat import emergency
from academy.core.blocks import StepBlock

SEASONS = [
    ("spring", _("spring")),
    ("summer", _("summer")),
    ("autumn", _("autumn")),
    ("winter", _("winter")),
]
# of January to December
_SEASON_OF = ["winter"] * 2 + ["spring"] * 3 + ["summer"] * 3 + ["autumn"] * 3 + ["winter"]


class SuggestionBlock(blocks.StructBlock):
    post = blocks.CharBlock(label=_("post"), required=False)
    question = blocks.CharBlock(label=_("question"))
    season = blocks.ChoiceBlock(
        SEASONS, label=_("season"), required=False, help_text=_("Empty: all the year round.")
    )


@register_setting(icon="help")
class ChatSettings(BaseSiteSetting):
    """What the chat says before anything is asked, and first of all when people are ill."""

    suggestions = StreamField(
        [("suggestion", SuggestionBlock())], blank=True, verbose_name=_("suggested questions")
    )
    emergency_title = models.CharField(
        _("emergency card: title"),
        max_length=50,
        blank=True,
        help_text=_("Empty: the card that comes with the site, in the reader's language."),
    )
    emergency_steps = StreamField(
        [("step", StepBlock())], blank=True, verbose_name=_("emergency card: steps")
    )

    panels = [FieldPanel("suggestions"), FieldPanel("emergency_title"), FieldPanel("emergency_steps")]

    class Meta:
        verbose_name = _("chat")

    @property
    def first_aid_title(self) -> Any:
        return self.emergency_title or emergency.TITLE

    @property
    def first_aid(self) -> list[Any]:
        return [block.value for block in self.emergency_steps] or emergency.STEPS

    def suggested(self) -> list[Any]:
        """Those of this season first, then those of any; none of another season."""
        season = _SEASON_OF[timezone.localdate().month - 1]
        values = [block.value for block in self.suggestions]
        now = [value for value in values if value.get("season") == season]
        return now + [value for value in values if not value.get("season")]
