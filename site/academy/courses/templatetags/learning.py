"""The door for pages that do not know courses, such as the home page."""

from typing import Any

from django import template
from django.template import RequestContext
from django.urls import reverse
from django.utils import timezone

from academy.courses.assignments.duties import duties_of
from academy.courses.checks import Check
from academy.courses.learning import continue_where
from academy.courses.lesson_screens import LessonScreen
from academy.courses.models import CoursePage
from academy.exams.spot import due_for

register = template.Library()


@register.inclusion_tag("courses/_continue.html", takes_context=True)
def continue_course(context: RequestContext) -> dict[str, Any]:
    """What this reader has to do first, else where they go on learning, with the one button."""
    request, user = context["request"], context["request"].user
    if not user.is_authenticated:
        return {"request": request, "user": user, "duty": None, "progress": None}
    duty = next((one for one in duties_of(user) if one.url), None)
    found = None if duty else continue_where(user)
    return {
        "request": request,
        "user": user,
        "duty": duty,
        "progress": found[1] if found else None,
        "spot_exams": due_for(user, timezone.now()),
    }


@register.filter
def check_url(learning: LessonScreen, check: Check) -> str:
    return learning.check_url(check.key)


@register.simple_tag
def exam_address(course_key: str) -> str:
    """Where the exam of a course is sat, also to renew its certificate; empty where the course is gone."""
    pk = int(course_key.removeprefix("course:"))
    there = CoursePage.objects.live().filter(pk=pk).exclude(paper=None).exists()
    return reverse("exams:before", kwargs={"kind": "course", "pk": pk}) if there else ""
