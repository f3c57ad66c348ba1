from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0006_placed_and_attendance'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='attendance',
            index=models.Index(condition=models.Q(('withdrawn_at__isnull', False)), fields=['withdrawn_at'], name='withdrawn_attendances'),
        ),
    ]
