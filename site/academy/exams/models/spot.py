from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from academy.exams.models.paper import Paper
from academy.organisations.models import BusinessType, District, Placed, Post


class SpotExam(models.Model):
    """Some of those who work in the trade, drawn at random, sit a paper within a window of time (监督抽考)."""

    title = models.CharField(
        _("title"),
        max_length=100,
        unique=True,
        error_messages={
            "unique": _("There is a spot exam of this name. Say in the title which one this is.")
        },
    )
    paper = models.ForeignKey(
        Paper, verbose_name=_("paper"), on_delete=models.PROTECT, related_name="spot_exams"
    )
    district = models.ForeignKey(
        District,
        verbose_name=_("district"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    business_types = models.ManyToManyField(BusinessType, verbose_name=_("business types"), blank=True)
    posts = models.ManyToManyField(Post, verbose_name=_("posts"), blank=True)
    size = models.PositiveIntegerField(_("how many people"), default=20, validators=[MinValueValidator(1)])
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    seed = models.CharField(max_length=32, editable=False)
    # the accounts that it was drawn from, in order, so that the draw can be repeated
    population = models.JSONField(default=list, editable=False)
    drawn_from = models.PositiveIntegerField(_("drawn from"), default=0, editable=False)
    drawn_at = models.DateTimeField(_("drawn at"), null=True, editable=False)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("spot exam")
        verbose_name_plural = _("spot exams")
        ordering = ("-opens_at", "-pk")

    def __str__(self) -> str:
        return self.title

    @property
    def purpose(self) -> str:
        return f"spot:{self.pk}"


class Candidate(Placed):
    """Somebody drawn for a spot exam, with the words of that day."""

    spot_exam = models.ForeignKey(SpotExam, on_delete=models.PROTECT, related_name="candidates")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="candidacies")
    person_name = models.CharField(_("name"), max_length=50, blank=True)

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["spot_exam", "user"], name="drawn_once")]

    def __str__(self) -> str:
        return f"{self.person_name} · {self.spot_exam}"
