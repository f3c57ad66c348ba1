from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.widgets import Button

from academy.courses.edition_admin import may_publish_edition, new_edition
from academy.courses.keeping import keep_each, keep_in, keep_out
from academy.courses.models import CoursePage

for losing in ("before_unpublish_page", "before_delete_page", "before_move_page"):
    hooks.register(losing, keep_in)
hooks.register("before_publish_page", keep_out)
hooks.register("before_bulk_action", keep_each)


@hooks.register("register_admin_urls")
def edition_urls() -> list[URLPattern]:
    return [path("courses/<int:pk>/new-edition/", new_edition, name="courses_new_edition")]


@hooks.register("register_page_header_buttons")
def edition_button(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    course = page.specific
    if isinstance(course, CoursePage) and may_publish_edition(user, course):
        url = reverse("courses_new_edition", args=[course.pk])
        yield Button(_("Publish as a new edition"), url, icon_name="upload", priority=55)
