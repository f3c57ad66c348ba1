from importlib import import_module

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "academy.library"

    def ready(self) -> None:
        import_module("academy.library.signals")
