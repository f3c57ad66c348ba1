import hashlib
import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ApiKeyManager(models.Manager["ApiKey"]):
    def that_opens(self, secret: str) -> "ApiKey | None":
        return self.filter(digest=digest_of(secret), active=True).first() if secret else None


class ApiKey(models.Model):
    """Lets a program ask. The key itself is shown once; what is kept cannot be turned back into it."""

    name = models.CharField(_("who uses it"), max_length=100)
    daily_quota = models.PositiveIntegerField(_("questions a day"), default=1000)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    # the first characters, by which people tell keys apart
    hint = models.CharField(_("key"), max_length=12, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    active = models.BooleanField(_("opens the door"), default=True)
    used_on = models.DateField(_("last used"), null=True, editable=False)
    used_today = models.PositiveIntegerField(_("questions on that day"), default=0, editable=False)

    objects = ApiKeyManager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def renew(self) -> str:
        """A new secret, which nobody can ask for again."""
        secret = f"sa_{secrets.token_urlsafe(32)}"
        self.digest, self.hint = digest_of(secret), secret[:8]
        return secret

    def spend(self) -> bool:
        """Whether the quota of today has room for one more question; if so, it is counted."""
        today = timezone.localdate()
        mine = ApiKey.objects.filter(pk=self.pk)
        mine.exclude(used_on=today).update(used_on=today, used_today=0)
        return bool(
            mine.filter(used_today__lt=self.daily_quota).update(used_today=models.F("used_today") + 1)
        )

    def give_back(self) -> None:
        """One question of today, which was not answered."""
        spent = ApiKey.objects.filter(pk=self.pk, used_on=timezone.localdate(), used_today__gt=0)
        spent.update(used_today=models.F("used_today") - 1)


def digest_of(secret: str) -> str:
    """Plain SHA-256: a random secret of 256 bits needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
