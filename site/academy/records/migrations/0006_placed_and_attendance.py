from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Count, OuterRef, Subquery


def find_keys(apps: Any, _editor: Any) -> None:
    """Records knew their place by its name alone. Where one enterprise has that name, it was that one."""
    named = apps.get_model("organisations", "Enterprise").objects.values("name").annotate(n=Count("pk"))
    unique = named.filter(n=1).values("name")
    places = apps.get_model("organisations", "Enterprise").objects.filter(name__in=unique)
    place = places.filter(name=OuterRef("enterprise_name"))
    apps.get_model("records", "Completion").objects.filter(enterprise_key=None).exclude(enterprise_name="").update(
        enterprise_key=Subquery(place.values("pk")[:1]), district_key=Subquery(place.values("district_id")[:1])
    )


class Migration(migrations.Migration):

    dependencies = [
        ("organisations", "0002_register"),
        ('records', '0005_drop_submitted'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enterprise_key', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='key of the enterprise')),
                ('enterprise_name', models.CharField(blank=True, max_length=100, verbose_name='enterprise')),
                ('district_key', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='key of the district')),
                ('district_name', models.CharField(blank=True, max_length=50, verbose_name='district')),
                ('business_type_name', models.CharField(blank=True, max_length=30, verbose_name='business type')),
                ('post_name', models.CharField(blank=True, max_length=30, verbose_name='post')),
                ('person_name', models.CharField(blank=True, max_length=50, verbose_name='name')),
                ('event_key', models.CharField(max_length=60, verbose_name='event key')),
                ('event_title', models.CharField(max_length=200, verbose_name='event')),
                ('kind', models.CharField(max_length=20, verbose_name='kind')),
                ('hours', models.DecimalField(decimal_places=1, max_digits=5, verbose_name='training hours')),
                ('attended_at', models.DateTimeField(verbose_name='attended at')),
                ('left_at', models.DateTimeField(blank=True, null=True, verbose_name='left at')),
                ('stored_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='stored at')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn at')),
            ],
            options={
                'verbose_name': 'attendance',
                'verbose_name_plural': 'attendances',
                'ordering': ('-attended_at', '-pk'),
            },
        ),
        migrations.AddField(
            model_name='completion',
            name='district_key',
            field=models.PositiveBigIntegerField(blank=True, null=True, verbose_name='key of the district'),
        ),
        migrations.AddField(
            model_name='completion',
            name='enterprise_key',
            field=models.PositiveBigIntegerField(blank=True, null=True, verbose_name='key of the enterprise'),
        ),
        migrations.AddField(
            model_name='completion',
            name='stored_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='stored at'),
        ),
        migrations.AddIndex(
            model_name='completion',
            index=models.Index(fields=['stored_at'], name='records_com_stored__b291f4_idx'),
        ),
        migrations.AddIndex(
            model_name='completion',
            index=models.Index(fields=['enterprise_key', 'completed_at'], name='records_com_enterpr_7d2b27_idx'),
        ),
        migrations.AddIndex(
            model_name='completion',
            index=models.Index(fields=['district_key', 'completed_at'], name='records_com_distric_fa172b_idx'),
        ),
        migrations.AddField(
            model_name='attendance',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='attendance',
            index=models.Index(fields=['attended_at'], name='records_att_attende_9fdec4_idx'),
        ),
        migrations.AddIndex(
            model_name='attendance',
            index=models.Index(fields=['stored_at'], name='records_att_stored__5a59a1_idx'),
        ),
        migrations.AddIndex(
            model_name='attendance',
            index=models.Index(fields=['enterprise_key', 'attended_at'], name='records_att_enterpr_270ae3_idx'),
        ),
        migrations.AddIndex(
            model_name='attendance',
            index=models.Index(fields=['district_key', 'attended_at'], name='records_att_distric_ebffc5_idx'),
        ),
        migrations.AddConstraint(
            model_name='attendance',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('user', 'event_key'), name='one_attendance_per_event'),
        ),
        migrations.RunPython(find_keys, migrations.RunPython.noop, elidable=True),
    ]
