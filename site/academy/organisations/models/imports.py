"""Files of the register as they came, what becomes of each row, and what was changed by them."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.accounts.models import User
from academy.core.database import give_way
from academy.organisations.models.change import label_of
from academy.organisations.models.enterprise import Enterprise
from academy.organisations.models.places import District, Jurisdiction


class RegisterImportQuerySet(models.QuerySet["RegisterImport"]):
    def in_state(self, *states: str) -> Self:
        return self.filter(state__in=states)

    def brought_in_by(self, user: User) -> Self:
        """For where they are official now: what they brought in elsewhere says what the register said there."""
        return self.filter(user=user, district=Jurisdiction.of(user))


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    AT_A_TIME = 2000

    def noted(self) -> Self:
        return self.exclude(notes=[])

    def drop(self) -> None:
        """Some at a time: deleting reads what it deletes."""
        while keys := list(self.order_by().values_list("pk", flat=True)[: self.AT_A_TIME]):
            ImportRow.objects.filter(pk__in=keys).delete()
            give_way()


class RegisterImport(models.Model):
    """A file from its arrival to its undoing. `done` and `total` are numbers of lines, or of changes when it is undone."""

    class Kind(models.TextChoices):
        ENTERPRISES = "enterprises", _("enterprises")
        PEOPLE = "people", _("people in enterprises")

    class State(models.TextChoices):
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked, not imported")
        APPLYING = "applying", _("being imported")
        APPLIED = "applied", _("imported")
        LOOKING = "looking", _("looking what can be undone")
        LOOKED = "looked", _("imported")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")
        FAILED = "failed", _("nothing imported")

    BUSY = (State.CHECKING, State.APPLYING, State.LOOKING, State.UNDOING)

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.CHECKING)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # where its user was official then
    district = models.ForeignKey(District, null=True, on_delete=models.PROTECT, related_name="+")
    # only its staff, where a manager brings them in
    enterprise = models.ForeignKey(Enterprise, null=True, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(_("language"), max_length=10)
    name = models.CharField(_("file"), max_length=200)
    data = models.BinaryField(null=True)
    passed_over = models.JSONField(_("columns that were not read"), default=list)
    renamed = models.JSONField(_("columns that have another name in the file"), default=list)
    hidden = models.PositiveIntegerField(_("hidden rows"), default=0)
    hidden_columns = models.JSONField(_("hidden columns"), default=list)
    only_good = models.BooleanField(_("without the bad rows"), default=False)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    error = models.CharField(_("error"), max_length=500, blank=True)
    stopped = models.CharField(_("why it stopped"), max_length=500, blank=True)
    read_at = models.DateTimeField(_("read at"), default=timezone.now)
    applied_at = models.DateTimeField(_("imported at"), null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)
    # who looked what can be undone, and then undid it
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = RegisterImportQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("import into the register")
        verbose_name_plural = _("imports into the register")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.name

    @property
    def is_busy(self) -> bool:
        return self.state in self.BUSY

    @property
    def is_given_up(self) -> bool:
        """It was all or nothing, and in the middle it came out that it cannot be all."""
        return self.applied_at is None and bool(self.error)


class ImportRow(models.Model):
    """`changes` and `problems` go by the heads of the columns: {head: [before, after]}, [[head, words]]. `notes`, as
    `problems` are: what was understood and is not kept as it was written."""

    class State(models.TextChoices):
        NEW = "new", _("new")
        CHANGED = "changed", _("changed")
        UNCHANGED = "unchanged", _("unchanged")
        WRONG = "wrong", _("has mistakes")

    batch = models.ForeignKey(RegisterImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("row"))
    state = models.CharField(_("state"), max_length=10, choices=State)
    cells = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    notes = models.JSONField(default=list)

    objects = ImportRowQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="a_row_of_an_import_once")]
        indexes = [models.Index(fields=["batch", "state", "number"])]

    def __str__(self) -> str:
        return f"{self.batch} · {self.number}"


class ImportChange(models.Model):
    """One row of the register that an import made or changed: {field: [before, after]}. `kept` says why it stays so."""

    class Model(models.TextChoices):
        ENTERPRISE = "enterprise", _("enterprise")
        MEMBERSHIP = "membership", _("membership")
        USER = "user", _("user")
        INVITATION = "invitation", _("invitation")

    batch = models.ForeignKey(RegisterImport, on_delete=models.CASCADE, related_name="journal")
    number = models.PositiveIntegerField(_("row"))
    model = models.CharField(max_length=20, choices=Model)
    key = models.PositiveBigIntegerField()
    made = models.BooleanField(default=False)
    fields = models.JSONField(default=dict)
    undone = models.BooleanField(default=False)
    kept = models.CharField(_("why it stays"), max_length=300, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("change by an import")
        verbose_name_plural = _("changes by imports")
        ordering = ("pk",)
        indexes = [
            models.Index(fields=["batch", "undone"]),
            models.Index(fields=["model", "key"], name="imports_of_a_row"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.key}"

    @property
    def labels(self) -> list[str]:
        """What was changed, for whoever reads about an enterprise."""
        return [label_of(name.removesuffix("_id")) for name in self.fields]
