"""Boundaries of the installation's boundary.geojson become those of the regions; the history of the registers is guarded."""

import json

from django.conf import settings
from django.db import migrations

from bihuan.registry import guards


def take_boundaries(apps, editor):
    path = settings.DATA_DIR / "boundary.geojson"
    try:
        features = json.loads(path.read_text("utf-8"))["features"]
        shapes = {str(f["properties"]["code"]): f["geometry"] for f in features}
    except (OSError, ValueError, KeyError, TypeError):
        return  # there is none, or one that only a map can read: it stays where it is
    for region in apps.get_model("registry", "Region").objects.filter(pk__in=shapes):
        region.geometry = shapes[region.pk]
        region.save(update_fields=["geometry"])


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_subjects_and_changes")]
    operations = [
        migrations.RunPython(take_boundaries, migrations.RunPython.noop),
        migrations.RunPython(
            lambda apps, editor: guards.guard_changes(editor.connection),
            lambda apps, editor: guards.free_changes(editor.connection),
        ),
    ]
