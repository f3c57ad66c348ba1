from wagtail.users.apps import WagtailUsersAppConfig


class UsersAppConfig(WagtailUsersAppConfig):
    """Wagtail's own user admin, for a user with one name and a phone number."""

    user_viewset = "academy.accounts.user_admin.UserViewSet"
