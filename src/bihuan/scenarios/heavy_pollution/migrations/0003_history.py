"""Warnings that one person decided become steps; steps are append-only; an unknown wind is taken out of kept reasons."""

from django.db import migrations

from bihuan.registry.log import enter_old
from bihuan.scenarios.heavy_pollution import guards

REMARK = "升级前由一人决定"
NO_WIND = "，无风向数据，上风向未知"


def warnings_to_steps(apps, editor):
    advice, step = (apps.get_model("heavy_pollution", name) for name in ("Advice", "WarningStep"))
    running, number = {}, {}
    decided = advice.objects.filter(decision__in=["started", "ended"]).order_by("decided_at", "pk")
    for row in decided.select_related("region"):
        before = running.get(row.region_id, "")
        lifted = row.decision == "ended"
        if lifted and not before or row.started_level == before:
            continue
        year = (row.region_id, row.decided_at.year)
        number[year] = number.get(year, 0) + 1
        step.objects.create(
            region=row.region, action="approved", kind="lift" if lifted else "change" if before else "start",
            level=before if lifted else row.started_level, before=before, since=row.decided_at, advice=row,
            reason=" ".join(filter(None, (row.reason, f"（{REMARK}）")))[:400], number=number[year],
            person=row.decided_by, post="", at=row.decided_at,
        )  # fmt: skip
        running[row.region_id] = "" if lifted else row.started_level


def enter_steps(apps, editor):
    steps = apps.get_model("heavy_pollution", "WarningStep").objects.order_by("pk")
    enter_old(steps, apps.get_model("registry", "LogEntry"))


def leave_out_the_wind(apps, editor):
    suggestion = apps.get_model("heavy_pollution", "Suggestion")
    for row in suggestion.objects.filter(why__contains=NO_WIND).only("why").iterator(chunk_size=2000):
        suggestion.objects.filter(pk=row.pk).update(why=row.why.replace(NO_WIND, ""))


class Migration(migrations.Migration):
    dependencies = [("heavy_pollution", "0002_warning_steps"), ("registry", "0003_log")]
    operations = [
        migrations.RunPython(warnings_to_steps, migrations.RunPython.noop),
        migrations.RunPython(enter_steps, migrations.RunPython.noop),
        migrations.RunPython(leave_out_the_wind, migrations.RunPython.noop),
        migrations.RunPython(
            lambda apps, editor: guards.create(editor.connection),
            lambda apps, editor: guards.drop(editor.connection),
        ),
    ]
