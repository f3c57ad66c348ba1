from typing import Any

from django.http import HttpRequest
from wagtail import hooks


@hooks.register("construct_help_menu")
def stay_on_this_site(request: HttpRequest, menu_items: list[Any]) -> None:
    """Wagtail's own news and guide are English pages of another host."""
    menu_items[:] = [item for item in menu_items if not item.url.startswith("http")]
