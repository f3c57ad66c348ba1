from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "academy.courses"
    verbose_name = _("Courses")

    def ready(self) -> None:
        import_module("academy.courses.assignments.signals")
        from academy.courses.assignments.exams import AssignedExams
        from academy.courses.exam import CourseExams
        from academy.exams.occasions import register

        register("course", CourseExams())
        register("assigned", AssignedExams())
