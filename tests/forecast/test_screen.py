"""Lone jumps: what is left out of a forecast's inputs, worked hour by hour."""

from datetime import UTC, datetime, timedelta

import polars as pl

from bihuan.domain.forecast.screen import screened
from tests.forecast.real import history

T0 = datetime(2019, 2, 1, tzinfo=UTC)


def rows(**sites: list[float | None]) -> pl.DataFrame:
    """PM2.5 of sites from T0 on, an hour a value."""
    tables = [
        pl.DataFrame(
            {
                "site": [site] * len(values),
                "start": [T0 + timedelta(hours=k) for k in range(len(values))],
                "pm25": values,
            },
            schema_overrides={"pm25": pl.Float64},
        )
        for site, values in sites.items()
    ]
    return pl.concat(tables)


def left(frame: pl.DataFrame, site: str) -> list[float | None]:
    return screened(frame).filter(pl.col("site") == site)["pm25"].to_list()


CALM: list[float | None] = [40.0, 50.0, 45.0, 60.0, 50.0, 40.0]


def test_one_hour_far_above_its_past_and_all_others_is_left_out() -> None:
    frame = rows(a=[*CALM, 985.0, 45.0], b=[*CALM, 70.0, 60.0], c=[*CALM, 50.0, 50.0])
    assert left(frame, "a") == [*CALM, None, 45.0]
    assert left(frame, "b") == [*CALM, 70.0, 60.0]
    assert screened(frame).select("site", "start").equals(frame.select("site", "start"))


def test_three_times_and_the_floor_are_both_needed() -> None:
    """The highest of the others and of the day before is 60: 180 is three times it; 60 above 15 is not enough alone."""
    for value, kept in ((180.0, True), (181.0, False)):
        frame = rows(a=[*CALM, value], b=[*CALM, 60.0], c=[*CALM, 50.0])
        assert (left(frame, "a")[-1] is not None) == kept
    low: list[float | None] = [10.0, 15.0, 10.0, 12.0]
    assert left(rows(a=[*low, 74.0], b=[*low, 15.0], c=[*low, 9.0]), "a")[-1] == 74.0


def test_what_goes_on_counts_from_its_fourth_hour() -> None:
    frame = rows(a=[*CALM, 600.0, 610.0, 590.0, 620.0], b=[*CALM, *[50.0] * 4], c=[*CALM, *[50.0] * 4])
    # The hour three hours before is looked at: the fourth hour finds the first one there.
    assert left(frame, "a")[6:] == [None, None, None, 620.0]


def test_what_others_see_too_counts_at_once_and_two_stations_cannot_tell() -> None:
    dust = rows(a=[*CALM, 900.0], b=[*CALM, 800.0], c=[*CALM, 50.0])
    assert left(dust, "a")[-1] == 900.0
    pair = rows(a=[*CALM, 985.0], b=[*CALM, 50.0])
    assert left(pair, "a")[-1] == 985.0


def test_what_comes_later_changes_nothing() -> None:
    frame = rows(a=[*CALM, 985.0, *[900.0] * 9], b=[*CALM, *[50.0] * 10], c=[*CALM, *[50.0] * 10])
    whole = screened(frame)
    for hours in range(1, 16):
        part = frame.filter(pl.col("start") < T0 + timedelta(hours=hours))
        assert screened(part).equals(whole.filter(pl.col("start") < T0 + timedelta(hours=hours)))


def test_in_nine_real_months_no_particle_and_no_ozone_is_doubted() -> None:
    seen, kept = history(), screened(history())
    assert {i: seen[i].count() - kept[i].count() for i in ("pm25", "pm10", "no2", "co", "o3")} == dict.fromkeys(("pm25", "pm10", "no2", "co", "o3"), 0)  # fmt: skip
    assert 0 < seen["so2"].count() - kept["so2"].count() < 0.0005 * seen["so2"].count()
