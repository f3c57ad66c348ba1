"""The demo's city: districts, enterprises, and people to sign in as. All of it is invented and says so."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group

from academy.accounts.models import User
from academy.accounts.roles import EDITORS, STAFF, ensure_roles
from academy.demo.content import read
from academy.organisations.joining import join
from academy.organisations.models import BusinessType, District, Enterprise, Post


def load_city() -> None:
    ensure_roles()
    data = read("city")
    for order, name in enumerate(data["business_types"]):
        BusinessType.objects.get_or_create(name=name, defaults={"sort_order": order})
    for order, name in enumerate(data["posts"]):
        Post.objects.get_or_create(name=name, defaults={"sort_order": order})
    _district(data["city"], None)
    for entry in data["enterprises"]:
        _enterprise(entry)
    for entry in data["workers"]:
        _worker(entry)
    for role, entry in ((STAFF, data["staff"]), (EDITORS, data["editor"])):
        _official(entry, role)


def _district(entry: dict[str, Any], parent: District | None) -> None:
    district, _created = District.objects.get_or_create(name=entry["name"], parent=parent)
    for child in entry.get("districts", []):
        _district(child, district)


def _enterprise(entry: dict[str, Any]) -> None:
    Enterprise.objects.get_or_create(
        name=entry["name"],
        defaults={
            "licence": entry["licence"],
            "district": District.objects.get(name=entry["district"]),
            "business_type": BusinessType.objects.get(name=entry["business_type"]),
        },
    )


def _worker(entry: dict[str, Any]) -> None:
    user, created = User.objects.get_or_create(
        phone=str(entry["phone"]), defaults={"name": entry["name"], "phone_verified": True}
    )
    if created:
        user.set_unusable_password()
        user.save()
        enterprise = Enterprise.objects.get(name=entry["enterprise"])
        join(user, enterprise, Post.objects.get(name=entry["post"]))


def _official(entry: dict[str, Any], role: str) -> None:
    """Everybody knows the demo's password, so it opens nothing where the site is served to the public."""
    user, created = User.objects.get_or_create(email=entry["email"], defaults={"name": entry["name"]})
    if created:
        user.set_password(settings.DEMO_PASSWORD)
        user.save()
        user.groups.set([Group.objects.get(name=role)])
