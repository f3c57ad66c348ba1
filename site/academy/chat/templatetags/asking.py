from typing import Any
from uuid import UUID, uuid4

from django import template
from django.utils.translation import gettext as _
from wagtail.models import Page

from academy.chat.models import ChatSettings
from academy.library.likely.use import likely_questions
from academy.library.models import Source
from academy.library.sources import key_of

ABOUT = 3

register = template.Library()


@register.simple_tag
def new_key() -> UUID:
    """What a form is sent with, so that a phone that sends it twice asks once."""
    return uuid4()


@register.inclusion_tag("chat/_ask_here.html", takes_context=True)
def ask_here(context: dict[str, Any], suggestions: int = 2) -> dict[str, Any]:
    """The question box with a few real questions and the way to first aid, for any page."""
    settings = ChatSettings.for_request(context["request"])
    return {
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
        "settings": settings,
        "key": new_key(),
        "questions": [value["question"] for value in settings.suggested()][:suggestions],
    }


@register.inclusion_tag("chat/_ask_about.html", takes_context=True)
def ask_about(context: dict[str, Any], page: Page) -> dict[str, Any]:
    """The question box at the end of a text: it is searched first."""
    about = key_of(Source.Kind.PAGE, page.pk)
    return {
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
        "key": new_key(),
        "about": about,
        "questions": likely_questions(about, ABOUT),
    }


@register.inclusion_tag("chat/_script.html", takes_context=True)
def chat_script(context: dict[str, Any]) -> dict[str, Any]:
    """At the end of a page with a question box: it is answered in place."""
    return {
        "settings": ChatSettings.for_request(context["request"]),
        "words": {
            "busy": _("Looking it up"),
            "found": _("Reading what was found"),
            "stop": _("Stop"),
            "again": _("Ask again"),
            "broken": _("The line broke. Trying once more."),
            "offline": _("No answer came through. Your question is kept here; press Ask again."),
        },
    }
