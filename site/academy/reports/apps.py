from importlib import import_module

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "academy.reports"

    def ready(self) -> None:
        import_module("academy.reports.signals")
