"""The demo's city: districts, enterprises, and people to sign in as. All of it is invented and says so."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group

from academy.accounts.models import User
from academy.accounts.roles import EDITORS, STAFF, ensure_roles
from academy.demo.content import read
from academy.organisations.joining import join
from academy.organisations.models import (
    BusinessType,
    District,
    Enterprise,
    EnterpriseManager,
    Jurisdiction,
    Post,
)


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
    for role, kind in ((STAFF, "staff"), (STAFF, "district_staff"), (EDITORS, "editor")):
        _official(data[kind], role)


def _district(entry: dict[str, Any], parent: District | None) -> None:
    district, _created = District.objects.get_or_create(name=entry["name"], parent=parent)
    for child in entry.get("districts", []):
        _district(child, district)


def _enterprise(entry: dict[str, Any]) -> None:
    known: dict[str, Any] = {"district": District, "business_type": BusinessType}
    fields = {
        name: known[name].objects.get(name=value) if name in known else value for name, value in entry.items()
    }
    Enterprise.objects.get_or_create(name=fields.pop("name"), defaults=fields)


def _worker(entry: dict[str, Any]) -> None:
    user, created = User.objects.get_or_create(
        phone=str(entry["phone"]), defaults={"name": entry["name"], "phone_verified": True}
    )
    if created:
        user.set_unusable_password()
        user.save()
        post = Post.objects.get(name=entry["post"])
        for name in (entry.get("also"), entry["enterprise"]):
            if name:
                join(user, Enterprise.objects.get(name=name), post)
    if "manages" in entry:
        kept = Enterprise.objects.get(name=entry["manages"])
        EnterpriseManager.objects.get_or_create(user=user, enterprise=kept)


def _official(entry: dict[str, Any], role: str) -> None:
    """Everybody knows the demo's password, so it opens nothing where the site is served to the public."""
    user, created = User.objects.get_or_create(email=entry["email"], defaults={"name": entry["name"]})
    if created:
        user.set_password(settings.DEMO_PASSWORD)
        user.save()
        user.groups.set([Group.objects.get(name=role)])
    if "district" in entry:
        district = District.objects.get(name=entry["district"])
        Jurisdiction.objects.get_or_create(user=user, defaults={"district": district})
