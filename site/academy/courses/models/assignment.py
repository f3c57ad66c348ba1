from datetime import date
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.organisations.models import (
    BusinessType,
    District,
    Enterprise,
    Membership,
    Placed,
    Post,
)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def standing(self) -> Self:
        return self.filter(cancelled_at=None)

    def taking_in(self) -> Self:
        """Those whose rule stays open: whoever fits it later is assigned as well."""
        return self.standing().filter(closed_at=None).exclude(intake=Assignment.Intake.ONCE)

    def for_place(self, place: Membership) -> Self:
        """Those whose rule this place of work fits, as `Rule.places` chooses it; lists of people fit nobody new."""
        fits = Q(district=None) | Q(district__in=_with_those_above(place.enterprise.district))
        enterprises = [place.enterprise_id, place.enterprise.merged_into_id]
        fits &= _chosen("business_types", businesstype=place.enterprise.business_type_id)
        fits &= _chosen("posts", post=place.post_id)
        fits &= _chosen("enterprises", enterprise__in=enterprises)
        risk = place.enterprise.risk_level
        fits &= Q(risk_levels="") | (Q(risk_levels__contains=risk) if risk else Q(pk__in=[]))
        return self.filter(fits, listed__isnull=True)


def _with_those_above(district: District | None) -> list[int]:
    return [district.pk, *_with_those_above(district.parent)] if district else []


def _chosen(name: str, **one: object) -> Q:
    """Where some are chosen, this is among them."""
    links = getattr(Assignment, name).through.objects.filter(assignment=OuterRef("pk"))
    return Q(~Exists(links)) | Q(Exists(links.filter(**one)))


class Assignment(models.Model):
    """A course, an exam or a handbook to sign for, for these people, by this date.

    It knows what is to be done by key and by the words of that day. The rule that chose the people is kept; where
    it stays open, whoever fits it later is assigned as well. Nothing is deleted: one that was wrong is cancelled.
    """

    class Kind(models.TextChoices):
        COURSE = "course", _("Course")
        EXAM = "exam", _("Exam")
        HANDBOOK = "handbook", _("Handbook to sign for")

    class Intake(models.TextChoices):
        ONCE = "once", _("Who fits now")
        OPEN = "open", _("Who fits now, and whoever begins to fit later")
        RENEWAL = "renewal", _("Who fits and whose certificate of this course ends soon")

    key = models.UUIDField(unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    object_key = models.CharField(_("object key"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    edition = models.CharField(_("edition"), max_length=50, blank=True)
    note = models.CharField(_("why, for whoever has to do it"), max_length=200, blank=True)
    due_on = models.DateField(_("to be done by"))
    intake = models.CharField(_("who is taken in"), max_length=10, choices=Intake, default=Intake.ONCE)
    grace_days = models.PositiveSmallIntegerField(
        _("days for whoever comes later"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    renewal_days = models.PositiveSmallIntegerField(
        _("days before the end of the certificate"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
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
    enterprises = models.ManyToManyField(Enterprise, verbose_name=_("enterprises"), blank=True)
    risk_levels = models.CharField(_("risk levels"), max_length=4, blank=True)
    # the rule in the words of the day on which it was made
    audience = models.CharField(_("for whom"), max_length=500, blank=True)
    # the accounts of a pasted list; none where there was no list
    listed = models.JSONField(null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    expected = models.PositiveIntegerField(_("people it was made for"), default=0)
    ready_at = models.DateTimeField(_("everybody assigned at"), null=True)
    closed_at = models.DateTimeField(_("takes in nobody since"), null=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    cancelled_because = models.CharField(_("why it was cancelled"), max_length=200, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ("-made_at", "-pk")

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """How the log names it."""
        return f"assignment:{self.pk}"

    @property
    def proof_key(self) -> str:
        """What the records that prove it are about: an exam that was assigned is sat for its assignment."""
        return f"assigned:{self.pk}" if self.kind == self.Kind.EXAM else self.object_key

    @property
    def takes_in(self) -> bool:
        return not (self.cancelled_at or self.closed_at or self.intake == self.Intake.ONCE)


class AssigneeQuerySet(models.QuerySet["Assignee"]):
    def standing(self) -> Self:
        """One row a person and assignment: the latest, where somebody was asked for one certificate after another."""
        return self.filter(followed_at=None)

    def open(self) -> Self:
        """Still to be done, whether in time or late."""
        return self.standing().filter(done_at=None, excused_at=None, assignment__cancelled_at=None)


class Assignee(Placed):
    """One person who has to do it: since when, why, by when; where they work, until it is done.

    Of an assignment for certificates that end there is one row for each certificate; an earlier one is followed by the next.

    `done_at` is what the records say (see `assignments.proving`), kept here so that it can be counted; nothing else writes it.
    """

    class Why(models.TextChoices):
        CHOSEN = "chosen", _("chosen")
        NEWCOMER = "newcomer", _("began to fit later")
        RENEWAL = "renewal", _("the certificate ends")

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="assignees")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assigned")
    person_name = models.CharField(_("name"), max_length=50, blank=True)
    why = models.CharField(_("why"), max_length=10, choices=Why)
    assigned_at = models.DateTimeField(_("assigned at"), default=timezone.now)
    due_on = models.DateField(_("to be done by"))
    # a certificate that is valid on this day is enough
    holds_until = models.DateField()
    done_at = models.DateTimeField(_("done at"), null=True)
    left_on = models.DateField(_("works nowhere since"), null=True)
    followed_at = models.DateTimeField(_("asked anew at"), null=True)
    excused_at = models.DateTimeField(_("excused at"), null=True)
    excused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    excuse = models.CharField(_("why they are excused"), max_length=200, blank=True)

    objects = AssigneeQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignee")
        verbose_name_plural = _("assignees")
        ordering = ("due_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "user"], condition=Q(followed_at=None), name="assigned_once"
            ),
            models.UniqueConstraint(fields=["assignment", "user", "due_on"], name="asked_once_a_certificate"),
        ]
        indexes = [
            models.Index(fields=["assignment", "district_key"], name="assignees_by_district"),
            models.Index(fields=["enterprise_key", "assignment"], name="assignees_by_enterprise"),
            models.Index(
                fields=["due_on"], condition=Q(done_at=None, excused_at=None), name="assignees_still_to_do"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_name} · {self.assignment}"

    def days_left(self, today: date) -> int:
        return (self.due_on - today).days

    @property
    def assigned_on(self) -> date:
        return timezone.localdate(self.assigned_at, timezone.get_default_timezone())


class AssignmentReminder(models.Model):
    """That somebody was told, on one occasion. A channel without a time has not been reached yet."""

    assignee = models.ForeignKey(Assignee, on_delete=models.PROTECT, related_name="reminders")
    occasion = models.CharField(_("occasion"), max_length=20)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    emailed_at = models.DateTimeField(_("e-mailed at"), null=True, blank=True)
    texted_at = models.DateTimeField(_("text message sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("reminder of an assignment")
        verbose_name_plural = _("reminders of assignments")
        constraints = [models.UniqueConstraint(fields=["assignee", "occasion"], name="told_once_an_occasion")]

    def __str__(self) -> str:
        return f"{self.assignee}: {self.occasion}"


class AssignmentDay(models.Model):
    """What is due for assignments on this day is being done by somebody."""

    day = models.DateField(primary_key=True)

    def __str__(self) -> str:
        return f"{self.day}"
