"""What somebody may do, by themselves and by their groups, asked in one query."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission


class PermissionsBackend(ModelBackend):
    """Stands before the others, which find in the user what it has read. It lets nobody in: that is for the others."""

    def authenticate(self, *args: Any, **kwargs: Any) -> None:
        return None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        is_simple = user_obj.is_active and not user_obj.is_anonymous and not user_obj.is_superuser
        if is_simple and obj is None and not hasattr(user_obj, "_perm_cache"):
            user_obj._perm_cache = {f"{app}.{name}" for app, name in _held(user_obj)}
        found: set[str] = super().get_all_permissions(user_obj, obj)
        return found


def _held(user: Any) -> Any:
    known = (Permission.objects.order_by().filter(**{way: user}) for way in ("user", "group__user"))
    own, of_groups = (rows.values_list("content_type__app_label", "codename") for rows in known)
    return own.union(of_groups)
