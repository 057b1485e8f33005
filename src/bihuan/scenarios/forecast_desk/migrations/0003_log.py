"""Bulletins, acts and guidance are entered in the log, in this order; the hashes that they had of their own go."""

import hashlib
import json
from datetime import datetime

from django.db import migrations

from bihuan.registry.log import UPGRADE, enter_old
from bihuan.scenarios.forecast_desk import guards

UNFIT = f"{UPGRADE}, and did not fit its own hash"


def _hash(said):
    text = lambda v: f"{v.timestamp():.6f}" if isinstance(v, datetime) else str(v)  # noqa: E731
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False, default=text).encode()).hexdigest()


def _bulletin(row):
    """Entered at the upgrade, and whether it then still was what it said of itself."""
    fields = [f.attname for f in row._meta.concrete_fields if f.attname not in ("id", "digest")]
    return UPGRADE if _hash({name: getattr(row, name) for name in fields}) == row.digest else UNFIT


def _act(row):
    before = row.bulletin.acts.filter(pk__lt=row.pk).order_by("-pk").first()
    said = {"bulletin": row.bulletin_id, "digest": row.bulletin.digest, "kind": row.kind, "by": row.by_id,
            "at": row.at, "note": row.note, "before": before.hash if before else ""}  # fmt: skip
    return UPGRADE if _hash(said) == row.hash else UNFIT


def enter_rows(apps, editor):
    log = apps.get_model("registry", "LogEntry")
    rows = lambda name: apps.get_model("forecast_desk", name).objects.order_by("pk")  # noqa: E731
    hashed = ("digest", "hash")
    enter_old(rows("Bulletin"), log, note=_bulletin, without=hashed)
    enter_old(rows("Act").select_related("bulletin"), log, key=lambda a: f"{a.bulletin_id}/{a.kind}", note=_act, without=hashed)
    enter_old(rows("Guidance"), log)


class Migration(migrations.Migration):
    dependencies = [("forecast_desk", "0002_append_only"), ("registry", "0003_log"), ("cases", "0007_log")]
    operations = [
        migrations.RunPython(enter_rows, migrations.RunPython.noop),
        migrations.RemoveField("bulletin", "digest"),
        migrations.RemoveField("act", "hash"),
        # The database may have made the tables anew, without their triggers.
        migrations.RunPython(lambda apps, editor: guards.create(editor.connection), migrations.RunPython.noop),
    ]
