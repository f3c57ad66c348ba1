from django.db import models


class Watermark(models.Model):
    """One row: the months have every record that was stored before `until`, and those alone."""

    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.until:%Y-%m-%d %H:%M:%S}"


class Month(models.Model):
    """The records of a month as columns, accounts and enterprises as they were recorded. The same records have the same
    digest, so whoever knows it has no need to read the columns again."""

    watermark = models.ForeignKey(Watermark, on_delete=models.PROTECT, related_name="months")
    month = models.DateField(primary_key=True)
    words = models.JSONField()
    columns = models.BinaryField()
    count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, unique=True)
    written_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("month",)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.count}"
