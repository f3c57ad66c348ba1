from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "academy.organisations"

    def ready(self) -> None:
        from academy.organisations import onboarding  # noqa: F401
