"""The exam of a course: open when the lessons are done."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.courses.access import visible_or_404
from academy.courses.learning import Progress, settle
from academy.courses.models import CoursePage
from academy.exams.occasions import Occasion


class CourseExams:
    def occasion(self, request: HttpRequest, pk: int) -> Occasion:
        course: CoursePage = visible_or_404(request, CoursePage.objects.select_related("paper"), pk)
        if course.paper is None:
            raise Http404
        progress = settle(request.user, course)  # type: ignore[arg-type]
        return Occasion(
            kind="course",
            pk=course.pk,
            purpose=course.purpose,
            title=course.title,
            url=course.get_url(request),
            paper=course.paper,
            refusal=_("Finish the lessons first, then the exam opens.") if progress.todo else "",
            way_out=_next_lesson(request, progress),
            after="courses/_after_exam.html",
            context={"course": course, "progress": progress},
        )

    def settle(self, user: User, pk: int) -> None:
        course = CoursePage.objects.live().filter(pk=pk).first()
        if course:
            settle(user, course)


def _next_lesson(request: HttpRequest, progress: Progress) -> Any:
    lesson = progress.next_lesson
    return (lesson.get_url(request), lesson.title) if lesson else None
