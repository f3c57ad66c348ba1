"""Who may do what: the two roles, the pages of the supervising staff, and people in the admin."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from wagtail.models import Page

from academy.accounts.access import staff_required
from academy.accounts.models import User
from academy.accounts.roles import EDITORS, STAFF, ensure_roles
from academy.courses.models import Prerequisite
from academy.organisations.scope import scope_of
from tests.factories import DistrictFactory, MembershipFactory, PaperFactory, UserFactory, make_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Any:
    def in_role(name: str) -> User:
        user: User = UserFactory(email=f"{name}@example.com")
        user.groups.add(Group.objects.get(name=name))
        return user

    return in_role


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


# Roles


def test_both_roles_are_there_after_migration() -> None:
    assert Group.objects.filter(name__in=[STAFF, EDITORS]).count() == 2


def test_making_the_roles_again_changes_nothing() -> None:
    def held() -> list[tuple[int, int, int]]:
        return [
            (g.permissions.count(), g.page_permissions.count(), g.collection_permissions.count())
            for g in Group.objects.order_by("pk")
        ]

    before = held()
    ensure_roles()
    assert held() == before


@pytest.mark.parametrize("what", ["faq", "glossary", "likely_questions"])
def test_editors_import_what_they_keep(member: Any, what: str) -> None:
    assert signed_in(member(EDITORS)).get(f"/admin/{what}/import/").status_code == 200


def test_editors_edit_and_publish_pages_but_see_no_training(member: Any, home: Page) -> None:
    editor = member(EDITORS)
    pages = home.permissions_for_user(editor)
    assert pages.can_edit()
    assert pages.can_add_subpage()
    assert pages.can_publish_subpage()
    assert editor.has_perm("library.change_faq")
    assert editor.has_perm("exams.change_question")
    assert not editor.has_perm("accounts.view_training")
    assert not editor.has_perm("organisations.change_enterprise")


def test_staff_see_training_and_keep_enterprises_but_edit_no_pages(member: Any, home: Page) -> None:
    official = member(STAFF)
    assert official.has_perm("accounts.view_training")
    assert official.has_perm("organisations.change_enterprise")
    assert not official.has_perm("organisations.delete_enterprise")
    assert not official.has_perm("organisations.change_district")
    assert not home.permissions_for_user(official).can_edit()


@pytest.mark.parametrize(
    ("role", "opens", "shut"),
    [
        (EDITORS, "/admin/images/", "/admin/snippets/organisations/district/"),
        (EDITORS, "/admin/documents/", "/admin/users/"),
        (STAFF, "/admin/snippets/organisations/post/", "/admin/images/"),
        (STAFF, "/admin/snippets/organisations/district/", "/admin/users/"),
        (STAFF, "/admin/snippets/organisations/district/", "/admin/snippets/organisations/district/add/"),
    ],
)
def test_each_role_opens_its_part_of_the_admin(member: Any, role: str, opens: str, shut: str) -> None:
    client = signed_in(member(role))
    assert client.get("/admin/").status_code == 200
    assert client.get(opens).status_code == 200
    assert client.get(shut).status_code == 302


# Pages for staff


@staff_required
def dashboard(request: HttpRequest, part: str = "") -> HttpResponse:
    return HttpResponse(f"figures {part}")


def open_as(user: Any) -> HttpResponse:
    request = RequestFactory().get("/staff/enterprises/?page=2")
    request.user = user
    return dashboard(request, part="east")


def test_strangers_are_sent_to_sign_in_and_come_back() -> None:
    assert open_as(AnonymousUser()).url == "/accounts/login/?next=/staff/enterprises/%3Fpage%3D2"


def test_workers_are_told_that_the_page_is_not_for_them(worker: User) -> None:
    response = open_as(worker)
    assert response.status_code == 403
    assert b"/me/" in response.content


def test_staff_and_administrators_get_in(member: Any, staff: User) -> None:
    assert open_as(member(STAFF)).content == b"figures east"
    assert open_as(staff).status_code == 200


# The way into the admin


def test_strangers_reach_the_sign_in_page_from_the_admin(client: Client) -> None:
    response = client.get("/admin/pages/", follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/login/?next=/admin/pages/"


def test_workers_are_turned_away_from_the_admin_without_going_in_circles(worker_client: Client) -> None:
    response = worker_client.get("/admin/", follow=True)
    assert response.status_code == 403
    assert len(response.redirect_chain) == 1


def test_whoever_may_enter_is_let_in_at_the_entrance(staff_client: Client) -> None:
    assert staff_client.get("/accounts/admin/").url == "/admin/"


def test_passwords_are_tried_at_the_one_door_that_counts(client: Client, staff: User) -> None:
    """Wagtail has a form of its own, which lets anybody try as often as they like."""
    tried = client.post("/admin/login/?next=/admin/pages/", {"username": staff.email, "password": "guess"})
    assert tried.url == "/accounts/login/?next=/admin/pages/"  # type: ignore[attr-defined]
    assert client.get("/admin/password_reset/").status_code == 404


# People


def test_people_are_listed_and_found_by_phone(staff_client: Client) -> None:
    wanted, other = UserFactory(name="", phone="13700000001"), UserFactory(name="赵师傅")
    assert "赵师傅" in staff_client.get("/admin/users/").text
    found = staff_client.get("/admin/users/", {"q": "13700000001"}).text
    assert wanted.phone in found
    assert other.name not in found


@pytest.mark.parametrize("order", ["name", "-name", "phone", "email", "-last_login"])
def test_people_can_be_sorted(staff_client: Client, order: str) -> None:
    assert staff_client.get("/admin/users/", {"ordering": order}).status_code == 200


def test_a_member_of_staff_is_entered_by_an_administrator(staff_client: Client) -> None:
    password = "kitchen-70-degrees"
    data = {
        "name": "吴科长",
        "email": "wu@example.com",
        "phone": "",
        "password1": password,
        "password2": password,
    }
    group = Group.objects.get(name=STAFF)
    assert staff_client.get("/admin/users/new/").status_code == 200
    staff_client.post("/admin/users/new/", {**data, "groups": [group.pk]})
    user = User.objects.get(email="wu@example.com")
    assert user.check_password(password)
    assert user.phone is None
    assert user.has_perm("accounts.view_training")


def test_an_official_is_given_a_district_and_another_and_none(staff_client: Client, member: Any) -> None:
    official, east, west = member(STAFF), DistrictFactory(), DistrictFactory(name="西渚县")
    address = f"/admin/users/edit/{official.pk}/"
    data = {"name": "周科长", "phone": official.phone, "is_active": "on"}
    groups = [Group.objects.get(name=STAFF).pk]
    for district, seen in ((east, {east.pk}), (west, {west.pk}), (None, set())):
        staff_client.post(address, {**data, "groups": groups, "district": district.pk if district else ""})
        assert scope_of(User.objects.get(pk=official.pk)).districts == seen
        selected = f'<option value="{district.pk}" selected>' if district else '<option value="" selected>'
        assert selected in staff_client.get(address).text


def test_a_worker_is_entered_with_a_number_alone(staff_client: Client) -> None:
    staff_client.post("/admin/users/new/", {"name": "钱师傅", "phone": "139 1234 5678"})
    assert not User.objects.get(phone="13912345678").has_usable_password()


def test_nobody_is_entered_without_a_way_to_sign_in(staff_client: Client) -> None:
    response = staff_client.post("/admin/users/new/", {"name": "钱师傅"})
    assert response.status_code == 200
    assert not User.objects.filter(name="钱师傅").exists()


def test_a_number_is_entered_once(staff_client: Client, worker: User) -> None:
    response = staff_client.post("/admin/users/new/", {"name": "钱师傅", "phone": worker.phone})
    assert response.context["form"].errors["phone"]


def test_an_edited_worker_keeps_number_and_password(staff_client: Client, worker: User) -> None:
    address = f"/admin/users/edit/{worker.pk}/"
    assert worker.phone in staff_client.get(address).text
    staff_client.post(address, {"name": "王大厨", "phone": worker.phone, "is_active": "on"})
    changed = User.objects.get(pk=worker.pk)
    assert (changed.name, changed.phone, changed.password) == ("王大厨", worker.phone, worker.password)


def test_the_own_account_page_opens_and_saves(staff_client: Client, staff: User) -> None:
    page = staff_client.get("/admin/account/")
    panels = [panel for tab in page.context["panels_by_tab"].values() for panel in tab]
    fields = [field for panel in panels for field in panel.get_form()]
    data = {field.html_name: field.value() for field in fields if field.value()}
    staff_client.post("/admin/account/", {**data, "name_email-name": "郑科长"})
    staff.refresh_from_db()
    assert staff.name == "郑科长"


def test_the_admin_leads_to_no_other_host(client: Client) -> None:
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    html = client.get("/admin/").content.decode()
    assert "guide.wagtail.org/en/releases" not in html
    assert "Shortcuts" not in html


# What is needed is kept


def test_what_something_depends_on_is_kept_and_that_is_said(member: Any, home: Page) -> None:
    course = make_course(home, paper=PaperFactory())
    other = make_course(home, title="后续", paper=course.paper)
    Prerequisite.objects.create(page=other, course=course)
    place = MembershipFactory()
    enterprise = place.enterprise
    tried = {
        f"/admin/pages/{course.pk}/delete/": EDITORS,
        f"/admin/bulk/wagtailcore/page/delete/?id={course.pk}": EDITORS,
        f"/admin/snippets/exams/paper/delete/{course.paper.pk}/": EDITORS,
        f"/admin/snippets/organisations/businesstype/delete/{enterprise.business_type.pk}/": STAFF,
        f"/admin/snippets/organisations/post/delete/{place.post.pk}/": STAFF,
    }
    clients = {role: signed_in(member(role)) for role in (EDITORS, STAFF)}
    for address, role in tried.items():
        page = clients[role].post(address, follow=True)
        assert (page.status_code, len(page.redirect_chain)) == (200, 1)
        assert len(page.context["messages"]) == 1
    for kept in (course, course.paper, enterprise.business_type, place.post):
        kept.refresh_from_db()
