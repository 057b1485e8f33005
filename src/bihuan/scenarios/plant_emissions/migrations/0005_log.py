"""Marks, withdrawals and quality checks are entered in the log, in this order."""

from django.db import migrations

from bihuan.registry.log import enter_old
from bihuan.scenarios.plant_emissions import guards


def enter_rows(apps, editor):
    log = apps.get_model("registry", "LogEntry")
    for name in ("Mark", "Withdrawal", "QualityCheck"):
        enter_old(apps.get_model("plant_emissions", name).objects.order_by("pk"), log)


def guard(apps, editor):
    guards.create(editor.connection)
    guards.keep(editor.connection)


def unguard(apps, editor):
    guards.drop(editor.connection)
    guards.let_go(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("plant_emissions", "0004_sewage"), ("registry", "0003_log")]
    operations = [
        migrations.RunPython(enter_rows, migrations.RunPython.noop),
        migrations.RunPython(guard, unguard),
    ]
