from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem


class TrainingMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.view_training")


@hooks.register("register_admin_menu_item")
def overview_menu_item() -> MenuItem:
    return TrainingMenuItem(
        _("Training overview"), reverse("reports:dashboard"), name="training", icon_name="table", order=200
    )


@hooks.register("register_admin_menu_item")
def completions_menu_item() -> MenuItem:
    return TrainingMenuItem(
        _("Training records"), reverse("reports:records"), name="completions", icon_name="list-ul", order=210
    )
