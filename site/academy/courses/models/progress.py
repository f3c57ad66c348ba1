from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Enrolment(models.Model):
    """A person takes an edition of a course. The highest one is what they are at; moving adds a row."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrolments")
    course_key = models.CharField(_("course key"), max_length=60)
    edition = models.PositiveIntegerField(_("edition"))
    began_at = models.DateTimeField(_("began at"))
    stays = models.BooleanField(
        _("finishes this edition"),
        default=False,
        help_text=_("They were offered a newer one and chose to stay."),
    )

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(fields=["user", "course_key", "edition"], name="enrolled_once_an_edition")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.course_key}:{self.edition}"


class LessonProgressQuerySet(models.QuerySet["LessonProgress"]):
    def done(self) -> "LessonProgressQuerySet":
        return self.exclude(done_at=None)


class LessonProgress(models.Model):
    """How far a worker is in a lesson, in the edition of that day. It outlives lesson and course.

    `watched` holds for each video the parts seen, `[[from, to], …]` in seconds, in order and apart;
    `positions` where each video was left; `checks` for each question of the lesson whether it was answered right.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="lessons_done")
    course_key = models.CharField(_("course key"), max_length=60)
    lesson_key = models.CharField(_("lesson key"), max_length=60)
    edition = models.PositiveIntegerField(_("edition"))
    opened_at = models.DateTimeField(_("first opened at"), null=True)
    seconds = models.PositiveIntegerField(_("seconds counted"), default=0)
    watched = models.JSONField(_("parts watched"), default=dict)
    positions = models.JSONField(default=dict)
    checks = models.JSONField(_("questions answered"), default=dict)
    done_at = models.DateTimeField(_("done at"), null=True)

    objects = LessonProgressQuerySet.as_manager()

    class Meta:
        verbose_name = _("lesson progress")
        verbose_name_plural = _("lesson progress")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "course_key", "lesson_key", "edition"], name="lesson_done_once_an_edition"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.lesson_key}"


class LessonVisit(models.Model):
    """One time that a lesson was open on one screen. What it claims only grows, so a report sent twice counts once."""

    progress = models.ForeignKey(LessonProgress, on_delete=models.PROTECT, related_name="visits")
    key = models.UUIDField()
    opened_at = models.DateTimeField(_("opened at"))
    heard_at = models.DateTimeField(_("last heard of at"))
    seconds = models.PositiveIntegerField(_("seconds counted"), default=0)
    agent = models.CharField(_("device"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("visit to a lesson")
        verbose_name_plural = _("visits to lessons")
        constraints = [models.UniqueConstraint(fields=["progress", "key"], name="visit_once")]

    def __str__(self) -> str:
        return f"{self.progress} · {self.opened_at:%F %R}"


class LearningClock(models.Model):
    """Up to when a person's time has been counted: nobody learns in two places at once. Its row orders what one
    person's screens report."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="learning_clock"
    )
    counted_until = models.DateTimeField()

    class Meta:
        verbose_name = _("learning clock")
        verbose_name_plural = _("learning clocks")

    def __str__(self) -> str:
        return f"{self.user} · {self.counted_until:%F %R}"
