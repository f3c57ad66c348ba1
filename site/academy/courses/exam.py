"""The exam of a course: open when the lessons are done, and again when the certificate comes to its end."""

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.core.visible import visible_or_404
from academy.courses import renewing
from academy.courses.enrolling import enrol
from academy.courses.learning import Progress, settle
from academy.courses.models import CoursePage
from academy.exams.occasions import Occasion
from academy.exams.sitting import close_expired


class CourseExams:
    def occasion(self, request: HttpRequest, pk: int) -> Occasion:
        course: CoursePage = visible_or_404(request, CoursePage.objects.select_related("paper"), pk)
        assert isinstance(request.user, User)
        progress = _settled(request.user, course)
        paper = progress.outline.paper
        if paper is None:
            raise Http404
        return Occasion(
            kind="course",
            pk=course.pk,
            purpose=renewing.purpose(progress) or progress.outline.purpose,
            title=progress.outline.title,
            url=course.get_url(request),
            paper=paper,
            refusal=_refusal(request.user, progress),
            way_out=_way_out(request, request.user, progress),
            after="courses/_after_exam.html",
            context={"progress": progress, "certificate": renewing.latest(progress)},
        )

    def begun(self, user: User, pk: int) -> None:
        """Whoever sits the exam takes the course, even one that has no lessons."""
        course = CoursePage.objects.live().filter(pk=pk).first()
        if course:
            enrol(user, course)

    def settle(self, user: User, pk: int) -> None:
        course = CoursePage.objects.live().filter(pk=pk).first()
        if course:
            _settled(user, course)


def _settled(user: User, course: CoursePage) -> Progress:
    progress = settle(user, course)
    sat_again = renewing.purpose(progress)
    if sat_again:
        close_expired(user, sat_again, timezone.now())
        renewing.renew_where_passed(user, progress, sat_again)
    return progress


def _refusal(user: User, progress: Progress) -> str:
    if progress.missing:
        titles = _("; ").join(course.title for course in progress.missing)
        return _("First complete: %(courses)s") % {"courses": titles}
    if progress.todo:
        return _("Finish the lessons first, then the exam opens.")
    if progress.completion and not renewing.purpose(progress):
        return _("You have completed this course.")
    return "" if user.name else _("Say your name first: it stands on the certificate.")


def _way_out(request: HttpRequest, user: User, progress: Progress) -> tuple[str, str] | None:
    if progress.missing:
        first = progress.missing[0]
        return (first.get_url() or "", first.title)
    if lesson := progress.here:
        return (lesson.edition_url, lesson.title)
    if user.name:
        return None
    return (
        f"{reverse('organisations:work')}?{urlencode({'next': request.path})}",
        _("your name and where you work"),
    )
