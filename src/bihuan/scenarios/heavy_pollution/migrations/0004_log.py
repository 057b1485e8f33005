"""What was decided is entered in the log, in this order: advices, suggestions."""

from django.db import migrations

from bihuan.registry.log import enter_old
from bihuan.scenarios.heavy_pollution import guards


def enter_rows(apps, editor):
    log = apps.get_model("registry", "LogEntry")
    for name, without in (("Advice", ("listed_level", "need")), ("Suggestion", ())):
        rows = apps.get_model("heavy_pollution", name).objects.filter(decided_at__isnull=False)
        enter_old(rows.order_by("pk"), log, without=without)


class Migration(migrations.Migration):
    dependencies = [("heavy_pollution", "0003_history"), ("registry", "0003_log")]
    operations = [
        migrations.RunPython(enter_rows, migrations.RunPython.noop),
        migrations.RunPython(
            lambda apps, editor: guards.keep(editor.connection),
            lambda apps, editor: guards.let_go(editor.connection),
        ),
    ]
