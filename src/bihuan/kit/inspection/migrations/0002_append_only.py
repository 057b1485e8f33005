"""The database refuses to change or delete what is written once."""

from django.db import migrations

from bihuan.kit.inspection import guards


class Migration(migrations.Migration):
    dependencies = [("inspection", "0001_initial")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: guards.ANSWERS.create(editor.connection),
            lambda apps, editor: guards.ANSWERS.drop(editor.connection),
        )
    ]
