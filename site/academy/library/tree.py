"""The pages every site has: a home and one list for each kind of text."""

from typing import Any

from wagtail.models import Page, Site

from academy.library.models import CaseIndexPage, HandbookIndexPage, HomePage, RegulationIndexPage

LISTS: list[tuple[type[Any], str, str, str]] = [
    (HandbookIndexPage, "handbooks", "手册", "厨房里每天要做的事，一章讲一件。"),
    (CaseIndexPage, "cases", "案例", "别人出过的事，一个环节一个环节地看。"),
    (RegulationIndexPage, "regulations", "法规", "法律和规章的原文，一条一条能查到。"),
]


def ensure_tree() -> HomePage:
    """The home page with its lists; what is there already stays as it is."""
    home = HomePage.objects.first() or _new_home()
    for model, slug, title, intro in LISTS:
        ensure_child(home, model, slug, title=title, intro=intro, show_in_menus=True)
    return home


def ensure_child(parent: Any, model: type[Any], slug: str, **fields: Any) -> Any:
    found = model.objects.child_of(parent).filter(slug=slug).first()
    if found:
        return found
    page = parent.add_child(instance=model(slug=slug, **fields))
    page.save_revision().publish()
    return page


def _new_home() -> HomePage:
    """Takes the place of the welcome page that Wagtail brings."""
    root = Page.get_first_root_node()
    site = Site.objects.filter(is_default_site=True).first()
    welcome = site.root_page if site else None
    home: HomePage = root.add_child(instance=HomePage(title="食安学堂", slug="academy"))
    home.save_revision().publish()
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": "localhost", "root_page": home, "site_name": "食安学堂"},
    )
    if welcome and welcome.pk != home.pk:
        Page.objects.get(pk=welcome.pk).delete()
    return home
