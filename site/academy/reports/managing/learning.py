"""What whoever keeps a staff list is told of each person's learning: certificates with their ends, and what is still to
be learned. Passed or not, and no score; derived from records whenever it is asked."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from academy.accounts.models import User
from academy.courses.models import Assignee, CoursePage, Enrolment
from academy.organisations.models import Enterprise, Membership
from academy.records.models import Certificate, Completion, TrainingHours
from academy.records.models.certificate import shanghai_today

NONE = Decimal(0)


@dataclass
class Learning:
    """`begun`: titles of courses that somebody is in; `assigned`: what they still have to do here, with its day."""

    certificates: list[Certificate] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    assigned: dict[str, date] = field(default_factory=dict)
    hours: Decimal = NONE
    target: Decimal | None = None

    @property
    def valid(self) -> list[Certificate]:
        return [one for one in self.certificates if one.state == Certificate.State.VALID]

    @property
    def ending(self) -> list[Certificate]:
        return [one for one in self.certificates if one.ends_soon]

    @property
    def expired(self) -> list[Certificate]:
        return [one for one in self.certificates if one.state == Certificate.State.EXPIRED]

    @property
    def missing_hours(self) -> Decimal:
        return max((self.target or NONE) - self.hours, NONE)

    @property
    def certified(self) -> str:
        """In words: how many hold, and which ends first."""
        held = self.valid
        if not held:
            return _("expired") if self.expired else _("none")
        words = ngettext("%(n)d valid", "%(n)d valid", len(held)) % {"n": len(held)}
        ends = min((one.expires_on for one in held if one.expires_on), default=None)
        if ends is None:
            return words
        return _("%(held)s, the first until %(day)s") % {
            "held": words,
            "day": date_format(ends, "DATE_FORMAT"),
        }

    @property
    def to_learn(self) -> list[str]:
        renew = (title for title in self._to_renew() if title not in self.assigned)
        again = [_("renew “%(course)s”") % {"course": title} for title in renew]
        under_way = (title for title in self.begun if title not in self.assigned)
        begun = [_("finish “%(course)s”") % {"course": title} for title in under_way]
        missing = self.missing_hours
        hours = (
            [_("%(n)s training hours this year") % {"n": f"{missing:f}".removesuffix(".0")}]
            if missing
            else []
        )
        return [*self._duties(), *again, *begun, *hours]

    def _duties(self) -> Iterator[str]:
        """What was assigned comes first, with its day, and is said once."""
        today = shanghai_today()
        for title, day in sorted(self.assigned.items(), key=lambda duty: duty[1]):
            words = _("“%(title)s”, late since %(day)s") if day < today else _("“%(title)s” by %(day)s")
            yield words % {"title": title, "day": date_format(day, "DATE_FORMAT")}

    def _to_renew(self) -> list[str]:
        """Not where another one of the same course holds: somebody with two accounts may have two."""
        held = {one.course_key for one in self.valid if not one.ends_soon}
        due = {one.course_key: one.course_title for one in (*self.expired, *self.ending)}
        return [title for course, title in due.items() if course not in held]


def learning_of(staff: Iterable[Membership]) -> dict[int, Learning]:
    """By the person's key, all of one enterprise; as many questions for fifty people as for one."""
    staff = list(staff)
    posts = {one.user_id: one.post.name for one in staff}
    person = _accounts(posts)
    found = {
        pk: Learning(target=Decimal(settings.HOURS_TARGETS[post]) if post in settings.HOURS_TARGETS else None)
        for pk, post in posts.items()
    }
    certificates = Certificate.objects.filter(user__in=person).standing().newest()
    for certificate in certificates.select_related("revocation"):
        found[person[certificate.user_id]].certificates.append(certificate)
    entries = TrainingHours.objects.filter(user__in=person).in_year(shanghai_today().year)
    for user, hours in entries.values_list("user", "hours"):
        found[person[user]].hours += hours
    for user, title, day in _assigned(person, {one.enterprise_id for one in staff}):
        first = found[person[user]].assigned
        first[title] = min(day, first.get(title, day))
    for pk, titles in _begun(person).items():
        found[pk].begun = sorted(titles)
    return found


def _accounts(people: Collection[int]) -> dict[int, int]:
    """Every account of these people, and whose it is; who stands on the list is there as themselves."""
    rows = User.objects.filter(Q(pk__in=people) | Q(merged_into__in=people)).values_list("pk", "merged_into")
    return {pk: pk if pk in people or kept is None else kept for pk, kept in rows}


def _assigned(person: dict[int, int], places: set[int]) -> Iterable[tuple[int, str, date]]:
    """What is assigned to them elsewhere is none of this enterprise's."""
    here = Enterprise.objects.filter(Q(pk__in=places) | Q(merged_into__in=places)).values("pk")
    rows = Assignee.objects.open().filter(user__in=person, enterprise_key__in=here)
    return rows.values_list("user", "assignment__title", "due_on")


def _begun(person: dict[int, int]) -> dict[int, set[str]]:
    """Courses that are there, begun and not completed in the edition that they are in or a later one."""
    through = Completion.objects.filter(course_key=OuterRef("course_key"), edition__gte=OuterRef("edition"))
    own, by_another = (
        through.filter(user=OuterRef("user")),
        through.filter(user__merged_into=OuterRef("user")),
    )
    enrolled = Enrolment.objects.filter(~Exists(own), ~Exists(by_another), user__in=set(person.values()))
    under_way = list(enrolled.values_list("user", "course_key"))
    keys = {course for _user, course in under_way}
    courses = CoursePage.objects.live().filter(pk__in=[key.removeprefix("course:") for key in keys])
    titles = {course.key: course.title for course in courses}
    begun: dict[int, set[str]] = {}
    for user, course in under_way:
        if course in titles:
            begun.setdefault(user, set()).add(titles[course])
    return begun
