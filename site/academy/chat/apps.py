from importlib import import_module

from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "academy.chat"

    def ready(self) -> None:
        import_module("academy.chat.signals")
