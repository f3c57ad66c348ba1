from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from academy.accounts.models import User
from academy.core.visible import visible_or_404
from academy.courses.access import lesson_visible_or_404
from academy.courses.enrolling import move, stay
from academy.courses.learning import progress_in
from academy.courses.lesson_screens import open_screen
from academy.courses.models import CoursePage, Enrolment, LessonVersion


@require_GET
@never_cache
def edition_lesson(request: HttpRequest, pk: int, edition: int, number: int) -> HttpResponse:
    """A lesson as an older edition has it, for those who took that edition and for editors."""
    course: CoursePage = visible_or_404(request, CoursePage.objects.select_related("paper"), pk)
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    kept = LessonVersion.objects.select_related("version__paper")
    lesson = get_object_or_404(
        kept, version__course_key=course.key, version__edition=edition, key=f"lesson:{number}"
    )
    if not _may_read(request.user, course, edition):
        raise Http404
    lesson_visible_or_404(request, number)
    found = progress_in(request.user, course, lesson.version)
    context = {
        "nav": "courses",
        "lesson": lesson,
        "course": course,
        "edition": edition,
        "progress": found,
        "step": found.step_of(lesson),
        "following": found.after(lesson),
        "learning": open_screen(request.user, found, lesson),
    }
    return render(request, "courses/lesson_page.html", context)


def _may_read(user: User, course: CoursePage, edition: int) -> bool:
    took = Enrolment.objects.filter(user=user, course_key=course.key, edition=edition)
    return took.exists() or course.permissions_for_user(user).can_edit()


@require_POST
def choose_edition(request: HttpRequest, pk: int) -> HttpResponse:
    """Stays in the older edition or moves to the newer; said twice, it is done once."""
    course: CoursePage = visible_or_404(request, CoursePage.objects, pk)
    if not isinstance(request.user, User):
        return redirect_to_login(course.get_url(request))
    meant = request.POST.get("edition", "")
    newer = int(meant) if meant.isdecimal() and len(meant) < 6 else 0
    if request.POST.get("go") == "stay":
        stay(request.user, course, newer)
    elif move(request.user, course, newer):
        messages.success(request, _("You are in edition %(n)s now.") % {"n": newer})
    else:
        messages.warning(request, _("There is a newer edition by now. See which one you want."))
    return redirect(course.get_url(request))
