"""Days and months of what laboratory, logger and people measured, worked by hand; and that what loggers send arrives."""

from datetime import UTC, date, datetime, timedelta

import polars as pl

from bihuan.domain.timeaxis import CST
from bihuan.pipeline.packets import ACCEPTED, store_all
from bihuan.registry.hours import archive
from bihuan.scenarios.industrial_parks.days import VALUES, days_of, months_of
from bihuan.scenarios.industrial_parks.discharges import hours
from bihuan.scenarios.industrial_parks.models import ParkOutlet, ParkStation
from bihuan.scenarios.industrial_parks.reading import values_of
from bihuan.scenarios.industrial_parks.tests.world import whole_park
from tests.feeds.hj212.packets import pack
from tests.people import City
from tests.web.world import NOW

DAY = date(2019, 1, 10)
Row = tuple[str, str, int, float | None, str | None, bool]


def frame(*rows: Row) -> pl.DataFrame:
    """VALUES of one site: quantity, period, hour of the day, value, flag, logged."""
    made = [
        ("S", code, period, datetime(2019, 1, 10, hour, tzinfo=CST), value, flag, logged)
        for code, period, hour, value, flag, logged in rows
    ]
    return pl.DataFrame(made, VALUES, orient="row")


def hour_rows(
    count: int, value: float, *, code: str = "w01018", first: int = 0, flag: str | None = None
) -> list[Row]:
    return [(code, "hour", first + n, value, flag, True) for n in range(count)]


def day(*rows: Row) -> list[tuple[float, bool]]:
    found = days_of(frame(*rows)).filter(pl.col("quantity") == "w01018")
    return found.select("value", "sample").rows()


def test_a_day_is_the_mean_of_its_hours_weighted_by_flow() -> None:
    """12 h of 40 mg/L at 1 L/s and 12 h of 80 mg/L at 3 L/s: (40 + 240) / 4 = 70."""
    rows = [*hour_rows(12, 40.0), *hour_rows(12, 80.0, first=12)]
    assert day(*rows) == [(60.0, False)]
    flow = [*hour_rows(12, 1.0, code="w00000"), *hour_rows(12, 3.0, code="w00000", first=12)]
    assert day(*rows, *flow) == [(70.0, False)]


def test_three_quarters_of_the_hours_due_make_a_day() -> None:
    assert day(*hour_rows(17, 40.0)) == []
    assert day(*hour_rows(18, 40.0)) == [(40.0, False)]
    assert day(*hour_rows(9, 40.0), *hour_rows(12, 0.0, first=12, flag="F")) == [(40.0, False)]
    assert day(*hour_rows(18, 40.0, flag="D")) == []
    four = [("w01018", "4h", 4 * n, 30.0, None, False) for n in range(5)]
    assert day(*four) == [(30.0, False)]
    assert day(*four[1:]) == []


def test_the_laboratory_counts_before_the_logger_and_samples_last() -> None:
    laboratory: Row = ("w01018", "day", 0, 55.0, None, False)
    own: Row = ("w01018", "day", 0, 44.0, "N", True)
    sample: Row = ("w01018", "realtime", 9, 70.0, None, False)
    full = hour_rows(24, 40.0)
    assert day(sample, own, *full, laboratory) == [(55.0, False)]
    assert day(sample, own, *full) == [(40.0, False)]
    assert day(sample, own, *full[:5]) == [(44.0, False)]
    assert day(sample, *full[:5]) == [(70.0, True)]


def test_a_month_is_the_mean_of_days_then_of_samples_then_what_was_sent_of_it() -> None:
    def month(*rows: tuple[str, str, float]) -> list[tuple[float, int, int]]:
        made = [
            ("S", "w01018", p, datetime.fromisoformat(at).replace(tzinfo=CST), v, None, False)
            for p, at, v in rows
        ]
        values = pl.DataFrame(made, VALUES, orient="row")
        return months_of(values, days_of(values)).select("value", "days", "samples").rows()

    sent = ("month", "2019-01-01", 99.0)
    sample = ("realtime", "2019-01-12T08:00", 60.0)
    assert month(("day", "2019-01-10", 40.0), ("day", "2019-01-11", 50.0), sample, sent) == [(45.0, 2, 1)]
    assert month(sample, sent) == [(60.0, 0, 1)]
    assert month(sent) == [(99.0, 0, 0)]


def send(mn: str, st: str, hours_ago: int, content: str, cn: str = "2061") -> datetime:
    at = NOW.replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours_ago)
    stamp = f"{at.astimezone(UTC) + timedelta(hours=8):%Y%m%d%H%M%S}"
    packet = pack(f"QN={stamp}000;ST={st};CN={cn};PW=123456;MN={mn};Flag=4;CP=&&DataTime={stamp};{content}&&")
    archive().devices.journal.append_many([(f"{ACCEPTED}test", packet, at + timedelta(hours=1))])
    store_all(archive())
    return at


def test_what_loggers_of_outlets_and_stations_send_is_theirs(place: City) -> None:
    """HJ 212: sewage (32) and surface water (21); nothing of other systems, of moments, or of loggers that stand nowhere."""
    whole_park(place)
    ParkOutlet.objects.filter(pk="K1-P").update(mn="M1")
    ParkStation.objects.filter(pk="K1-D").update(mn="M2")
    start = send("M1", "32", 5, "w01018-Avg=61.5,w01018-Flag=N;w00000-Avg=12,w00000-Flag=N")
    send("M2", "21", 5, "w21003-Rtd=0.8,w21003-Flag=N")
    send("M1", "31", 4, "w01018-Avg=9,w01018-Flag=N")
    send("M1", "32", 4, "w01018-Rtd=9,w01018-Flag=N", cn="2011")
    send("M3", "32", 4, "w01018-Avg=9,w01018-Flag=N")
    rows = values_of({"K1-P": "M1", "K1-D": "M2", "K1-U": ""}, NOW - timedelta(days=1), NOW, NOW)
    assert sorted(rows.select("site", "quantity", "value", "logged").rows()) == [
        ("K1-D", "w21003", 0.8, True), ("K1-P", "w00000", 12.0, True), ("K1-P", "w01018", 61.5, True),
    ]  # fmt: skip
    told = hours(["K1-P"], start, NOW, NOW).sort("item")
    assert told.rows() == [("K1-P", "w00000", start, 12.0), ("K1-P", "w01018", start, 61.5)]
    assert values_of({"K1-P": "M1"}, NOW - timedelta(days=1), NOW, start).is_empty()
