from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "academy.courses"
    verbose_name = _("Courses")

    def ready(self) -> None:
        from academy.courses.exam import CourseExams
        from academy.exams.occasions import register

        register("course", CourseExams())
