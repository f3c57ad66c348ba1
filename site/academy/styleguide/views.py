from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from academy.core.context_processors import SIZES, THEMES, display
from academy.styleguide import samples


def index(request: HttpRequest) -> HttpResponse:
    """Every component in each of its states; ?theme= and ?size= show it as others may see it."""
    shown = display(request)["display"]
    for name, allowed in (("theme", THEMES), ("size", SIZES)):
        if request.GET.get(name) in allowed:
            shown[name] = request.GET[name]
    return render(request, "styleguide/index.html", {"display": shown, **samples.context()})
