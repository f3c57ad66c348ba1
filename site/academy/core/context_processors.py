from typing import Any

from django.http import HttpRequest

SIZES = ("normal", "large")
THEMES = ("system", "light", "dark")


def display(request: HttpRequest) -> dict[str, Any]:
    size, theme = request.COOKIES.get("size", ""), request.COOKIES.get("theme", "")
    return {
        "display": {
            "size": size if size in SIZES else "normal",
            "theme": theme if theme in THEMES else "system",
        }
    }
