"""What the practice city has (all 模拟): three days of tests and remote sensing sent to a province that answers on this machine while the city is built.

Some records come back, a few are lost above, one is there that we do not have. Afterwards the province is gone, so sending is switched off.
"""

from datetime import datetime, timedelta
from typing import Any

from bihuan.domain.timeaxis import CST
from bihuan.scenarios.vehicle_reporting import settings
from bihuan.scenarios.vehicle_reporting.jobs import reconcile, report
from bihuan.scenarios.vehicle_reporting.models import Message
from bihuan.simulate.province import Kept, Province, running

KEY = "5a" * 32
CITY = "140300"
DAYS = timedelta(days=2)
LOST = 3
OFTEN = {"7f": "205", "3c": "204", "e1": "203"}
"""Codes of records by the first letters of their number."""


def build(at: datetime) -> str:
    """Make it once; one line about it."""
    if Message.objects.exists():
        return "联网上报已有"
    with running(Province(KEY, judge=_judged)) as above:
        given = {"url": above.url, "city": CITY, "key": KEY, "kinds": ["tests", "sensed"], "since": at.astimezone(CST).date() - DAYS, "simulated": True}  # fmt: skip
        settings.keep(given | {"enabled": True})
        said = report(at)
        _lose(above)
        reconcile(at)
    settings.keep(given | {"enabled": False})
    return f"联网上报（模拟）：{said}"


def _judged(record: dict[str, Any]) -> str:
    return OFTEN.get(record["number"][:2], "")


def _lose(above: Province) -> None:
    """The province forgets three tests, and has one that is none of ours."""
    for name in sorted(name for name in above.books if name[0] == "tests")[:LOST]:
        kept = above.books.pop(name)
        above.books["tests", "SIM-WLJL"] = Kept(kept.kind, "SIM-WLJL", kept.day, kept.site, 1, {})
