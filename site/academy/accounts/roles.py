"""The two roles of the site, as groups with their permissions. Safe to run again."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Site

STAFF = "监管人员"
EDITORS = "编辑"


class Role(NamedTuple):
    """`models` may be changed at will; `collection` holds everywhere, `pages` under the home page."""

    models: Sequence[str] = ()
    others: Sequence[str] = ()
    collection: Sequence[str] = ()
    pages: Sequence[str] = ()


ROLES = {
    STAFF: Role(
        others=(
            "wagtailadmin.access_admin",
            "accounts.view_training",
            "exams.add_spotexam",
            "events.add_event",
            "events.change_event",
            "courses.add_assignment",
            "library.dispatch_handbooks",
            "records.revoke_a_certificate",
            "records.correct_hours",
            "records.add_personmerge",
            "records.add_enterprisemerge",
            "organisations.add_enterprisemanager",
            # an enterprise closes and a membership ends: nothing in the register is deleted
            "organisations.add_enterprise",
            "organisations.change_enterprise",
            "organisations.view_enterprise",
            "organisations.add_membership",
            "organisations.change_membership",
            # who could change the tree of districts, or who supervises which, would see what they like
            "organisations.view_district",
            "organisations.view_businesstype",
            "organisations.view_post",
        ),
    ),
    EDITORS: Role(
        models=(
            "library.faq",
            "library.glossaryentry",
            "library.likelyquestion",
            "library.questionset",
            "library.evaluationquestion",
            "library.evaluationrun",
            "exams.question",
            "exams.paper",
        ),
        others=("wagtailadmin.access_admin", "library.change_source"),
        collection=tuple(
            f"{app}.{action}_{model}"
            for app, model in (("wagtailimages", "image"), ("wagtaildocs", "document"))
            for action in ("add", "change", "choose")
        ),
        pages=("add_page", "change_page", "publish_page", "lock_page", "unlock_page", "bulk_delete_page"),
    ),
}


def ensure_roles() -> None:
    for name, role in ROLES.items():
        group, _created = Group.objects.get_or_create(name=name)
        names = (f"{app}.{action}_{model}" for app, model in _split(role.models) for action in ACTIONS)
        group.permissions.add(*_permissions([*names, *role.others]))
        _grant_collection(group, role.collection)
        _grant_pages(group, role.pages)


ACTIONS = ("add", "change", "delete", "view")


def _split(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(app, rest) for app, _dot, rest in (name.partition(".") for name in names)]


def _permissions(names: Iterable[str]) -> Iterable[Permission]:
    """Those that exist: an app that is not there yet brings its permissions later."""
    wanted = Q(pk__in=[])
    for app, codename in _split(names):
        wanted |= Q(content_type__app_label=app, codename=codename)
    return Permission.objects.filter(wanted)


def _grant_collection(group: Group, names: Iterable[str]) -> None:
    root = Collection.get_first_root_node()
    for permission in _permissions(names) if root else ():
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)


def _grant_pages(group: Group, codenames: Iterable[str]) -> None:
    site = Site.objects.filter(is_default_site=True).first()
    for permission in _permissions(f"wagtailcore.{codename}" for codename in codenames) if site else ():
        GroupPagePermission.objects.get_or_create(group=group, page=site.root_page, permission=permission)
