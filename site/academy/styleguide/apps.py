from django.apps import AppConfig


class StyleguideConfig(AppConfig):
    name = "academy.styleguide"
