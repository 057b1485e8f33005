"""The database refuses to change or delete a report, a photo or an act."""

from django.db import migrations

from bihuan.scenarios.citizens import guards


class Migration(migrations.Migration):
    dependencies = [("citizens", "0001_initial")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: guards.create(editor.connection),
            lambda apps, editor: guards.drop(editor.connection),
        )
    ]
