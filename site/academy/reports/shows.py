"""What the dashboards show, made ready for their templates."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from academy.core.templatetags.look import thousands
from academy.reports import periods
from academy.reports.choices import EVENT
from academy.reports.definitions import DEFINITIONS
from academy.reports.figures import Figures, Value
from academy.reports.filters import Filters
from academy.reports.journeys import Funnel
from academy.reports.loading import COURSE
from academy.reports.rosters import Share
from academy.reports.rows import Table, hours
from academy.reports.tables import Tables

GROUPS = {
    "training": ("persons", "person_times", "hours", "course_times", "event_times", "held", "guided"),
    "coverage": ("enterprises", "canteens", "posts"),
    "learning": ("completion", "first_pass", "all_pass"),
    "certificates": ("valid", "expiring", "expired", "revoked"),
}
STAGES = {
    "begun": gettext_lazy("Began a course"),
    "learned": gettext_lazy("Lessons done"),
    "passed": gettext_lazy("Exam passed"),
    "certified": gettext_lazy("Certificate"),
}
# from which percent of coverage on a tile is darker
LEVELS = (20, 40, 60, 80)


def place(filters: Filters) -> str:
    """Whose numbers these are, in words."""
    choice = filters.choice
    if "enterprise" in filters.chosen:
        return str(filters.chosen["enterprise"])
    if choice.district is not None:
        return filters.tree.names[choice.district]
    tops = [filters.tree.names[key] for key in filters.tree.tops]
    if tops:
        return _(", ").join(tops)
    return _("Everywhere") if choice.scope.whole else _("My enterprises")


def numbers(filters: Filters, figures: Figures) -> dict[str, Any]:
    """The numbers in their groups, each with its definition and what it leads to; and of when they are."""
    links, compared = _links(filters), _compared(figures)
    notes = {name: n for n, name in enumerate(DEFINITIONS, 1)}
    stats = {
        name: {
            "key": name,
            "name": definition.name,
            "unit": definition.unit if written(figures.values[name]) != "—" else "",
            "words": definition.words,
            "value": written(figures.values[name]),
            "detail": _detail(figures.values[name]),
            "url": links.get(name, ""),
            "before": compared.get(name, ""),
            "note": notes[name],
        }
        for name, definition in DEFINITIONS.items()
    }
    return {
        "figures": figures,
        "groups": {group: [stats[name] for name in names] for group, names in GROUPS.items()},
        "notes": list(stats.values()),
        "period": figures.choice.period,
        "until": figures.choice.period.until,
        "as_of": figures.snapshot.taken_at,
        "learned_at": figures.snapshot.journeys.taken_at,
        "records_url": f"{filters.lists['records']}{filters.address()}",
    }


def missing(filters: Filters, figures: Figures, canteens: str) -> list[dict[str, Any]]:
    """How many there are that nobody has trained, each with the list of them; of a business type that is not chosen, none."""
    staff = figures.staff
    types = staff.roster.types
    by_type = dict(zip(types, staff.enterprises_by(staff.roster.business_type, len(types)), strict=True))
    here, enterprises = filters.address(), reverse("reports:enterprises")
    shares = [
        (_("enterprises with nobody trained"), staff.enterprises, f"{enterprises}?{here}"),
        (
            _("school canteens with nobody trained"),
            by_type.get(canteens, Share(0, 0)),
            f"{enterprises}?{filters.address(business_type=canteens)}",
        ),
        (_("places of work whose holder is not trained"), staff.posts, f"{filters.lists['untrained']}{here}"),
    ]
    return [
        {"words": words, "n": share.whole - share.part, "url": url}
        for words, share, url in shares
        if share.whole
    ]


def written(value: Value) -> str:
    if isinstance(value, Share):
        return "—" if value.percent is None else f"{value.percent:.1f}"
    return hours(value) if isinstance(value, Decimal) else thousands(value)


def _detail(value: Value) -> str:
    if not isinstance(value, Share) or not value.whole:
        return ""
    return _("%(part)s of %(whole)s") % {"part": thousands(value.part), "whole": thousands(value.whole)}


def _links(filters: Filters) -> Mapping[str, str]:
    """Of each number the list of all that it counts."""
    lists, every = filters.lists, filters.address()
    kind, records = filters.choice.kind, lists["records"]
    urls: dict[str, str] = {name: f"{lists[name]}{every}" for name in ("persons", "held", "guided")}
    urls |= {"person_times": f"{records}{every}", "hours": f"{records}{every}"}
    # of another kind than the chosen one there is nothing
    if kind in (None, COURSE):
        urls["course_times"] = f"{records}{filters.address(kind=COURSE)}"
    if kind != COURSE:
        urls["event_times"] = f"{records}{filters.address(kind=kind or EVENT)}"
    return {**urls, **_of_today(filters), **_enterprises(filters)}


def _of_today(filters: Filters) -> dict[str, str]:
    lists, every = filters.lists, filters.address()
    standing = filters.address(span=None, start=None, end=None, kind=None)
    return {
        "posts": f"{lists['people']}{every}",
        "completion": f"{lists['learning']}stage=passed&{every}",
        "first_pass": f"{lists['exams']}passed=yes&first=on&{every}",
        "all_pass": f"{lists['exams']}passed=yes&{every}",
        **{state: f"{lists['certificates']}state={state}&{standing}" for state in GROUPS["certificates"]},
    }


def _enterprises(filters: Filters) -> dict[str, str]:
    """Whoever keeps the staff list of one has no list of enterprises."""
    if "enterprises" not in filters.lists:
        return {}
    covered, canteens, chosen = filters.lists["enterprises"], settings.CANTEENS, filters.choice.business_type
    urls = {"enterprises": f"{covered}{filters.address()}"}
    if chosen in (None, canteens):
        urls["canteens"] = f"{covered}{filters.address(business_type=canteens)}"
    return urls


def _compared(figures: Figures) -> dict[str, str]:
    """With the same days a year before, in words."""
    period = figures.choice.period.year_before
    if figures.choice.period.is_running:
        said = _("Last year until %(day)s") % {"day": date_format(period.last, "MONTH_DAY_FORMAT")}
    else:
        said = _("The same months last year")
    return {
        name: f"{said}{_(': ')}{written(then)}{_change(figures.values[name], then)}"
        for name, then in figures.before.items()
    }


def _change(now: Value, then: Value) -> str:
    if isinstance(now, Share) or isinstance(then, Share) or not then:
        return ""
    words = _(", now %(percent)s%% more") if now >= then else _(", now %(percent)s%% fewer")
    return words % {"percent": f"{abs(100 * (now - then) / then):.1f}"}


def charts(filters: Filters, figures: Figures, tables: Tables) -> dict[str, Any]:
    return {
        "trend": trend(tables),
        "tiles": tiles(tables.all["district"]),
        "funnel": funnel(figures.funnel),
    }


def trend(tables: Tables) -> dict[str, Any]:
    plain = pgettext("date format of a month in a chart", "M")
    january = pgettext("date format of a January in a chart", "M Y")
    counted = tables.trend
    return {
        "labels": [date_format(day, january if day.month == 1 else plain) for day in counted],
        "series": [
            {"name": _("Person-times"), "values": [tally.person_times for tally in counted.values()]},
            {"name": _("Persons"), "values": [tally.persons for tally in counted.values()]},
        ],
        "unfinished": periods.today().replace(day=1) in counted,
    }


def funnel(counted: Funnel) -> dict[str, Any]:
    names = [str(name) for name in STAGES.values()]
    return {
        "labels": names,
        "series": [{"name": _("Persons and courses"), "values": list(counted)}],
        "rows": list(zip(STAGES, names, counted, strict=True)),
    }


def tiles(table: Table) -> list[dict[str, Any]]:
    """A square for each district: how dark says how much is covered, and so does the number."""
    return [
        {
            "name": line.label,
            "url": line.url,
            "share": line.enterprises,
            "level": level(line.enterprises),
            "persons": line.tally.persons,
        }
        for line in table.lines
    ]


def level(share: Share | None) -> int:
    percent = share.percent if share else None
    return sum((percent or 0) >= limit for limit in LEVELS)
