"""The database refuses to change or delete a bulletin, an act or guidance."""

from django.db import migrations

from bihuan.scenarios.forecast_desk import guards


class Migration(migrations.Migration):
    dependencies = [("forecast_desk", "0001_initial")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: guards.create(editor.connection),
            lambda apps, editor: guards.drop(editor.connection),
        )
    ]
