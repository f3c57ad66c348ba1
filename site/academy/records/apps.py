from importlib import import_module

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "academy.records"

    def ready(self) -> None:
        import_module("academy.records.signals")
