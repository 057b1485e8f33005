"""The database refuses to change or delete a step or a milestone."""

from django.db import migrations

from bihuan.scenarios.outfalls import guards


class Migration(migrations.Migration):
    dependencies = [("outfalls", "0001_initial")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: guards.create(editor.connection),
            lambda apps, editor: guards.drop(editor.connection),
        )
    ]
