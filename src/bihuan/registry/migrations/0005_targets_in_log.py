"""Targets are entered in the log."""

from django.db import migrations

from bihuan.registry.log import enter_old


def enter_rows(apps, editor):
    enter_old(apps.get_model("registry", "Target").objects.order_by("pk"), apps.get_model("registry", "LogEntry"))


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_posts_end")]
    operations = [migrations.RunPython(enter_rows, migrations.RunPython.noop)]
