"""Who may have which page, in the words of views."""

from django.http import HttpRequest

from academy.core.visible import visible_or_404
from academy.courses.models import LessonPage


def lesson_visible_or_404(request: HttpRequest, number: int) -> None:
    """What restricts a lesson's page restricts the lesson in every edition, as long as the page is there."""
    if LessonPage.objects.live().filter(id=number).exists():
        visible_or_404(request, LessonPage.objects, number)
