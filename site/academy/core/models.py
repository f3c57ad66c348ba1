from typing import Any

from django.http import HttpRequest
from wagtail.models import Page


class BasePage(Page):
    """What every page of ours shares: a place in the navigation and the way back up."""

    nav = ""

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context(request, *args, **kwargs), "nav": self.nav, "crumbs": self.crumbs}

    @property
    def crumbs(self) -> list[dict[str, str]]:
        """The pages above this one, without the root and the home page."""
        above = self.get_ancestors().filter(depth__gt=2)
        return [{"title": page.title, "url": page.url} for page in above]
