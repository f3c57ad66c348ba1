from typing import Any

from django.db import migrations, models
from django.db.models import Count, OuterRef, Subquery


def find_keys(apps: Any, _editor: Any) -> None:
    """Records knew their place by its name alone. Where one enterprise has that name, it was that one."""
    named = apps.get_model("organisations", "Enterprise").objects.values("name").annotate(n=Count("pk"))
    unique = named.filter(n=1).values("name")
    places = apps.get_model("organisations", "Enterprise").objects.filter(name__in=unique)
    place = places.filter(name=OuterRef("enterprise_name"))
    apps.get_model("exams", "Candidate").objects.filter(enterprise_key=None).exclude(enterprise_name="").update(
        enterprise_key=Subquery(place.values("pk")[:1]), district_key=Subquery(place.values("district_id")[:1])
    )


class Migration(migrations.Migration):

    dependencies = [
        ("organisations", "0002_register"),
        ('exams', '0005_settled_attempts'),
    ]

    operations = [
        migrations.AddField(
            model_name='candidate',
            name='district_key',
            field=models.PositiveBigIntegerField(blank=True, null=True, verbose_name='key of the district'),
        ),
        migrations.AddField(
            model_name='candidate',
            name='enterprise_key',
            field=models.PositiveBigIntegerField(blank=True, null=True, verbose_name='key of the enterprise'),
        ),
        migrations.RunPython(find_keys, migrations.RunPython.noop, elidable=True),
    ]
