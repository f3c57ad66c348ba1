from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "academy.core"
