"""Open recalls, closed by the tests that inspection stations sent: by plate and colour, and none of before the notice."""

from datetime import datetime

import polars as pl

from bihuan.cases.errors import IllegalMove
from bihuan.domain.timeaxis import CST
from bihuan.jobs import Say
from bihuan.registry.hours import archive
from bihuan.scenarios.roadside_checks.models import Recall
from bihuan.scenarios.roadside_checks.recalls import retested


def look(now: datetime, say: Say) -> str:
    """Enter the tests of recalled vehicles, each once, the earliest first; one line about it."""
    waiting = {
        (r.vehicle.plate, r.vehicle.colour): r
        for r in Recall.objects.exclude(state="passed").select_related("vehicle")
    }
    if not waiting:
        return "没有未完成的复检"
    since = min(r.issued_at for r in waiting.values())
    tests = archive().vehicle_tests.tests.current(since, now, as_of=now)
    rows = tests.filter(pl.col("plate").is_in({plate for plate, _colour in waiting})).sort("start").collect()
    starts = dict(rows.select("test", "start").iter_rows())
    entered = sum(
        _entered(waiting.get((r["plate"], r["colour"])), r["test"], r["start"], r["result"], starts)
        for r in rows.iter_rows(named=True)
    )
    return f"登记复检结果 {entered} 条"


def _entered(
    recall: Recall | None, test: str, start: datetime, said: str, starts: dict[str, datetime]
) -> bool:
    """Whether a test says something new of a recall. starts: of the tests that are known."""
    if recall is None or start < recall.issued_at:
        return False
    day = start.astimezone(CST).date()
    known = starts.get(recall.test)
    if start <= known if known else recall.tested_on and day <= recall.tested_on:
        return False
    try:
        retested(recall, None, said, day, test)
    except IllegalMove:  # passed meanwhile
        return False
    return True
