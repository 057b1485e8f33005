"""The database refuses to change or delete a step or an attachment."""

from django.db import migrations

from bihuan.cases import guards


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_initial")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: guards.create(editor.connection),
            lambda apps, editor: guards.drop(editor.connection),
        )
    ]
