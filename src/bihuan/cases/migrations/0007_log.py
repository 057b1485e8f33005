"""What is there is entered in the log, in this order: steps, files, judged findings, and the rows of cases as they are."""

from django.db import migrations

from bihuan.cases.expected import CASE_KIND
from bihuan.registry.hashing import columns, content
from bihuan.registry.log import UPGRADE, append


def enter_rows(apps, editor):
    log = apps.get_model("registry", "LogEntry")
    model = lambda name: apps.get_model("cases", name)  # noqa: E731
    for step in model("Step").objects.select_related("case").order_by("pk"):
        append("cases.step", f"{step.case.number}/{step.seq}", content(step), note=UPGRADE, log=log)
    for file in model("Attachment").objects.select_related("step__case").order_by("pk"):
        key = f"{file.step.case.number}/{file.step.seq}/{file.pk}"
        append("cases.attachment", key, content(file), note=UPGRADE, log=log)
    for finding in model("Finding").objects.exclude(status__in=("new", "merged")).order_by("pk"):
        append("cases.finding", str(finding.pk), content(finding, {"running"}), note=UPGRADE, log=log)
    for case in model("Case").objects.order_by("pk"):
        append(CASE_KIND, case.number, columns(case), keep=True, note=UPGRADE, log=log)


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_phrases_and_runs"), ("registry", "0003_log")]
    operations = [migrations.RunPython(enter_rows, migrations.RunPython.noop)]
