from typing import Any

from wagtail.permission_policies import ModelPermissionPolicy


class ReadOnlyPolicy(ModelPermissionPolicy):
    """What the site writes down by itself is looked at, not written by hand."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and user.has_perm("wagtailadmin.access_admin")

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)
