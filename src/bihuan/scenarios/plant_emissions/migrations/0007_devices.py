"""Loggers belong to an enterprise; their passwords are the receiver's alone; factors of channels are written as people do."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from bihuan.atomic import write_json
from bihuan.small_json import read_small_json


def give_enterprises(apps, editor):
    """The enterprise is that of its outlets; a logger without any carried nothing, and nobody saw it."""
    loggers = apps.get_model("plant_emissions", "Logger").objects.all()
    for logger in loggers:
        outlet = logger.outlets.order_by("pk").first()
        if outlet is None:
            logger.delete()
        else:
            loggers.filter(pk=logger.pk).update(emitter=outlet.emitter_id)


def hand_passwords(apps, editor):
    """A password of a device that the receiver does not know waits there for whoever lets the device in."""
    held = apps.get_model("plant_emissions", "Logger").objects.exclude(password="")
    path = Path(settings.DATA_DIR) / "devices.json"
    rows = list(held.values_list("mn", "password"))
    if not rows:
        return
    known = read_small_json(path) if path.exists() else {}
    waiting = {mn: {"password": password, "refused": True} for mn, password in rows if mn not in known}
    if waiting:
        write_json(path, known | waiting, private=True)


def write_factors(apps, editor):
    """From {code: [item, factor]} to `code=item*factor`."""
    channels = apps.get_model("plant_emissions", "Channel").objects.all()
    for channel in channels:
        entries = (
            f"{code}={item}" + ("" if factor == 1 else f"*{factor:.15g}")
            for code, (item, factor) in channel.factors.items()
        )
        channels.filter(pk=channel.pk).update(written=" ".join(entries))


class Migration(migrations.Migration):
    dependencies = [("plant_emissions", "0006_vendors")]

    operations = [
        migrations.AddField(
            "logger",
            "emitter",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="loggers",
                to="registry.emitter",
                verbose_name="企业",
            ),
        ),
        migrations.AddField(
            "logger", "addresses", models.CharField(blank=True, max_length=400, verbose_name="允许的地址")
        ),
        migrations.AddField("channel", "written", models.TextField(blank=True, verbose_name="因子对应")),
        migrations.RunPython(give_enterprises, migrations.RunPython.noop),
        migrations.RunPython(hand_passwords, migrations.RunPython.noop),
        migrations.RunPython(write_factors, migrations.RunPython.noop),
    ]
