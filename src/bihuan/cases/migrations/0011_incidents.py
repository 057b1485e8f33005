"""Findings stand in incidents: each of those that are there in one of its own, what was merged in that of its home."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from bihuan.cases import guards

PROTECT = django.db.models.deletion.PROTECT
MANY = 2000


def give_incidents(apps, editor):
    Incident, Finding = apps.get_model("cases", "Incident"), apps.get_model("cases", "Finding")
    homes = Finding.objects.filter(merged_into=None)
    made = (Incident(root_id=pk, opened_at=at) for pk, at in homes.values_list("id", "found_at").iterator())
    Incident.objects.bulk_create(made, batch_size=MANY)
    own = Incident.objects.filter(root_id=models.OuterRef("pk")).values("pk")[:1]
    homes.update(incident_id=models.Subquery(own))
    into = dict(Finding.objects.exclude(merged_into=None).values_list("id", "merged_into_id"))
    of_home = dict(homes.filter(pk__in=into.values()).values_list("id", "incident_id"))
    for pk, home in into.items():
        while home in into:
            home = into[home]
        Finding.objects.filter(pk=pk).update(incident_id=of_home[home])


def guard(apps, editor):
    guards.guard_regroupings(editor.connection)


def free(apps, editor):
    guards.free_regroupings(editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0010_proposals_in_log"),
        ("registry", "0005_targets_in_log"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cause", models.CharField(choices=[("target", "同一对象"), ("line", "同一单位"), ("network", "传输网络"), ("weather", "同一区域"), ("centre", "指挥中心自身")], default="target", max_length=10, verbose_name="成因")),
                ("by_hand", models.BooleanField(default=False, verbose_name="人工归并")),
                ("opened_at", models.DateTimeField(db_index=True)),
                ("merged_into", models.ForeignKey(null=True, on_delete=PROTECT, related_name="merged", to="cases.incident")),
                ("root", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="cases.finding")),
            ],
            options={"ordering": ["-opened_at", "-id"]},
        ),
        migrations.AddField("finding", "incident", models.ForeignKey(null=True, on_delete=PROTECT, related_name="findings", to="cases.incident")),
        migrations.AddField("finding", "follows", models.ForeignKey(null=True, on_delete=PROTECT, related_name="followers", to="cases.finding")),
        migrations.AddField("finding", "facet", models.CharField(blank=True, max_length=40)),
        migrations.AddField("finding", "explained_by", models.JSONField(default=list)),
        migrations.AddField("finding", "cause", models.CharField(blank=True, max_length=20)),
        migrations.RunPython(give_incidents, migrations.RunPython.noop),
        migrations.CreateModel(
            name="Regrouping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("split", "拆分"), ("merge", "归并"), ("undo", "撤销")], max_length=10)),
                ("findings", models.JSONField(default=list)),
                ("reason", models.CharField(max_length=400)),
                ("at", models.DateTimeField()),
                ("by", models.ForeignKey(on_delete=PROTECT, to=settings.AUTH_USER_MODEL)),
                ("into", models.ForeignKey(on_delete=PROTECT, related_name="joined", to="cases.incident")),
                ("source", models.ForeignKey(on_delete=PROTECT, related_name="left", to="cases.incident")),
                ("undoes", models.OneToOneField(null=True, on_delete=PROTECT, related_name="undone_by", to="cases.regrouping")),
            ],
            options={"ordering": ["-id"]},
        ),
        migrations.RunPython(guard, free),
    ]  # fmt: skip
