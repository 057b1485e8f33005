"""The log of the installation. Rows that are there are entered in this order: audit entries, reviewers' decisions."""

from django.db import migrations, models

from bihuan.registry import guards
from bihuan.registry.log import enter_old


def enter_rows(apps, editor):
    log = apps.get_model("registry", "LogEntry")
    for name in ("AuditEntry", "ValueDecision"):
        enter_old(apps.get_model("registry", name).objects.order_by("pk"), log)


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_target")]
    operations = [
        migrations.CreateModel(
            name="LogEntry",
            fields=[
                ("seq", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=120)),
                ("digest", models.CharField(max_length=64)),
                ("note", models.CharField(blank=True, max_length=60)),
                ("content", models.JSONField(null=True)),
                ("previous", models.CharField(max_length=64, unique=True)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ["seq"],
                "indexes": [models.Index(fields=["kind", "key"], name="log_by_row")],
            },
        ),
        migrations.RunPython(enter_rows, migrations.RunPython.noop),
        migrations.RunPython(
            lambda apps, editor: guards.create(editor.connection),
            lambda apps, editor: guards.drop(editor.connection),
        ),
    ]
