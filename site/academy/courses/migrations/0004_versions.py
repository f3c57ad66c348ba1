"""Whoever has learned in a course is enrolled in the edition they learned in."""

from django.db import migrations
from django.db.models import Min


def enrol(apps, schema_editor):
    progress = apps.get_model("courses", "LessonProgress").objects
    enrolments = apps.get_model("courses", "Enrolment").objects
    begun = progress.values("user", "course_key", "edition").annotate(began=Min("done_at")).exclude(began=None)
    for row in begun.iterator():
        enrolments.get_or_create(
            user_id=row["user"],
            course_key=row["course_key"],
            edition=row["edition"],
            defaults={"began_at": row["began"]},
        )


class Migration(migrations.Migration):
    dependencies = [("courses", "0003_versions_and_honest_progress")]

    operations = [migrations.RunPython(enrol, migrations.RunPython.noop, elidable=True)]
