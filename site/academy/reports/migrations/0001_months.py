import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='Watermark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Month',
            fields=[
                ('month', models.DateField(primary_key=True, serialize=False)),
                ('words', models.JSONField()),
                ('columns', models.BinaryField()),
                ('count', models.PositiveIntegerField()),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('written_at', models.DateTimeField(auto_now=True)),
                ('watermark', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='months', to='reports.watermark')),
            ],
            options={
                'ordering': ('month',),
            },
        ),
    ]
