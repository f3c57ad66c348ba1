"""Whoever is invited is told: of the invitation, of another time or place, that it is cancelled, or that they are no longer
invited; and reminded on the day before. Each once, by day, by whatever reaches them; on `/me/`, on the home page and under
`/events/` it always stands.

What staff change waits for some minutes, so that a slip which is put right at once reaches nobody. Of an invited enterprise
those who keep its staff list are told: they send whom they like.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_tasks import task

from academy.accounts.models import User
from academy.core.workers import taken
from academy.events.models import Event, Notice
from academy.organisations.models import Enterprise, EnterpriseManager, EnterpriseQuerySet
from academy.records.reaching import OPENS, is_daytime, reach

Occasion = Notice.Occasion
GRACE = timedelta(minutes=5)
# in the morning of the day before, whoever has not been told anything since
EVE = time(OPENS)
# what could not be sent is tried again so often, and so much later
TRIES, PAUSE = 5, timedelta(minutes=30)


def soon(event: Event, now: datetime) -> None:
    """Something about it is to be told."""
    Event.objects.filter(pk=event.pk).update(tell_at=now + GRACE)


def is_news(event: Event, changed: Iterable[str]) -> bool:
    """Whether whoever is invited has to know of what was changed."""
    return not {"begins_at", "ends_at", "place"}.isdisjoint(changed)


def on_the_minute(sender: object, **kwargs: object) -> None:
    now = timezone.now()
    if is_daytime(now) and (waiting := _waiting(now)):
        for pk in waiting - taken(tell):
            tell.enqueue(pk)


@task(queue_name="slow")
def tell(event_pk: int) -> int:
    """How many could be told everything. Done again, only who is missing."""
    if not is_daytime():
        return 0
    _write(event_pk)
    return _send(event_pk)


def eve(event: Event) -> datetime:
    day = timezone.localdate(event.begins_at, timezone.get_default_timezone()) - timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, EVE), timezone.get_default_timezone())


def owed(last: Notice | None, is_asked: bool, event: Event, now: datetime) -> str:
    """What somebody has to be told next, by what they were told last; empty where they know."""
    knows_of_it = last is not None and last.occasion not in (Occasion.UNINVITED, Occasion.CANCELLED)
    if event.state == Event.State.CANCELLED:
        return Occasion.CANCELLED if knows_of_it else ""
    if not event.is_open:
        return ""
    if not is_asked:
        return Occasion.UNINVITED if knows_of_it else ""
    if last is None or not knows_of_it:
        return Occasion.INVITED
    if last.moved != event.moved:
        return Occasion.CHANGED
    return Occasion.REMINDED if last.created_at < eve(event) <= now else ""


def latest(event: Event) -> QuerySet[Notice]:
    """Of each person what they were told last."""
    same = Notice.objects.filter(event=event, user=OuterRef("user")).order_by().values("user")
    return Notice.objects.filter(event=event, number=Subquery(same.annotate(n=Max("number")).values("n")))


@transaction.atomic
def _write(event_pk: int) -> None:
    event, now = Event.objects.select_for_update(of=("self",)).get(pk=event_pk), timezone.now()
    if event.tell_at is None or event.tell_at > now:
        return
    is_later = event.is_open and eve(event) > now
    Event.objects.filter(pk=event_pk).update(tell_at=eve(event) if is_later else None)
    if event.ends_at <= now:
        return
    known = {one.user_id: one for one in latest(event)}
    asked = set(_asked(event).values_list("pk", flat=True))
    new = [
        Notice(
            event=event,
            user_id=pk,
            number=last.number + 1 if last else 1,
            occasion=said,
            moved=event.moved,
            created_at=now,
        )
        for pk in sorted(asked | known.keys())
        for last in [known.get(pk)]
        if (said := owed(last, pk in asked, event, now))
    ]
    Notice.objects.bulk_create(new, batch_size=500)


def _asked(event: Event) -> QuerySet[User]:
    """The accounts that are kept of the invited, and of those who manage an invited enterprise."""
    managers = _managers(event).values("user")
    asked = User.objects.filter(
        Q(pk__in=event.invited.exclude(user=None).values("user")) | Q(pk__in=managers)
    )
    heads = asked.exclude(merged_into=None).values("merged_into")
    return User.objects.filter(
        Q(pk__in=asked.filter(merged_into=None).values("pk")) | Q(pk__in=heads), is_active=True
    )


def _managers(event: Event) -> QuerySet[EnterpriseManager]:
    """Of the invited enterprises, or of what they turned out to be."""
    enterprises = event.invited.exclude(enterprise=None).values("enterprise")
    kept = Q(enterprise__in=enterprises) | Q(enterprise__merged__in=enterprises)
    return EnterpriseManager.objects.current().filter(kept)


def without_managers(event: Event) -> EnterpriseQuerySet:
    """The invited enterprises of which nobody can be told."""
    invited = Enterprise.objects.filter(pk__in=event.invited.exclude(enterprise=None).values("enterprise"))
    managed = _managers(event).values("enterprise")
    return invited.exclude(Q(pk__in=managed) | Q(merged_into__in=managed))


def _send(event_pk: int) -> int:
    """A person at a time: whoever is told is not told by another worker, and nobody is told by night."""
    event = Event.objects.get(pk=event_pk)
    by_name = set(event.invited.exclude(user=None).values_list("user", flat=True))
    told = 0
    for notice in _pending(timezone.now()).filter(pk__in=latest(event).values("pk")).select_related("user"):
        if not is_daytime():
            break
        if _claim(notice):
            told += _told(notice, event, notice.user_id in by_name)
    return told


def _claim(notice: Notice) -> bool:
    mine = Notice.objects.filter(pk=notice.pk, tries=notice.tries, told_at=None)
    return bool(mine.update(tries=F("tries") + 1, tried_at=timezone.now()))


def _told(notice: Notice, event: Event, by_name: bool) -> bool:
    subject = _("Shi'an Academy: %(title)s") % {"title": event.title}
    if not reach(notice, notice.user, event.key, subject, words(notice.occasion, event, by_name)):
        return False
    Notice.objects.filter(pk=notice.pk).update(told_at=timezone.now())
    return True


def words(occasion: str, event: Event, by_name: bool = True) -> str:
    """`by_name`: not for an enterprise that they manage."""
    said = {
        "title": event.title,
        "when": date_format(timezone.localtime(event.begins_at), "DATETIME_FORMAT"),
        "place": event.place,
        "why": event.reason,
    }
    if occasion == Occasion.CHANGED:
        text = _("Shi'an Academy: “%(title)s” is now on %(when)s, %(place)s. It stands on your page.")
    elif occasion == Occasion.REMINDED:
        text = _("Shi'an Academy: remember “%(title)s” on %(when)s, %(place)s. It stands on your page.")
    elif occasion == Occasion.CANCELLED:
        text = _("Shi'an Academy: “%(title)s” on %(when)s is cancelled: %(why)s")
    elif occasion == Occasion.UNINVITED:
        text = _("Shi'an Academy: you need not come to “%(title)s” on %(when)s any more.")
    elif by_name:
        text = _(
            "Shi'an Academy: you are invited to “%(title)s”, %(when)s, %(place)s. It stands on your page."
        )
    else:
        text = _(
            "Shi'an Academy: your enterprise is invited to “%(title)s”, %(when)s, %(place)s. Send whoever it concerns."
        )
    return text % said


def _pending(now: datetime) -> QuerySet[Notice]:
    due = Q(tried_at=None) | Q(tried_at__lte=now - PAUSE)
    return Notice.objects.filter(due, told_at=None, tries__lt=TRIES, event__ends_at__gt=now)


def _waiting(now: datetime) -> set[int]:
    """The events of which something is to be told, or sent again."""
    news = Event.objects.filter(tell_at__lte=now).values_list("pk", flat=True)
    return {*news, *_pending(now).values_list("event", flat=True).distinct().order_by()}
