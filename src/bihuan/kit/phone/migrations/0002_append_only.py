"""The database refuses to change or delete what is written once."""

from django.db import migrations

from bihuan.kit.phone import guards


class Migration(migrations.Migration):
    dependencies = [("phone", "0001_initial")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: guards.create(editor.connection),
            lambda apps, editor: guards.drop(editor.connection),
        )
    ]
