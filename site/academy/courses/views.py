from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from academy.courses.access import visible_or_404
from academy.courses.learning import finish_lesson
from academy.courses.models import LessonPage


@require_POST
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    lesson: LessonPage = visible_or_404(request, LessonPage.objects, pk)
    if not lesson.course.live:
        raise Http404
    if not request.user.is_authenticated:
        return redirect_to_login(lesson.get_url(request))
    progress = finish_lesson(request.user, lesson)
    if progress.next_lesson:
        return redirect(progress.next_lesson.get_url(request))
    messages.success(request, _after_last(progress.completion is not None))
    return redirect(lesson.course.get_url(request))


def _after_last(completed: bool) -> str:
    if completed:
        return _("The course is completed. It stands in your record now.")
    return _("All lessons are done. The exam is open.")
