"""A recall is closed by a passed test that a station sent; not by one of before the notice, nor of another colour."""

from datetime import timedelta
from typing import Any

import polars as pl

from bihuan.registry.hours import archive
from bihuan.scenarios.roadside_checks.retests import look
from bihuan.scenarios.roadside_checks.tests.world import DAY, PLATE, lorry, recalled
from tests.people import City
from tests.web.world import NOW

HOUR = timedelta(hours=1)


def tested(*tests: dict[str, Any]) -> None:
    """Tests in the stations' table."""
    table = archive().vehicle_tests.tests
    usual = {
        "site": "J1",
        "plate": PLATE,
        "colour": "yellow",
        "result": "pass",
        "received": NOW,
        "journal": 1,
    }
    rows = pl.DataFrame([usual | t for t in tests], schema=dict(table.layout.columns), orient="row")
    table.store(rows, table.parts.stored() + 1)


def test_tests_of_stations_move_a_recall(place: City) -> None:
    made = recalled(place, lorry(place), issued_at=NOW - 3 * DAY)
    tested({"test": "T1", "start": NOW - 4 * DAY}, {"test": "T2", "start": NOW - 2 * DAY, "colour": "blue"})
    assert look(NOW, lambda *_: None) == "登记复检结果 0 条"
    tested({"test": "T3", "start": NOW - 2 * DAY, "result": "fail"}, {"test": "T5", "start": NOW + HOUR})
    assert look(NOW, lambda *_: None) == "登记复检结果 1 条"
    made.refresh_from_db()
    assert (made.state, made.test) == ("failed", "T3")
    assert look(NOW, lambda *_: None) == "登记复检结果 0 条"
    tested({"test": "T4", "start": NOW - 2 * DAY + HOUR})  # on the same day
    look(NOW, lambda *_: None)
    made.refresh_from_db()
    assert (made.state, made.test) == ("passed", "T4")
    assert look(NOW, lambda *_: None) == "没有未完成的复检"
