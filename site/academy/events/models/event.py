from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import Document
from wagtail.models import Page

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.organisations.models import District
from academy.organisations.scope import Scope

# people come early, and a talk runs on
EARLY = timedelta(hours=2)
LATE = timedelta(hours=2)
# so long after the list was closed somebody may still be put on it: what waited on a phone, or was forgotten
ADDED_UNTIL = timedelta(days=7)


class EventQuerySet(models.QuerySet["Event"]):
    def within(self, scope: Scope) -> Self:
        """Those held where this scope is; managers of enterprises hold none."""
        return self if scope.whole else self.filter(district__in=scope.districts)

    def of(self, user: User) -> Self:
        """Those somebody is invited to, by name or with everybody of an enterprise they work in or manage, and
        those they signed in to."""
        work = user.memberships.current().values("enterprise")
        manages = user.manages.current().values("enterprise")
        them = same_person(user)
        invited = Q(invited__user__in=them)
        for enterprises in (work, manages):
            invited |= Q(invited__enterprise__in=enterprises)
            invited |= Q(invited__enterprise__merged_into__in=enterprises)
        there = Q(sign_ins__user__in=them, sign_ins__undone_at=None)
        return self.filter(pk__in=self.filter(invited | there).values("pk"))

    def to_come(self, now: datetime) -> Self:
        """Also what was cancelled, until it would have been over: whoever meant to go has to see it."""
        there = Event.State.PLANNED, Event.State.RUNNING, Event.State.CANCELLED
        return self.filter(state__in=there, ends_at__gt=now - LATE)


class Event(models.Model):
    """A meeting in a room or on site. It counts from when its list is closed."""

    class Kind(models.TextChoices):
        TRAINING = "training", _("Training")
        TALK = "talk", _("Talk with those responsible")
        GUIDANCE = "guidance", _("Guidance on site")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        RUNNING = "running", _("Running")
        CLOSED = "closed", _("List closed")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.TRAINING)
    title = models.CharField(_("title"), max_length=100)
    district = models.ForeignKey(
        District, verbose_name=_("district"), on_delete=models.PROTECT, related_name="events"
    )
    place = models.CharField(_("place"), max_length=100)
    begins_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    hours = models.DecimalField(
        _("training hours"), max_digits=4, decimal_places=1, validators=[MinValueValidator(0)]
    )
    signs_out = models.BooleanField(_("people sign out when they leave"), default=False)
    capacity = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    agenda = models.TextField(_("agenda"), max_length=5000, blank=True)
    pages = models.ManyToManyField(Page, verbose_name=_("to read"), blank=True, related_name="+")
    documents = models.ManyToManyField(Document, verbose_name=_("files"), blank=True, related_name="+")
    minutes = models.TextField(_("minutes"), max_length=20_000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    reason = models.CharField(_("why it was cancelled"), max_length=200, blank=True)
    organiser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("organiser"),
        on_delete=models.PROTECT,
        related_name="organises",
    )
    made_at = models.DateTimeField(_("planned at"), default=timezone.now)
    # when whoever is invited is to be told of something; how often its time or place was changed
    tell_at = models.DateTimeField(null=True, blank=True, editable=False)
    moved = models.PositiveSmallIntegerField(_("times moved"), default=0, editable=False)
    closed_at = models.DateTimeField(_("list closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("-begins_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("begins_at")), name="event_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(reason=""), name="cancelled_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False), name="closed_says_when"
            ),
        ]
        indexes = [
            models.Index(fields=["begins_at"]),
            models.Index(fields=["district", "begins_at"]),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def key(self) -> str:
        """What records know it by."""
        return f"event:{self.pk}"

    @property
    def opens_at(self) -> datetime:
        return self.begins_at - EARLY

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.PLANNED, self.State.RUNNING)

    def materials(self) -> list[Any]:
        """What everybody may read of what was chosen; what was taken down since is left out."""
        pages = Page.objects.live().public().filter(pk__in=self.pages.values("pk"))
        return [*pages, *self.documents.all()]

    def takes_late(self, now: datetime) -> bool:
        return self.closed_at is not None and now < self.closed_at + ADDED_UNTIL
