from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from academy.accounts.models import User
from academy.courses.access import visible_or_404
from academy.courses.lesson_views import finish_here
from academy.courses.models import LessonPage


@require_POST
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """By the number of the lesson's page; it counts for the edition in which this person takes the course."""
    lesson: LessonPage = visible_or_404(request, LessonPage.objects, pk)
    if not lesson.course.live:
        raise Http404
    if not isinstance(request.user, User):
        return redirect_to_login(lesson.get_url(request))
    return finish_here(request, request.user, lesson)
