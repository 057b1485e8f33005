"""Check and item of a finding become two columns."""

from django.db import migrations


def split(apps, editor):
    """`air.stuck:pm25` -> check `air.stuck`, item `pm25`; of two running ones of one key the newer stays running."""
    Finding = apps.get_model("cases", "Finding")
    newest = {}
    for finding in Finding.objects.filter(running=True).order_by("id").iterator(chunk_size=2000):
        newest[(*halves(finding), finding.target_kind, finding.target)] = finding.pk
    Finding.objects.filter(running=True).exclude(pk__in=newest.values()).update(running=False)
    for finding in Finding.objects.filter(check_key__contains=":").iterator(chunk_size=2000):
        finding.check_key, finding.item = halves(finding)
        finding.save(update_fields=["check_key", "item"])


def halves(finding):
    """Check and item of a key that holds both, or that never held an item."""
    check, colon, item = finding.check_key.partition(":")
    return check, item[:20] if colon else finding.item


def join(apps, editor):
    """Back: the item goes into the key again."""
    for finding in apps.get_model("cases", "Finding").objects.exclude(item="").iterator(chunk_size=2000):
        finding.check_key = f"{finding.check_key}:{finding.item}"
        finding.save(update_fields=["check_key"])


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_finding_index")]
    operations = [
        migrations.RemoveConstraint("finding", "one_running_finding"),
        migrations.RunPython(split, join),
    ]
