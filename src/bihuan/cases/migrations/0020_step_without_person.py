"""A step may be the machine's: it has no person then. The table is made anew, so its triggers are put back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from bihuan.cases import guards


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0019_terms"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunPython(
            lambda apps, editor: guards.drop(editor.connection),
            lambda apps, editor: guards.create(editor.connection),
        ),
        migrations.AlterField(
            model_name="step",
            name="actor",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.RunPython(
            lambda apps, editor: guards.create(editor.connection),
            lambda apps, editor: guards.drop(editor.connection),
        ),
    ]
