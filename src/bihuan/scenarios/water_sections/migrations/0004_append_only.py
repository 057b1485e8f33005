"""The database refuses to change or delete what is written once."""

from django.db import migrations

from bihuan.scenarios.water_sections import guards


class Migration(migrations.Migration):
    dependencies = [("water_sections", "0003_outlooks")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: guards.create(editor.connection),
            lambda apps, editor: guards.drop(editor.connection),
        )
    ]
