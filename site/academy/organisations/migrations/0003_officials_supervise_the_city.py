"""Officials saw the whole city; now that each has a district, those who are there keep it."""

from typing import Any

from django.db import migrations

OFFICIALS = "监管人员"


def give_the_city(apps: Any, _editor: Any) -> None:
    roots = list(apps.get_model("organisations", "District").objects.filter(parent=None)[:2])
    if len(roots) != 1:
        return
    jurisdictions = apps.get_model("organisations", "Jurisdiction").objects
    for user in apps.get_model("accounts", "User").objects.filter(groups__name=OFFICIALS):
        jurisdictions.get_or_create(user=user, defaults={"district": roots[0]})


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0002_register"),
        ("accounts", "0001_initial"),
    ]

    operations = [migrations.RunPython(give_the_city, migrations.RunPython.noop, elidable=True)]
