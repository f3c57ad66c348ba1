from typing import Any

from django.db import migrations


def make_anew(apps: Any, schema_editor: Any) -> None:
    from academy.library.text_index import make_search_tables_anew

    make_search_tables_anew(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("library", "0007_who_and_how_often")]
    operations = [migrations.RunPython(make_anew, migrations.RunPython.noop)]
