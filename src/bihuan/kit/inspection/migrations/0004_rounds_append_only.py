"""The database refuses to change or delete rounds."""

from django.db import migrations

from bihuan.kit.inspection import guards


class Migration(migrations.Migration):
    dependencies = [("inspection", "0003_rounds")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: guards.ROUNDS.create(editor.connection),
            lambda apps, editor: guards.ROUNDS.drop(editor.connection),
        )
    ]
