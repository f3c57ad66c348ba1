"""The list at the door: whoever stands there is put on it, also without a network."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.accounts.models import User
from academy.events import letters, people
from academy.events.access import running_view
from academy.events.forms import NewcomerForm, PaperForm
from academy.events.models import Event, SignIn
from academy.events.paper import Wrong, take
from academy.organisations.supervising import StaffRequest
from academy.records.models import Statement, Verb
from academy.records.refusals import RefusedError, write_down


@running_view
@require_safe
def desk(request: StaffRequest, event: Event) -> HttpResponse:
    if not event.is_open and not event.takes_late(timezone.now()):
        return redirect("staff_events:one", event.pk)
    words = request.GET.get("q", "").strip()[:50]
    found = people.search(event, request.scope, words) if words else people.expected(event)
    there = {one.user_id: one for one in event.sign_ins.standing()}
    listed = {one.user for one in found}
    context = {
        "nav": "events",
        "event": event,
        "q": words,
        "rows": _rows(found, there),
        "others": [one for user, one in there.items() if user not in listed],
        "newcomer_key": uuid4(),
        "signed_in": len(there),
        "form": NewcomerForm(initial={"phone": words if words.isdecimal() else ""}),
        "scans": event.scans.undecided().select_related("user"),
        "refused": Statement.objects.about(event.key).filter(verb=Verb.REFUSED).order_by("-at")[:20],
    }
    return render(request, "events/desk.html", context)


@running_view
@require_safe
def found(request: StaffRequest, event: Event) -> HttpResponse:
    """The rows that a search over the register brings, for the page's script."""
    words = request.GET.get("q", "").strip()[:50]
    rows = people.search(event, request.scope, words)
    there = {
        one.user_id: one for one in event.sign_ins.standing().filter(user__in=[row.user for row in rows])
    }
    return render(request, "events/_rows.html", {"event": event, "rows": _rows(rows, there)})


@running_view
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: StaffRequest, event: Event) -> HttpResponse:
    """What could not be taken stays in the field, to be put right and sent again."""
    now = timezone.now()
    if not event.is_open and not event.takes_late(now):
        return redirect("staff_events:one", event.pk)
    form, wrong = PaperForm(request.POST or None), list[Wrong]()
    if form.is_valid():
        assert isinstance(request.user, User)
        taken, wrong = take(event, request.scope, request.user, form.cleaned_data["people"], now)
        said = ngettext(
            "%(n)s person of the list is signed in.", "%(n)s people of the list are signed in.", taken
        )
        messages.success(request, said % {"n": taken})
        if not wrong:
            return redirect("staff_events:desk", event.pk)
        form = PaperForm(initial={"people": "\n".join(line.text for line in wrong)})
    context = {"nav": "events", "event": event, "form": form, "wrong": wrong}
    return render(request, "events/paper.html", context, status=422 if wrong or form.errors else 200)


@running_view
@require_POST
def receive(request: StaffRequest, event: Event) -> HttpResponse:
    """From the script as JSON, and from the plain page as a form; what is refused is written down, so that a name
    which waited on a phone is not lost with the page."""
    plain = request.content_type != "application/json"
    try:
        letter = letters.from_form(request.POST) if plain else letters.read(request.body)
        made = _received(request, event, letter)
    except letters.MalformedError:
        why = _("This sign-in came in a form that we do not know.")
        return _back(request, event, why) if plain else JsonResponse({"message": why}, status=400)
    except RefusedError as refused:
        why = str(refused)
        return _back(request, event, why) if plain else JsonResponse({"message": why}, status=409)
    return _back(request, event) if plain else JsonResponse(_said(made))


def _rows(found: list[people.Found], there: dict[int, SignIn]) -> list[dict[str, object]]:
    return [{"person": one, "sign_in": there.get(one.user), "key": uuid4()} for one in found]


def _received(request: StaffRequest, event: Event, letter: letters.Letter) -> SignIn:
    assert isinstance(request.user, User)
    try:
        now = timezone.now()
        letter = letters.by_waiting(letter, request.headers.get("X-Waited", ""), now)
        return letters.receive(event, request.scope, request.user, letter, now)
    except RefusedError as refused:
        claimed = {"name": letter.name, "user": letter.user, "phone": letter.phone, "at": letter.at}
        write_down(request.user, event.key, event.title, str(refused), claimed, once=True)
        raise


def _said(made: SignIn) -> dict[str, object]:
    return {
        "name": made.person_name,
        "at": f"{timezone.localtime(made.at):%H:%M}",
        "left": f"{timezone.localtime(made.left_at):%H:%M}" if made.left_at else None,
        "undone": made.undone_at is not None,
    }


def _back(request: HttpRequest, event: Event, why: str = "") -> HttpResponse:
    if why:
        messages.error(request, why)
    return redirect("staff_events:desk", event.pk)
