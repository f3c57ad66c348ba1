from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "academy.events"
    verbose_name = _("Events")

    def ready(self) -> None:
        from academy.core.workers import minute
        from academy.events import closing, telling

        minute.connect(closing.on_the_minute)
        minute.connect(telling.on_the_minute)
