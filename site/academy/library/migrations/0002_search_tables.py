from django.db import migrations


def create(apps, schema_editor):
    from academy.library.text_index import create_search_tables

    create_search_tables(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("library", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
