"""Every address of the site, tried by whoever has no business with one district: nothing of it is seen, counted,
exported, guessed or changed. An address that is added is tried as well; one with a part that nobody has named here fails."""

import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django.utils.html import escape
from wagtail.models import Page

from academy.accounts.models import User
from academy.accounts.roles import EDITORS, STAFF, ensure_roles
from academy.organisations.models import Jurisdiction
from tests.elsewhere import Shared, Side
from tests.factories import CityFactory, PaperFactory, UserFactory, make_course, make_handbook

pytestmark = [
    pytest.mark.django_db,
    # what others cover, many times over
    pytest.mark.no_cover,
    # A file is streamed for an asynchronous server; the test client is a synchronous one
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]

# what stands in an address for which thing of a side; whatever is not of a side stands there as it is
PARTS: list[tuple[str, dict[str, Any]]] = [
    ("staff/enterprises/", {"pk": "enterprise", "manager_pk": "manager", "merge_pk": "enterprise_merge"}),
    ("staff/people/", {"pk": "person", "place_pk": "place", "merge_pk": "person_merge"}),
    ("staff/certificates/", {"number": "certificate"}),
    ("staff/reports/", {"slug": f"={timezone.localdate().year}"}),
    ("staff/imports/", {"pk": "batch", "kind": "=people"}),
    ("staff/questions/", {"pk": "topic"}),
    ("staff/events/", {"pk": "event", "sign_in_pk": "sign_in", "photo_pk": "photo", "guidance_pk": "guided", "scan_pk": "scan"}),
    ("staff/spot-exams/<int:pk>/edit/", {"pk": "spot_undrawn"}),
    ("staff/spot-exams/<int:pk>/draw/", {"pk": "spot_undrawn"}),
    ("staff/spot-exams/", {"pk": "spot"}),
    ("staff/handbooks/", {"pk": "dispatch"}),
    ("staff/assignments/", {"pk": "assignment", "row_pk": "assignee"}),
    ("enterprises/<int:enterprise_pk>/assignments/", {"enterprise_pk": "enterprise", "pk": "assignment"}),
    ("enterprises/<int:enterprise_pk>/events/", {"enterprise_pk": "enterprise", "pk": "event"}),
    ("enterprises/<int:enterprise_pk>/import/", {"enterprise_pk": "enterprise", "pk": "own_batch", "kind": "=people"}),
    ("enterprises/", {"pk": "enterprise", "membership": "place", "request_pk": "request", "invitation_pk": "invitation"}),
    ("me/requests/", {"pk": "request"}),
    ("me/work/", {"pk": "place"}),
    ("certificates/", {"number": "certificate"}),
    # a number is guessed more easily than a code
    ("verify/", {"code": "certificate"}),
    ("join/", {"code": "invitation"}),
    ("events/", {"pk": "event", "code": "=123456"}),
    ("spot-exams/", {"pk": "spot", "attempt_pk": "attempt"}),
    ("assignments/", {"pk": "assignment", "attempt_pk": "attempt"}),
    ("courses/", {"pk": "course", "attempt_pk": "attempt", "number": "=1", "edition": "=1", "question_pk": "=1"}),
    ("handbooks/", {"pk": "=1"}),
    ("sources/", {"pk": "=1"}),
    ("documents/", {"document_id": "=1", "document_filename": "=x", "restriction_id": "=1"}),
    ("media/images/", {"path": "=x"}),
    # whoever has such a key has been given it
    ("ask/", {"key": "=00000000-0000-4000-8000-000000000000", "pk": "=00000000-0000-4000-8000-000000000000"}),
    ("_util/", {"page_view_restriction_id": "=1", "page_id": "=1"}),
]  # fmt: skip
# of others: the pages of the library, and what allauth and Wagtail bring to sign in by keys that they send
LEFT_OUT = re.compile(r"\^|^admin/|^i18n/|^accounts/")
PART = re.compile(r"<(?:\w+:)?(\w+)>")
# who writes where they work chooses among all enterprises, by their names
NAMED_FOR_ALL = ("me/work/",)


def patterns(resolver: Any = None, before: str = "") -> Iterator[str]:
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLPattern):
            yield before + str(one.pattern)
        else:
            assert isinstance(one, URLResolver)
            yield from patterns(one, before + str(one.pattern))


ROUTES = sorted({one for one in patterns() if not LEFT_OUT.search(one)})


def known(route: str) -> dict[str, Any]:
    return next((parts for start, parts in PARTS if route.startswith(start)), {})


def filled(route: str, outer: Side, inner: Side | None = None) -> str:
    """With the things of a side; with `inner`, all but the first are of another."""
    parts, sides = known(route), iter([outer])

    def thing(found: re.Match[str]) -> str:
        part = parts[found[1]]
        return part[1:] if part.startswith("=") else str(next(sides, inner or outer).here[part])

    return "/" + PART.sub(thing, route)


def is_theirs(route: str) -> bool:
    """Whether something in the address is of a side."""
    return any(not known(route)[name].startswith("=") for name in PART.findall(route))


class City:
    def __init__(self, home: Page) -> None:
        ensure_roles()
        self.city = CityFactory()
        self.shared = Shared(
            make_course(home, validity_months=12, paper=PaperFactory()), PaperFactory(), make_handbook(),
            self.official(self.city),
        )  # fmt: skip
        self.author, self.moved = (self.official(None) for _n in range(2))
        self.own = Side("东关区", "龘", "5511", self.shared, self.author)
        Jurisdiction.objects.create(user=self.author, district=self.own.county)

    def beside(self) -> Side:
        """The other district; who made all there now supervises the first."""
        other = Side("西渚县", "鼍", "7766", self.shared, self.moved)
        Jurisdiction.objects.create(user=self.moved, district=self.own.county)
        return other

    def official(self, district: Any) -> User:
        made: User = UserFactory(is_staff=True, phone=None)
        made.groups.add(Group.objects.get(name=STAFF))
        if district:
            Jurisdiction.objects.create(user=made, district=district)
        return made


@pytest.fixture
def city(home: Page) -> City:
    return City(home)


def roles(city: City, other: Side) -> dict[str, User | None]:
    editor = UserFactory(is_staff=True)
    editor.groups.add(Group.objects.get(name=EDITORS))
    closed = city.official(other.county)
    once = city.official(other.county)
    once.groups.clear()
    return {
        "district": city.author,
        "street": city.official(city.own.street),
        "moved": city.moved,
        "forgotten": city.official(None),
        "no longer staff": once,
        "closed": closed,
        "manager": city.own.manager,
        "dismissed": other.dismissed,
        "worker": city.own.cook.user,
        "editor": editor,
        "stranger": None,
    }


def client_of(user: User | None) -> Client:
    client = Client(raise_request_exception=True)
    if user:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def read(answer: Any) -> str:
    """All that came, also what is packed; and the heads."""
    data = b"".join(answer) if answer.streaming else answer.content
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            data = b"\n".join(book.read(name) for name in book.namelist() if name.endswith((".xml", ".txt")))
    if data.startswith(b"%PDF"):
        data = b"made anew each time"
    if data.startswith(b"\x1f\x8b"):
        data = gzip.decompress(data)
    heads = "\n".join(
        f"{name}: {value}" for name, value in answer.headers.items() if name != "Content-Length"
    )
    return f"{answer.status_code}\n{heads}\n{data.decode(errors='replace')}"


def unsaid(text: str, sent: dict[str, Any]) -> str:
    """Without what whoever asked had said themselves; a number that was said may be shown by its ends."""
    values = {str(one) for one in sent.values()} | {
        f"{sent['phone'][:3]}****{sent['phone'][-4:]}" if "phone" in sent else ""
    }
    for value in sorted(values, key=len, reverse=True):
        if len(value) > 3:
            for said in (value, escape(value), quote(value), quote_plus(value), json.dumps(value)[1:-1]):
                text = text.replace(said, "")
    return text


def wanted(other: Side) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Filters, searches and forms of file: those that show and count most, and others one at a time."""
    here = other.here
    everything = {
        "q": other.main.name, "district": other.county.pk, "enterprise": other.main.pk, "place": other.main.pk,
        "subject": f"event:{here['event_held']}", "about": f"event:{here['event_held']}", "with": here["person"],
        "state": "all", "trained": "all", "table": "population", "page": 1,
    }  # fmt: skip
    most = [{}, {"format": "csv"}, {"state": "all", "trained": "all"}, {"subject": everything["subject"]}]
    single = [{name: everything[name]} for name in ("district", "enterprise", "with")]
    words = [{"q": words} for words in (other.cook.user.name, other.cook.user.phone, here["certificate"])]
    return most, [{"format": "xlsx"}, {"format": "xapi"}, {**everything, "format": "csv"}, *single, *words]


def form(other: Side) -> dict[str, Any]:
    """All that a form might ask for, said of the other district."""
    here = other.here
    return {
        "name": "随便", "phone": other.cook.user.phone, "phones": other.cook.user.phone, "person": here["person"],
        "user": here["person"], "with": here["person"], "keep": here["person"], "number": "theirs", "sure": "1",
        "enterprise": other.main.name, "enterprises": other.main.name, "district": other.county.pk, "whom": "people",
        "guided": other.main.pk, "invited": here["invited"], "entry": here["hours"], "hours": "2", "copies": "3",
        "key": "00000000-0000-4000-8000-000000000001", "reason": "x", "on": f"{timezone.localdate():%Y-%m-%d}",
        "last_day": f"{timezone.localdate():%Y-%m-%d}", "post": other.post.pk, "title": "越界", "place": "x", "days": "30",
        "begins_at": "2096-11-30T09:00", "ends_at": "2096-11-30T10:00", "kind": "talk", "verdict": "poor",
        "credit_code": other.main.credit_code, "business_type": other.main.business_type_id, "minutes": "x",
        "paper": other.shared.paper.pk, "opens_at": "2096-11-30T09:00", "closes_at": "2096-11-30T10:00", "size": "3",
        "what": other.shared.course.key, "due_on": f"{timezone.localdate():%Y-%m-%d}", "intake": "once",
        "grace_days": "30", "renewal_days": "30", "handbook": other.shared.handbook.key, "sent_on": "2026-01-01",
    }  # fmt: skip


class Kept:
    """All rows of our own tables that are there now, and how many refer to each."""

    def __init__(self) -> None:
        ours = [one for one in apps.get_models() if one.__module__.startswith("academy.")]
        self.rows = {model: {row["pk"]: row for row in self._of(model)} for model in ours}

    @staticmethod
    def _of(model: type[models.Model]) -> Any:
        names = [field.name for field in model._meta.concrete_fields]
        return model._default_manager.order_by().values("pk", *names)

    def touched(self, before: "Kept", those: "Kept") -> list[str]:
        """Of what is not in `those`: what has been changed since `before`, has gone, or is newly referred to."""
        found = []
        for model, rows in before.rows.items():
            now = self.rows[model]
            mine = {pk: row for pk, row in rows.items() if pk not in those.rows[model]}
            found += [f"{model.__name__} {pk}" for pk, row in mine.items() if now.get(pk) != row]
            for pk, row in now.items():
                found += [
                    f"new {model.__name__} {pk}.{name}"
                    for name in self._of_theirs(model, row, those, before)
                    if pk not in rows
                ]
        return found

    @staticmethod
    def _of_theirs(model: type[models.Model], row: Any, those: "Kept", before: "Kept") -> list[str]:
        links = [f for f in model._meta.concrete_fields if f.related_model in before.rows]
        return [
            f.name for f in links
            if row[f.name] in before.rows[f.related_model] and row[f.name] not in those.rows[f.related_model]  # type: ignore[index]
        ]  # fmt: skip


def is_public(route: str) -> bool:
    """What a code or a number opens says the same to everybody, and courses are everybody's."""
    return route.startswith(("verify/", "join/", "courses/"))


def refused(answer: Any) -> bool:
    """Not there; or the whole page is not for them, whatever the number; 410: nor is there such a code."""
    if answer.status_code == 302:
        return str(answer["Location"]).startswith("/accounts/")
    return answer.status_code in (403, 404, 405, 410)


def test_every_address_is_known() -> None:
    unknown = [one for one in ROUTES if not set(PART.findall(one)) <= set(known(one))]
    assert not unknown, "say in PARTS what stands in these addresses"
    assert len(ROUTES) > 150


def test_what_is_tried_is_there_for_those_whose_it_is(city: City) -> None:
    client = client_of(city.author)
    for route in filter(is_theirs, ROUTES):
        if route.startswith(("staff/", "enterprises/")):
            answer = client.get(filled(route, city.own))
            assert answer.status_code in (200, 302, 405, 410) or route.endswith(
                ("decide/", "template/<str:kind>/")
            ), (
                answer.status_code,
                route,
            )


WHO = ("district", "street", "moved", "forgotten", "no longer staff", "closed", "manager", "dismissed", "worker", "editor", "stranger")  # fmt: skip


def told(answer: Any, said: dict[str, Any], secrets: re.Pattern[str]) -> str:
    """What an answer tells that whoever asked did not know; nothing, as it should be."""
    text = unsaid(read(answer), said)
    found = secrets.search(text)
    return " ".join(text[max(found.start() - 80, 0) : found.end() + 80].split()) if found else ""


def tried(client: Client, address: str, other: Side) -> Iterator[tuple[str, Any]]:
    """By every method, in every form."""
    for query in ("", "?format=csv", "?format=xlsx", "?table=staff&format=csv"):
        yield f"GET {query}", client.get(address + query)
    yield "HEAD", client.head(address)
    yield "GET for a part of a page", client.get(address, headers={"HX-Request": "true"})
    yield "POST", client.post(address, form(other))


def of_the_other(city: City, other: Side) -> Iterator[tuple[str, str]]:
    """Each address that leads to something of the other district; also through something of one's own."""
    for route in filter(is_theirs, ROUTES):
        own = filled(route, city.own)
        yield from ((route, one) for one in {filled(route, other), filled(route, city.own, other)} - {own})


@pytest.mark.parametrize("who", WHO)
def test_nothing_of_the_other_district_is_there(city: City, who: str) -> None:
    mine = Kept()
    other = city.beside()
    user = roles(city, other)[who]
    client, before, wrong = client_of(user), Kept(), []
    if user:
        # what they were refused is written down with their name
        mine.rows[User][user.pk] = {}
    if user and who == "closed":
        User.objects.filter(pk=user.pk).update(is_active=False)
    for route, address in of_the_other(city, other):
        if who == "editor" and route.startswith("staff/questions/"):
            # editors answer what is asked anywhere
            continue
        for how, answer in tried(client, address, other):
            if not (refused(answer) or is_public(route)):
                wrong.append(f"{address} {how}: {answer.status_code}")
            if leak := told(answer, {**form(other), "address": address}, other.secrets):
                wrong.append(f"{address} {how}: {leak}")
    assert not wrong, "\n".join(wrong)
    assert not Kept().touched(before, mine)


SAME = re.compile(
    r"[\w-]{64}|[0-9a-f]{8}-[0-9a-f-]{27}|\d{1,2}:\d\d(:\d\d)?(\.\d+)?|[0-9a-f]{32}|\d{8}T\d{6}Z|&quot;\w{5}&quot;"
)


def seen(
    client: Client, city: City, queries: list[dict[str, Any]]
) -> Iterator[tuple[str, dict[str, Any], str]]:
    """All that somebody may open, asked for what is the other district's."""
    for route in ROUTES:
        address = filled(route, city.own)
        # a code on a screen is another one every quarter of a minute
        if route.startswith((*NAMED_FOR_ALL, "styleguide/")) or "/screen/" in route:
            continue
        if client.get(address).status_code != 200:
            continue
        for sent in queries:
            yield address, sent, read(client.get(address, sent))


@pytest.mark.parametrize("who", ["district", "manager", "worker"])
def test_pages_and_files_are_the_same_whether_the_other_district_is_there_or_not(
    city: City, who: str
) -> None:
    user = {"district": city.author, "manager": city.own.manager, "worker": city.own.cook.user}[who]
    client, found = client_of(user), {}
    with transaction.atomic():
        other = city.beside()
        most, others = wanted(other)
        for address, sent, text in seen(client, city, [*most, *others]):
            leak = other.secrets.search(unsaid(text, sent))
            assert not leak, f"{address} {sent}: {text[leak.start() - 200 : leak.end() + 100]}"
            found[address, str(sent)] = SAME.sub("…", text)
        transaction.set_rollback(True)
    for address, sent, text in seen(client, city, most):
        before, now = found[address, str(sent)].splitlines(), SAME.sub("…", text).splitlines()
        differing = [pair for pair in zip(before, now, strict=False) if pair[0] != pair[1]]
        assert before == now, (address, sent, differing[:3])
    assert len(found) > {"district": 600, "manager": 300, "worker": 200}[who]


@pytest.mark.parametrize("who", ["district", "manager", "worker", "editor"])
def test_no_form_reaches_what_is_the_other_district_s(city: City, who: str) -> None:
    mine = Kept()
    other = city.beside()
    client, before, said = client_of(roles(city, other)[who]), Kept(), form(other)
    for route in ROUTES:
        if route in NAMED_FOR_ALL:
            continue
        address = filled(route, city.own)
        with transaction.atomic():
            answer = client.post(address, said)
            assert not (leak := told(answer, {**said, "address": address}, other.secrets)), (address, leak)
            if not refused(answer) and not route.endswith("sign-ins/"):
                assert not (touched := Kept().touched(before, mine)), (address, touched)
            transaction.set_rollback(True)


# one ends the session, one fails on purpose
LEFT_OUT_THERE = {"/admin/logout/", "/admin/failwhale/"}
ADMIN = sorted({one for one in patterns() if one.startswith("admin/") and "^" not in one})


def in_the_administration(route: str, number: Any) -> str:
    named = {
        "app_label": "accounts",
        "app_name": "accounts",
        "model_name": "user",
        "action": "delete",
        "action_name": "x",
    }
    return "/" + PART.sub(lambda found: str(named.get(found[1], number)), route)


def asked_anew(client: Client, address: str, sent: dict[str, str]) -> str:
    """Without what was said of an earlier address and waits for the next page."""
    client.cookies.pop("messages", None)
    return read(client.get(address, sent))


@pytest.mark.parametrize("who", ["district", "editor"])
def test_the_administration_tells_nobody_of_anybody(city: City, who: str) -> None:
    """Nor by counting: what refers to a district is as many as without it."""
    user, found, numbers = roles(city, city.own)[who], {}, (city.own.county.pk, city.own.cook.user_id)
    addresses = {
        in_the_administration(route, number) for route in ADMIN for number in numbers
    } - LEFT_OUT_THERE
    with transaction.atomic():
        other, client = city.beside(), client_of(user)
        words = {"id": str(other.cook.user_id), "q": other.cook.user.name}
        secrets = re.compile(f"{other.secrets.pattern}|{city.own.secrets.pattern}")
        for address in sorted(addresses):
            text = asked_anew(client, address, words)
            assert not (leak := secrets.search(unsaid(text, words))), (address, leak)
            found[address] = SAME.sub("…", text)
        transaction.set_rollback(True)
    client = client_of(user)
    for address in sorted(addresses):
        now = SAME.sub("…", asked_anew(client, address, words))
        # the tree of districts is everybody's there
        assert found[address] == now or "organisations/district" in address, address
