from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0008_merging'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='attendance',
            index=models.Index(condition=models.Q(('withdrawn_at__isnull', False)), fields=['withdrawn_at'], name='withdrawn_attendances'),
        ),
    ]
