from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExamsConfig(AppConfig):
    name = "academy.exams"
    verbose_name = _("Exams")

    def ready(self) -> None:
        from academy.core.workers import minute
        from academy.exams.closing import on_the_minute
        from academy.exams.occasions import register
        from academy.exams.spot import SpotExams

        minute.connect(on_the_minute)
        register("spot", SpotExams())
