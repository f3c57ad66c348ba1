"""The list of courses: found by words, narrowed by filters, what is under way first, then what is for one's post."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.courses.filters import HOURS, Filters
from academy.courses.learning import Reader, overview
from academy.courses.models import CoursePage, Enrolment, LessonPage
from academy.organisations.models import Membership
from academy.records.models import Completion

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Learner:
    """What orders the list for one person; for whoever is not signed in, nothing does."""

    posts: frozenset[int] = frozenset()
    business_types: frozenset[int] = frozenset()
    enrolled: frozenset[tuple[str, int]] = frozenset()
    completed: frozenset[tuple[str, int]] = frozenset()

    @classmethod
    def of(cls, user: Reader) -> Self:
        if not isinstance(user, User):
            return cls()
        places = Membership.objects.current().filter(user=user)
        where = list(places.values_list("post", "enterprise__business_type"))
        return cls(
            frozenset(post for post, _type in where),
            frozenset(business_type for _post, business_type in where),
            frozenset(Enrolment.objects.filter(user=user).values_list("course_key", "edition")),
            frozenset(
                Completion.objects.filter(user__in=same_person(user)).values_list("course_key", "edition")
            ),
        )

    def state(self, course: CoursePage) -> str:
        at = max((edition for key, edition in self.enrolled if key == course.key), default=0)
        through = max((edition for key, edition in self.completed if key == course.key), default=0)
        if at > through:
            return "under_way"
        return "completed" if through else "new"


class Listed(NamedTuple):
    """A course by what the order needs of it."""

    course: CoursePage
    state: str
    for_my_post: bool

    @property
    def rank(self) -> int:
        return 0 if self.state == "under_way" else 1 if self.for_my_post else 2


def catalogue(request: HttpRequest, courses: QuerySet[CoursePage]) -> dict[str, Any]:
    """What the page shows: the filters, how many they leave, and one page of them."""
    filters = Filters(request.GET, signed_in=request.user.is_authenticated)
    learner, chosen = Learner.of(request.user), filters.chosen
    found = _narrowed(courses, chosen, learner)
    mine = set(_for(courses, "posts", learner.posts).values_list("pk", flat=True))
    listed = [Listed(course, learner.state(course), course.pk in mine) for course in found]
    shown = _in_order(one for one in listed if chosen.get("state", one.state) == one.state)
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "filters": filters,
        "narrowed": bool(chosen),
        "total": len(shown),
        "pages": page,
        "items": overview(request.user, page.object_list),
    }


def _in_order(listed: Iterable[Listed]) -> list[CoursePage]:
    return [one.course for one in sorted(listed, key=lambda one: one.rank)]


def _narrowed(
    courses: QuerySet[CoursePage], chosen: dict[str, Any], learner: Learner
) -> QuerySet[CoursePage]:
    found = courses.select_related("paper").order_by("path")
    if "q" in chosen:
        found = found.filter(_speaks_of(chosen["q"]))
    if "level" in chosen:
        found = found.filter(level=chosen["level"])
    if "hours" in chosen:
        found = found.filter(HOURS[chosen["hours"]][1])
    for name, field in (("post", "posts"), ("business_type", "business_types")):
        if name in chosen:
            found = _for(found, field, {int(chosen[name])})
    if "mine" in chosen:
        found = _for(_for(found, "posts", learner.posts), "business_types", learner.business_types)
    return found


def _for(courses: QuerySet[CoursePage], field: str, wanted: Iterable[int]) -> QuerySet[CoursePage]:
    """Those for one of these, and those that are for everybody."""
    link = getattr(CoursePage, field).through.objects.filter(coursepage=OuterRef("pk"))
    column = "post__in" if field == "posts" else "businesstype__in"
    return courses.filter(~Exists(link) | Exists(link.filter(**{column: list(wanted)})))


def _speaks_of(words: str) -> Q:
    """Each word stands in the title, in the outcome or in the title of a lesson."""
    said = Q()
    for word in words.split():
        said &= _has(word)
    return said


def _has(word: str) -> Q:
    lessons = LessonPage.objects.live().filter(title__icontains=word, path__startswith=OuterRef("path"))
    return Q(title__icontains=word) | Q(outcome__icontains=word) | Q(Exists(lessons))
