from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "academy.accounts"

    def ready(self) -> None:
        post_migrate.connect(_ensure_roles, sender=self)


def _ensure_roles(using: str, **kwargs: Any) -> None:
    """Permissions of apps later in the list are made first, so that the roles may hold them."""
    from django.contrib.auth.management import create_permissions
    from django.db import DEFAULT_DB_ALIAS

    from academy.accounts.roles import ensure_roles

    if using != DEFAULT_DB_ALIAS:
        return
    for app in apps.get_app_configs():
        create_permissions(app, verbosity=0, using=using)
    ensure_roles()
