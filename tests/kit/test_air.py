"""Hours of ambient air as pages show them: indexed, said what they lack, on a whole axis, and of the city as the standard wants."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.utils import translation

from bihuan import clock
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.kit import air
from bihuan.registry.models import Site
from tests.people import City
from tests.web.measured import MORNING, Measured
from tests.web.numbers import city_hours, millis

HOUR = timedelta(hours=1)
SCHEMA = {"site": pl.String, "start": pl.Datetime("us", "UTC"), **dict.fromkeys(ITEM_NAMES, pl.Float64)}
CLEAN = {"pm25": 10.0, "pm10": 20.0, "so2": 5.0, "no2": 20.0, "co": 0.5, "o3": 80.0}


def hours(code: str, first: datetime, values: Sequence[float | None], item: str = "pm25") -> pl.DataFrame:
    """Hours one after the other with values of one item, the other five clean."""
    rows = [{"site": code, "start": first + n * HOUR, **CLEAN, item: v} for n, v in enumerate(values)]
    return pl.DataFrame(rows, schema=SCHEMA)


def at(text: str) -> datetime:
    """A moment of China."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def place(city: City, code: str, **more: Any) -> Site:
    fields = {
        "rank": "national",
        "region": city.regions["140321"],
        "lon": 113.5,
        "lat": 37.9,
        "evaluated": True,
    } | more
    return Site.objects.create(code=code, name=code, **fields)


def test_a_city_needs_three_quarters_of_its_stations_also_of_those_that_are_silent(
    db: None, data_dir: Path
) -> None:
    """HJ 663: of four stations three are enough and two are not, whether the others lack a value or sent nothing for days."""
    first = MORNING - 2 * HOUR
    sent = {code: hours(code, first, [60.0, 60.0]) for code in ("A", "B", "C", "D")}
    for there, value in ((("A", "B", "C", "D"), 60.0), (("A", "B", "C"), 60.0), (("A", "B"), None)):
        rows = pl.concat([sent[code] for code in there])
        assert air.city(rows, list("ABCD"))["pm25"].to_list() == [value, value], there
    assert air.city(rows, ["A", "B"])["pm25"].to_list() == [60.0, 60.0]
    assert air.city(pl.DataFrame(schema=SCHEMA), []).is_empty()
    assert air.city(pl.DataFrame(schema=SCHEMA), ["A"]).is_empty()


def test_the_city_does_not_wait_for_a_station_that_is_ended(city: City, data_dir: Path) -> None:
    clock.set_replay(MORNING, 0)
    for code in "ABCD":
        place(city, code, until=date(2019, 2, 24) if code > "B" else None)
    rows = pl.concat([hours(code, at("2019-02-23T22:00"), [60.0] * 4) for code in "AB"])
    assert air.city(rows, list("ABCD")).select("start", "pm25").rows() == [
        (at("2019-02-23T22:00"), None), (at("2019-02-23T23:00"), None),
        (at("2019-02-24T00:00"), 60.0), (at("2019-02-24T01:00"), 60.0),
    ]  # fmt: skip


def test_an_hour_is_indexed_and_says_what_it_lacks() -> None:
    """PM2.5 of 75 µg/m³ is an index of 100, of 115 one of 150 (HJ 633-2012, the hour by the day's table)."""
    first = at("2019-02-20T08:00")
    rows = air.indexed(
        pl.concat([hours("B", first, [75.0, 115.0, None]), hours("A", first, [600.0], "pm10")])
    )
    shown = rows.select("site", "start", "aqi", "primary", "missing").rows()
    assert shown == [
        ("A", first, 500, "PM10", ""), ("B", first, 100, "PM2.5", ""), ("B", first + HOUR, 150, "PM2.5", ""),
        ("B", first + 2 * HOUR, None, None, "PM2.5"),
    ]  # fmt: skip


def test_an_hour_that_lacks_an_item_and_is_bad_by_another_has_its_index() -> None:
    """Above 100 the missing one could only make it worse."""
    rows = hours("A", at("2019-02-20T08:00"), [None]).with_columns(pm10=pl.lit(350.0))
    found = air.indexed(rows).row(0, named=True)
    assert (found["aqi"], found["missing"]) == (200, "PM2.5")


def test_an_hour_of_which_nothing_came_has_not_arrived() -> None:
    first = at("2019-02-20T08:00")
    rows = pl.DataFrame([("A", first, None, None), ("A", first + HOUR, None, 1.0)], schema={"site": pl.String, "start": pl.Datetime("us", "UTC"), "pm25": pl.Float64, "co": pl.Float64}, orient="row")  # fmt: skip
    assert air.arrived(rows)["start"].to_list() == [first + HOUR]


def test_what_is_lacking_is_said_in_the_language_of_the_reader() -> None:
    assert air.lacking(None) == air.lacking("") == ""
    assert air.lacking("PM2.5") == "缺 PM2.5"
    assert air.lacking("PM2.5,O3") == "缺 PM2.5、O3"
    with translation.override("en"):
        told = air.lacking("PM2.5,O3")
    assert "PM2.5, O3" in told
    assert "缺" not in told


def test_every_hour_of_an_axis_is_there_once_and_none_outside() -> None:
    first = at("2019-02-20T08:00")
    rows = hours("A", first - HOUR, [1.0, 2.0, 3.0, 4.0, 5.0]).filter(pl.col("pm25") != 3.0)
    axis = air.full_axis(rows, first, first + 3 * HOUR)
    assert axis.select("start", "pm25").rows() == [
        (first, 2.0),
        (first + HOUR, None),
        (first + 2 * HOUR, 4.0),
    ]
    assert air.full_axis(rows, first, first).is_empty()
    assert air.full_axis(rows.clear(), first, first + HOUR)["pm25"].to_list() == [None]


@pytest.mark.parametrize("minute", [0, 1, 59])
def test_a_whole_hour_is_the_one_in_which_a_moment_lies(minute: int) -> None:
    moment = datetime(2019, 2, 20, 8, minute, 59, 999_999, tzinfo=UTC)
    assert air.whole_hour(moment) == datetime(2019, 2, 20, 8, tzinfo=UTC)


def test_stations_count_in_the_evaluation_up_to_their_last_day_in_china(city: City, data_dir: Path) -> None:
    for code, more in (
        ("B", {}),
        ("A", {}),
        ("C", {"evaluated": False}),
        ("D", {"until": date(2019, 2, 25)}),
    ):
        place(city, code, **more)
    clock.set_replay(at("2019-02-24T23:59"), 0)
    assert air.evaluated() == ["A", "B", "D"]
    clock.set_replay(at("2019-02-25T00:00"), 0)
    assert air.evaluated() == ["A", "B"]
    assert air.evaluated(at("2019-02-24T23:59")) == ["A", "B", "D"]


def test_the_city_of_the_last_three_days_is_the_mean_of_its_stations(measured: Measured) -> None:
    """Against plain Python over the packed file; one hour more than three days, for a difference over them."""
    found = air.last_city_hours(MORNING)
    known = city_hours("PM2.5")
    assert found["start"].min() >= MORNING - 73 * HOUR
    assert found["start"].max() < MORNING
    shown = {millis(start + HOUR): value for start, value in found.select("start", "pm25").iter_rows()}
    assert {k for k, v in shown.items() if v is not None} == {k for k in shown if k in known}
    assert all(v == pytest.approx(known[k], abs=1e-6) for k, v in shown.items() if v is not None)
    assert sum(v is not None for v in shown.values()) > 60


def test_who_looks_in_the_same_minute_reads_the_hours_once(
    measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def read(sites: list[str], start: datetime, end: datetime | None = None) -> pl.DataFrame:
        asked.append(start)
        return pl.DataFrame(schema=SCHEMA)

    monkeypatch.setattr(air, "hours", read)
    for moment in (MORNING + timedelta(minutes=7), MORNING + timedelta(minutes=7, seconds=59)):
        assert air.last_hours(moment).is_empty()
    assert asked == [MORNING - 73 * HOUR]
    air.last_hours(MORNING + timedelta(minutes=8))
    assert len(asked) == 2


def test_an_installation_without_stations_has_no_city(db: None, data_dir: Path) -> None:
    clock.set_replay(MORNING, 0)
    assert air.last_hours(MORNING).is_empty()
    assert air.last_city_hours(MORNING).is_empty()
