"""Proposals of counties are entered in the log; from now on the database refuses to change them."""

from django.db import migrations

from bihuan.cases import guards
from bihuan.registry.log import enter_old


def enter_rows(apps, editor):
    enter_old(apps.get_model("cases", "Proposal").objects.order_by("pk"), apps.get_model("registry", "LogEntry"))


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_proposals"), ("registry", "0003_log")]
    operations = [
        migrations.RunPython(enter_rows, migrations.RunPython.noop),
        migrations.RunPython(
            lambda apps, editor: guards.guard_proposals(editor.connection),
            lambda apps, editor: guards.free_proposals(editor.connection),
        ),
    ]
