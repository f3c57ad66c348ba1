from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

OFFICIALS = "监管人员"
TOO_MUCH = ("add_district", "change_district", "delete_district", "delete_enterprise")


def take_back(apps: Any, _editor: Any) -> None:
    """Officials could change the tree that says what they may see, and delete what records name."""
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="organisations", codename__in=TOO_MUCH
    )
    for group in apps.get_model("auth", "Group").objects.filter(name=OFFICIALS):
        group.permissions.remove(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0003_officials_supervise_the_city"),
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="chosen_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="named in records since"),
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="changed at")),
                ("what", models.JSONField(verbose_name="what was changed")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="organisations.enterprise",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of an enterprise",
                "verbose_name_plural": "changes of enterprises",
                "ordering": ("-at", "-pk"),
            },
        ),
        migrations.RunPython(take_back, migrations.RunPython.noop, elidable=True),
    ]
