from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "academy.events"
    verbose_name = _("Events")

    def ready(self) -> None:
        from academy.core.workers import minute
        from academy.events.closing import on_the_minute

        minute.connect(on_the_minute)
