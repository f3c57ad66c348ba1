"""Before a certificate ends its holder is told, 60, 30 and 7 days ahead; each once, by whatever reaches the person.

On `/me/` it is always said. E-mail and text messages that fail are tried again with the next run; one person's failure
holds up nobody else. Whoever has renewed, or whose certificate was revoked, hears nothing. A site that starts late says
the nearest of the three and leaves out those that are past.
"""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_tasks import task

from academy.records.certifying import write_down
from academy.records.models import Certificate, Reminder, ReminderRun, Verb
from academy.records.reaching import is_daytime, reach

STEPS = (60, 30, 7)


def is_due(now: datetime | None = None) -> bool:
    day = timezone.localdate(now, timezone.get_default_timezone())
    return is_daytime(now) and not ReminderRun.objects.filter(day=day).exists()


@task()
def remind_today() -> None:
    """By whoever comes first on this day."""
    _run, is_mine = ReminderRun.objects.get_or_create(day=timezone.localdate())
    if is_mine:
        remind()


def remind() -> int:
    """Tells how many could be told everything. Run again, it sends only what has not arrived."""
    here = Q(user__is_active=True) | Q(user__merged_into__is_active=True)
    ending = Certificate.objects.expiring_within(max(STEPS)).filter(here)
    return sum(
        _told(certificate, step)
        for certificate in ending.select_related("user__merged_into", "completion")
        if (step := step_of(certificate))
    )


def step_of(certificate: Certificate) -> int | None:
    """The nearest step that has come. What was known on the day of issue is no reminder."""
    left = certificate.days_left or 0
    step = min((step for step in STEPS if left <= step), default=None)
    if step is None or certificate.expires_on is None:
        return None
    return step if certificate.issued_on < certificate.expires_on - timedelta(days=step) else None


def _told(certificate: Certificate, step: int) -> bool:
    reminder, is_new = Reminder.objects.get_or_create(certificate=certificate, days=step)
    if is_new:
        write_down(certificate, Verb.REMINDED, {"days": step}, occasion=str(step))
    holder = certificate.user.merged_into or certificate.user
    subject = _("Shi'an Academy: a certificate ends soon")
    return reach(reminder, holder, certificate.number, subject, words(certificate))


def words(certificate: Certificate) -> str:
    ends = date_format(certificate.expires_on, "DATE_FORMAT") if certificate.expires_on else ""
    return _(
        "Shi'an Academy: your certificate “%(course)s” ends on %(day)s. Pass the exam again by then and the new "
        "term begins where this one ends."
    ) % {"course": certificate.course_title, "day": ends}
