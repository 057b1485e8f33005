"""Every check: an episode that must fire, and a near miss that must not."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bihuan.domain.dust.means import WIDE
from bihuan.domain.outages import OUTAGES
from bihuan.registry.dust_periods import Dusty
from bihuan.scenarios.dust_sites import checks, monitor_checks
from bihuan.scenarios.dust_sites.tables import (
    ARRIVALS,
    BACKGROUND,
    CITY,
    MONITORS,
    PLACES,
    SITES,
    SPANS,
    STATIONS,
    WATERINGS,
    Dust,
)

DAY = datetime(2019, 2, 24, 16, tzinfo=UTC)
"""Midnight of 25 February in China."""
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LON, LAT = 113.6, 37.8
Values = Mapping[str, float | None]


def means(monitor: str, first: datetime, values: list[Values], step: timedelta = HOUR) -> pl.DataFrame:
    rows = [{"monitor": monitor, "start": first + n * step, **v} for n, v in enumerate(values)]
    return pl.DataFrame(rows, WIDE)


def world(
    hours: pl.DataFrame | None = None,
    *,
    region: str = "140321",
    back: float | None = 80.0,
    phase: str = "earthwork",
    **more: Any,
) -> Dust:
    """One site with a monitor G1-1, a place around U1 1 km east, and a background of 80 µg/m³ from the day before on."""
    starts = [DAY - 24 * HOUR + n * HOUR for n in range(72)]
    sites = [("G1", "工地", region, "building", phase, "", 10_000.0, LON, LAT)]
    monitors = [
        ("G1-1", "门口", "G1", region, region, LON, LAT),
        ("U1", "周边点", None, region, region, LON + 0.0113, LAT),
    ]
    known = [] if back is None else [(region, s, back) for s in starts]
    given: dict[str, Any] = {
        "now": DAY + 24 * HOUR, "since": DAY - 24 * HOUR, "sites": pl.DataFrame(sites, SITES, orient="row"), "monitors": pl.DataFrame(monitors, MONITORS, orient="row"),
        "hours": hours if hours is not None else pl.DataFrame(schema=WIDE), "quarters": pl.DataFrame(schema=WIDE), "blocks": pl.DataFrame(schema=WIDE),
        "stations": pl.DataFrame(schema=STATIONS), "background": pl.DataFrame(known, BACKGROUND, orient="row"), "permits": pl.DataFrame(schema=SPANS), "city": pl.DataFrame(schema=CITY),
        "waterings": pl.DataFrame(schema=WATERINGS), "arrivals": pl.DataFrame(schema=ARRIVALS), "places": pl.DataFrame(schema=PLACES),
        "outages": pl.DataFrame(schema=OUTAGES), "dusty": (),
    }  # fmt: skip
    return Dust(**given | more)


def pm10(*values: float, first: datetime = DAY, **also: float) -> pl.DataFrame:
    return means("G1-1", first, [{"pm10": v, **also} for v in values])


def test_an_hour_at_250_stops_work_and_one_at_249_does_not() -> None:
    found = checks.stop.run(world(pm10(240, 250, 320, 200)))
    (row,) = found.iter_rows(named=True)
    assert (row["target"], row["start"], row["until"], row["magnitude"]) == (
        "G1",
        DAY + HOUR,
        DAY + 3 * HOUR,
        320.0,
    )
    assert "停工限值 250" in row["title"]
    assert "2 小时" in row["title"]
    assert checks.stop.run(world(pm10(240, 249))).is_empty()
    assert checks.stop.raises


def test_where_the_county_has_no_station_the_air_of_the_city_says_whether_it_is_foul() -> None:
    """At a city of 240, 300 is 60 of its own and 330 is 90."""
    city = pl.DataFrame([("1403", DAY + n * HOUR, 240.0) for n in range(5)], CITY, orient="row")
    assert checks.stop.run(world(pm10(300, 300), back=None, city=city)).is_empty()
    assert checks.stop.run(world(pm10(330, 330), back=None, city=city)).height == 1
    assert checks.stop.run(world(pm10(300, 300), back=None)).height == 1


def test_official_sand_dust_stops_nobody() -> None:
    period = Dusty("1403", DAY, DAY + 5 * HOUR, "环办监测函")
    assert checks.stop.run(world(pm10(600, 600), dusty=(period,))).is_empty()
    assert checks.stop.run(world(pm10(600, 600), dusty=(replace(period, place="1304"),))).height == 1


@pytest.mark.parametrize(("values", "count"), [((200, 200, 100, 200), 1), ((200, 200, 100, 160), 0)])
def test_hebei_needs_more_than_two_hours_of_a_day(values: tuple[float, ...], count: int) -> None:
    """At a background of 100 an hour of 200 is 100 above, one of 160 is 60."""
    found = checks.over_limit.run(
        world(pm10(*values), region="130123", back=100.0, now=datetime(2024, 3, 2, tzinfo=UTC))
    )
    assert found.height == count
    if count:
        assert found["magnitude"].to_list() == [3.0]


def test_without_a_background_hebei_judges_nothing() -> None:
    dust = world(pm10(500, 500, 500, 500), region="130123", back=None, now=datetime(2024, 3, 2, tzinfo=UTC))
    assert checks.over_limit.run(dust).is_empty()


def test_two_fences_of_a_site_are_one_finding_a_day() -> None:
    both = pl.concat([means(m, DAY, [{"tsp": 1200.0}]) for m in ("G1-1", "G1-2")])
    dust = world(both)
    second = dust.monitors.filter(pl.col("monitor") == "G1-1").with_columns(monitor=pl.lit("G1-2"))
    found = checks.over_limit.run(replace(dust, monitors=pl.concat([dust.monitors, second])))
    assert found.select("target", "item", "magnitude").rows() == [("G1", "a34001", 1.0)]


NIGHT = DAY - HOUR
"""23:00 in China."""


def night(*values: float, around: tuple[float, ...] = (), direction: float = 270.0, **more: Any) -> Dust:
    own = pm10(*values, first=NIGHT, wind=2.5, direction=direction, humidity=40.0)
    other = means("U1", NIGHT, [{"pm10": v} for v in around])
    return world(pl.concat([own, other]), **more)


def test_work_at_night_is_found_and_the_place_downwind_is_named() -> None:
    (row,) = checks.night_work.run(night(200, 220, 210, around=(150, 160, 155))).iter_rows(named=True)
    assert (row["target"], row["start"], row["until"]) == ("G1", NIGHT, NIGHT + 3 * HOUR)
    assert row["magnitude"] == pytest.approx(130)
    assert "下风向 周边点 同时升高 75" in row["title"]


def test_a_place_that_is_not_downwind_or_did_not_rise_is_not_named() -> None:
    (upwind,) = checks.night_work.run(night(200, 220, around=(150, 160), direction=90.0))["title"]
    (calm,) = checks.night_work.run(night(200, 220, around=(85, 90)))["title"]
    assert "下风向" not in upwind
    assert "下风向" not in calm


def test_no_work_at_night_with_a_permit_by_day_in_fog_or_for_one_hour() -> None:
    permit = pl.DataFrame([("G1", NIGHT - HOUR, NIGHT + 9 * HOUR)], SPANS, orient="row")
    assert checks.night_work.run(night(200, 220, 210, permits=permit)).is_empty()
    assert checks.night_work.run(world(pm10(200, 220, 210, first=DAY + 9 * HOUR))).is_empty()
    assert checks.night_work.run(world(pm10(200, 220, 210, first=NIGHT, humidity=95.0))).is_empty()
    assert checks.night_work.run(night(200, 100, 100)).is_empty()
    assert checks.night_work.run(night(200, 220, 210, back=190.0)).is_empty()
    assert checks.night_work.run(night(200, 220, 210, back=None)).is_empty()


def blocks(*values: Values, first: datetime = DAY) -> pl.DataFrame:
    return means("G1-1", first, list(values), timedelta(minutes=5))


def watered(way: str = "cannon", minutes: int = 20, first: datetime = DAY + 20 * MINUTE) -> pl.DataFrame:
    return pl.DataFrame([("G1", first, first + minutes * MINUTE, way)], WATERINGS, orient="row")


def test_watering_without_a_rise_of_humidity_is_told() -> None:
    dry = blocks(*[{"humidity": 35.0}] * 12)
    wet = blocks(*[{"humidity": 35.0}] * 5, *[{"humidity": 42.0}] * 7)
    assert checks.dry_watering.run(world(blocks=dry, waterings=watered())).height == 1
    assert checks.dry_watering.run(world(blocks=wet, waterings=watered())).is_empty()
    assert checks.dry_watering.run(world(blocks=dry, waterings=watered("truck"))).is_empty()
    assert checks.dry_watering.run(
        world(blocks=dry[:3], waterings=watered())
    ).is_empty()  # nothing was measured meanwhile


def stations(*series: tuple[str, float, list[float]]) -> pl.DataFrame:
    rows = [
        (code, f"站{code}", "140321", "national", lon, LAT, DAY + n * HOUR, v)
        for code, lon, values in series
        for n, v in enumerate(values)
    ]
    return pl.DataFrame(rows, STATIONS, orient="row")


def test_a_peak_at_a_station_names_the_site_upwind() -> None:
    flat = [80.0] * 6
    told = stations(
        ("A", LON + 0.009, [80.0, 80, 80, 260, 250, 80]), ("B", LON + 0.2, flat), ("C", LON + 0.3, flat)
    )
    wind = pm10(*[90.0] * 6, wind=3.0, direction=270.0)
    (row,) = checks.spike.run(world(wind, stations=told)).iter_rows(named=True)
    assert (row["target_kind"], row["target"], row["start"], row["until"]) == (
        "site",
        "A",
        DAY + 3 * HOUR,
        DAY + 5 * HOUR,
    )
    assert "首要嫌疑：工地" in row["title"]
    nobody = checks.spike.run(world(pm10(*[90.0] * 6, wind=3.0, direction=90.0), stations=told))["title"][0]
    assert "没有已知来源" in nobody


def test_what_all_stations_show_and_what_is_small_is_no_peak() -> None:
    high = [80.0, 80, 80, 260, 250, 80]
    assert checks.spike.run(
        world(stations=stations(("A", LON, high), ("B", LON + 0.2, high), ("C", LON + 0.3, high)))
    ).is_empty()
    low = stations(
        ("A", LON, [80.0, 80, 80, 140, 80, 80]), ("B", LON + 0.2, [80.0] * 6), ("C", LON + 0.3, [80.0] * 6)
    )
    assert checks.spike.run(world(stations=low)).is_empty()


def test_finer_above_coarser_for_three_hours() -> None:
    wrong = means("G1-1", DAY, [{"pm25": 120.0, "pm10": 90.0, "tsp": 200.0}] * 3)
    assert monitor_checks.order.run(world(wrong))["item"].to_list() == ["pm25"]
    assert monitor_checks.order.run(world(wrong[:2])).is_empty()
    assert monitor_checks.order.run(world(means("G1-1", DAY, [{"pm25": 93.0, "pm10": 90.0}] * 3))).is_empty()


def test_the_same_value_for_three_hours_but_low_ones_only_for_twelve() -> None:
    assert monitor_checks.stuck.run(world(pm10(90.4, 90.4, 90.4)))["magnitude"].to_list() == [3.0]
    assert monitor_checks.stuck.run(world(pm10(90.4, 90.6, 90.4))).is_empty()
    assert monitor_checks.stuck.run(world(pm10(*[12.0] * 5))).is_empty()


def test_far_below_the_county_on_a_windy_working_day() -> None:
    morning = DAY + 9 * HOUR
    low = pm10(*[40.0] * 6, first=morning, wind=4.0)
    assert monitor_checks.too_low.run(world(low))["target"].to_list() == ["G1-1"]
    assert monitor_checks.too_low.run(world(pm10(*[40.0] * 6, first=morning, wind=1.0))).is_empty()
    assert monitor_checks.too_low.run(world(pm10(*[70.0] * 6, first=morning, wind=4.0))).is_empty()
    assert monitor_checks.too_low.run(world(low, phase="idle")).is_empty()
    assert monitor_checks.too_low.run(world(low, back=None)).is_empty()


def test_water_at_the_inlet_and_water_on_the_dust() -> None:
    """From 150 to 20 where the county has 80 is no wetted ground; from 150 to 85 is."""
    inlet = blocks(*[{"pm10": 150.0}] * 4, *[{"pm10": 20.0}] * 4, *[{"pm10": 150.0}] * 4)
    ground = blocks(*[{"pm10": 150.0}] * 4, *[{"pm10": 85.0}] * 4, *[{"pm10": 150.0}] * 4)
    assert monitor_checks.spray_drop.run(world(blocks=inlet, waterings=watered()))["magnitude"].to_list() == [
        130.0
    ]
    assert monitor_checks.spray_drop.run(world(blocks=ground, waterings=watered())).is_empty()
    assert monitor_checks.spray_drop.run(world(blocks=inlet)).is_empty()


def test_zero_at_night_alone() -> None:
    day = pm10(*[90.0] * 6, first=DAY - 10 * HOUR)
    zero = pl.concat([day, pm10(0.0, 1.0, 0.0, first=NIGHT)])
    assert monitor_checks.night_zero.run(world(zero))["magnitude"].to_list() == [3.0]
    assert monitor_checks.night_zero.run(world(zero, back=10.0)).is_empty()
    always = pl.concat([pm10(*[1.0] * 6, first=DAY - 10 * HOUR), pm10(0.0, 1.0, 0.0, first=NIGHT)])
    assert monitor_checks.night_zero.run(world(always)).is_empty()


def test_fog_explains_and_dry_air_does_not() -> None:
    assert monitor_checks.fog.run(world(pm10(200.0, 220.0, humidity=95.0)))["target_kind"].to_list() == [
        "dust_site"
    ]
    assert monitor_checks.fog.run(world(pm10(200.0, 220.0, humidity=70.0))).is_empty()
    assert "dust.fog" in checks.over_limit.belonging.explained_by


def arrivals(lags: list[float]) -> pl.DataFrame:
    rows = [("G1-1", DAY + n * MINUTE, DAY + (n + lag) * MINUTE) for n, lag in enumerate(lags)]
    return pl.DataFrame(rows, ARRIVALS, orient="row")


def test_a_slow_clock_makes_all_records_late_and_a_backlog_only_some() -> None:
    assert "慢 25" in monitor_checks.clock.run(world(arrivals=arrivals([25.0] * 80)))["title"][0]
    assert monitor_checks.clock.run(world(arrivals=arrivals([*[40.0] * 60, *[1.0] * 20]))).is_empty()
    assert "快 5" in monitor_checks.clock.run(world(arrivals=arrivals([-5.0] * 80)))["title"][0]
    assert monitor_checks.clock.run(world(arrivals=arrivals([25.0] * 20))).is_empty()


def test_a_box_that_stands_elsewhere() -> None:
    def said(lon: float) -> pl.DataFrame:
        return pl.DataFrame([("G1-1", DAY, lon, LAT)], PLACES, orient="row")

    assert monitor_checks.moved.run(world(places=said(LON + 0.001)))["magnitude"].to_list() == [
        pytest.approx(88, abs=1)
    ]
    assert monitor_checks.moved.run(world(places=said(LON + 0.0004))).is_empty()


def test_silence_of_half_a_day_unless_the_centre_was_down() -> None:
    told = pm10(*[90.0] * 10)  # up to 10:00; now it is midnight
    assert monitor_checks.silent.run(world(told))["magnitude"].to_list() == [14.0]
    down = pl.DataFrame([(DAY + 11 * HOUR, DAY + 16 * HOUR)], OUTAGES, orient="row")
    assert monitor_checks.silent.run(world(told, outages=down)).is_empty()
    assert monitor_checks.silent.run(world(told, phase="idle")).is_empty()
    assert monitor_checks.silent.run(world(pm10(*[90.0] * 20))).is_empty()


def test_an_empty_city_has_no_findings() -> None:
    empty = world(back=None)
    nothing = replace(empty, sites=empty.sites.clear(), monitors=empty.monitors.clear())
    for check in (*checks.CHECKS, *monitor_checks.CHECKS):
        assert check.run(nothing).is_empty(), check.key


def fixture(name: str, check: str) -> pl.DataFrame:
    """The hours of a check in a file, as those of the monitor of the site; hours are those of 25 February in China."""
    raw = pl.read_csv(Path(__file__).parent / "fixtures" / name).filter(pl.col("check") == check)
    rows = raw.with_columns(start=pl.lit(DAY) + pl.duration(hours="hour"), monitor=pl.lit("G1-1"))
    return pl.concat([pl.DataFrame(schema=WIDE), rows.drop("check", "hour")], how="diagonal_relaxed")


@pytest.mark.parametrize(
    "key", ["dust.stop", "dust.night_work", "dust.over_limit", "dust.order", "dust.stuck", "dust.fog"]
)
def test_the_episodes_fire_and_the_near_misses_do_not(key: str) -> None:
    check = {c.key: c for c in (*checks.CHECKS, *monitor_checks.CHECKS)}[key]
    assert check.run(world(fixture("episode.csv", key))).height == 1
    assert check.run(world(fixture("near_miss.csv", key))).is_empty()
