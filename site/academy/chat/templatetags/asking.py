from typing import Any

from django import template

from academy.chat.models import ChatSettings

register = template.Library()


@register.inclusion_tag("chat/_ask_here.html", takes_context=True)
def ask_here(context: dict[str, Any], suggestions: int = 2) -> dict[str, Any]:
    """The question box with a few real questions and the way to first aid, for any page."""
    settings = ChatSettings.for_request(context["request"])
    return {
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
        "settings": settings,
        "questions": [block.value["question"] for block in settings.suggestions][:suggestions],
    }
