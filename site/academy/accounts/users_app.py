from wagtail.users.apps import WagtailUsersAppConfig


class UsersAppConfig(WagtailUsersAppConfig):
    """Wagtail's own user admin, for a user with one name, a phone number and, where they supervise, a district."""

    user_viewset = "academy.organisations.user_admin.UserViewSet"
