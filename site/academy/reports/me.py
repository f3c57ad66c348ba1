from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from academy.accounts.models import User
from academy.courses.learning import continue_where
from academy.organisations.models import Membership
from academy.reports.tables import hours


class SignedInRequest(HttpRequest):
    user: User


@login_required
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """What a worker has learned, is learning, and how this site looks to them."""
    user, today = request.user, timezone.localdate()
    under_way = continue_where(user)
    completions = list(user.completions.all())
    this_year = sum((c.hours for c in completions if c.completed_on.year == today.year), Decimal(0))
    context = {
        "nav": "me",
        "membership": Membership.objects.current_of(user),
        "progress": under_way[1] if under_way else None,
        "completions": completions,
        "year": today.year,
        "hours": hours(this_year),
    }
    return render(request, "me/home.html", context)
