"""Filing what a check finds: 1,000 new, unchanged and extended findings; how many queries, and how long beside one insert.

    python benchmarks/filing.py

Prints seconds, queries, and the ratio to creating the same findings with one bulk insert in the same run.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

sys.path.insert(0, str(Path(__file__).parent.parent))

MANY = 1000
MOST_QUERIES = 10


def installation() -> None:
    """An empty installation in a folder of its own."""
    os.environ |= {"BIHUAN_DATA": tempfile.mkdtemp(), "DJANGO_SETTINGS_MODULE": "bihuan.settings"}
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def stations() -> list[str]:
    """The codes of a thousand registered stations."""
    from bihuan.registry.models import Region, Site

    place = Region.objects.create(code="140300", name="阳泉市")
    codes = [f"S{n:04d}" for n in range(MANY)]
    Site.objects.bulk_create(
        Site(code=c, name=c, rank="national", region=place, lon=113.6, lat=37.8) for c in codes
    )
    return codes


def timed(work: Callable[[], Any]) -> tuple[float, int]:
    """Seconds and queries of one call."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began, len(queries)


def plain_insert(codes: list[str]) -> float:
    """Seconds of creating as many findings with one bulk insert, which is taken back."""
    from bihuan.cases.models import Finding

    now = datetime(2019, 1, 10, tzinfo=UTC)
    rows = [
        Finding(
            check_key="plain", target_kind="site", target=c, target_name=c, title="试", region_id="140300",
            started_at=now, until=now + timedelta(hours=5), severity="minor", found_at=now,
        )
        for c in codes
    ]  # fmt: skip
    seconds, _ = timed(lambda: Finding.objects.bulk_create(rows))
    Finding.objects.filter(check_key="plain").delete()
    return seconds


def main() -> None:
    """Print one line per kind of filing."""
    installation()
    from bihuan.cases.filing import file_findings
    from tests.cases.rows import probe, table

    codes = stations()
    reference = plain_insert(codes)
    sys.stdout.write(f"{MANY} findings; reference: one bulk insert, {reference:.2f} s\n")
    for name, hours in (("new", 5), ("unchanged", 5), ("extended", 6)):
        rows = table(codes, 0, hours)
        seconds, queries = timed(lambda rows=rows: file_findings(probe(), rows))
        over = "   OVER" if name == "unchanged" and queries > MOST_QUERIES else ""
        sys.stdout.write(
            f"{name:<10} {seconds:5.2f} s  {queries:4} queries  {seconds / reference:5.1f} x the insert{over}\n"
        )


if __name__ == "__main__":
    main()
