"""The database refuses to change or delete what is written once."""

from django.db import migrations

from bihuan.scenarios.river_chiefs import guards


class Migration(migrations.Migration):
    dependencies = [("river_chiefs", "0001_initial")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: guards.create(editor.connection),
            lambda apps, editor: guards.drop(editor.connection),
        )
    ]
