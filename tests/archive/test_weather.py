"""Forecast weather as of a moment: issued and received by then, never later; idempotent."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from bihuan.archive.weather import WeatherStore
from bihuan.feeds.weather.rows import SCHEMA

T0 = datetime(2019, 10, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _rows(
    issued: datetime, temps: list[float], *, first: datetime | None = None, source: str = "m"
) -> pl.DataFrame:
    start = first or issued
    table = pl.DataFrame(
        {
            "source": source,
            "site": "A",
            "issued": [issued] * len(temps),
            "start": [start + k * HOUR for k in range(len(temps))],
            "temp": temps,
        }
    )
    absent = [pl.lit(None, t).alias(n) for n, t in SCHEMA.items() if n not in table.columns]
    return table.with_columns(absent).select(pl.col(n).cast(t) for n, t in SCHEMA.items())


def test_only_what_was_issued_and_received_counts(tmp_path: Path) -> None:
    store = WeatherStore(tmp_path)
    store.keep(_rows(T0, [1.0] * 12), T0 + 4 * HOUR)
    store.keep(_rows(T0 + 6 * HOUR, [2.0] * 12), T0 + 10 * HOUR)
    assert store.known_at(T0 + 3 * HOUR).is_empty()
    assert set(store.known_at(T0 + 9 * HOUR)["temp"]) == {1.0}  # the second was issued, and not yet here
    later = store.known_at(T0 + 10 * HOUR)
    assert set(later["temp"]) == {2.0}
    assert later["start"].min() == T0 + 10 * HOUR


def test_beyond_the_newest_issue_the_one_before_speaks(tmp_path: Path) -> None:
    store = WeatherStore(tmp_path)
    store.keep(_rows(T0, [1.0] * 24), T0)
    store.keep(_rows(T0 + 6 * HOUR, [2.0] * 3), T0 + 6 * HOUR)
    found = store.known_at(T0 + 6 * HOUR)
    assert found["temp"].to_list() == [2.0] * 3 + [1.0] * 15
    assert found["start"].is_unique().all()


def test_the_future_changes_nothing(tmp_path: Path) -> None:
    store = WeatherStore(tmp_path)
    store.keep(_rows(T0, [1.0] * 12), T0)
    before = store.known_at(T0 + HOUR)
    store.keep(_rows(T0 + 2 * HOUR, [9.0] * 12), T0 + HOUR)  # an issue from after the moment
    store.keep(_rows(T0, [8.0] * 12), T0 + 2 * HOUR)  # a correction that came later
    assert store.known_at(T0 + HOUR).equals(before)
    assert set(store.known_at(T0 + 2 * HOUR)["temp"]) == {9.0}


def test_the_same_again_is_not_kept_again(tmp_path: Path) -> None:
    store = WeatherStore(tmp_path)
    assert store.keep(_rows(T0, [1.0, 2.0]), T0) == (2, 0, 0)
    assert store.keep(_rows(T0, [1.0, 2.0, 3.0]), T0 + 5 * HOUR) == (1, 2, 0)
    assert store.known_at(T0)["temp"].to_list() == [1.0, 2.0]


def test_of_two_sources_with_the_same_issue_the_one_received_last_speaks(tmp_path: Path) -> None:
    store = WeatherStore(tmp_path)
    store.keep(_rows(T0, [1.0]), T0 - HOUR)
    store.keep(_rows(T0, [5.0], source="a"), T0)
    assert store.known_at(T0)["temp"].to_list() == [5.0]


def test_nothing_kept_is_an_empty_table_of_the_same_shape(tmp_path: Path) -> None:
    found = WeatherStore(tmp_path).known_at(T0)
    assert found.is_empty()
    assert found.schema["received"] == pl.Datetime("us", "UTC")


def test_imported_history_counts_from_its_issue_and_corrections_from_their_coming(tmp_path: Path) -> None:
    store, now, delay = WeatherStore(tmp_path), T0 + timedelta(days=90), 6 * HOUR
    assert store.keep(_rows(T0, [1.0] * 12), now, delay=delay) == (12, 0, 0)
    assert store.keep(_rows(T0, [1.0] * 11 + [7.0]), now + HOUR, delay=delay) == (0, 11, 1)
    assert store.known_at(T0 + 5 * HOUR).is_empty()
    assert store.known_at(T0 + 6 * HOUR)["temp"].to_list() == [1.0] * 6
    assert store.keep(_rows(now, [2.0]), now, delay=delay) == (1, 0, 0)  # live: received before issue + delay
    assert store.known_at(now)["temp"].to_list() == [2.0]


def test_of_an_hour_that_ended_what_was_here_in_time_for_every_lead_of_the_day(tmp_path: Path) -> None:
    """Three issues at 0, 6 and 12 h, each here 4 h later, of the hour that ends at 37 h: for the first lead day what was
    here at 13 h, that is the issue of 6 h; at 16 h the third one came: too late."""
    store, hour = WeatherStore(tmp_path), T0 + 36 * HOUR
    for n in (0, 6, 12):
        store.keep(_rows(T0 + n * HOUR, [float(n)], first=hour), T0 + (n + 4) * HOUR)
    said = store.said(T0, T0 + timedelta(days=5))
    assert said.select("site", "start", "day", "temp").rows() == [("A", hour, 0, 6.0)]


def test_each_lead_day_has_its_own_issue_and_stale_ones_teach_nothing(tmp_path: Path) -> None:
    store, hour = WeatherStore(tmp_path), T0 + timedelta(days=4)
    for n in range(4):
        issued = T0 + timedelta(days=n)
        store.keep(_rows(issued, [float(n)], first=hour), issued)
    said = store.said(T0, T0 + timedelta(days=9))
    # The hour ends an hour past midnight of day 4: an issue at midnight of day 3 is here 25 h before its end.
    assert dict(said.select("day", "temp").iter_rows()) == {0: 3.0, 1: 2.0, 2: 1.0, 3: 0.0}
    store.keep(_rows(T0 + timedelta(days=3), [7.0], first=T0 + timedelta(days=8)), T0 + timedelta(days=3))
    late = store.said(T0 + timedelta(days=8), T0 + timedelta(days=9))
    assert dict(late.select("day", "temp").iter_rows()) == {3: 7.0, 4: 7.0}


def test_of_hours_to_come_every_lead_day_knows_the_newest(tmp_path: Path) -> None:
    store = WeatherStore(tmp_path)
    store.keep(_rows(T0, [1.0] * 48), T0)
    store.keep(_rows(T0 + 6 * HOUR, [2.0] * 48), T0 + 6 * HOUR)
    store.keep(_rows(T0 + 7 * HOUR, [9.0] * 48), T0 + 30 * HOUR)  # not yet here
    said = store.said(T0, T0 + 8 * HOUR).filter(pl.col("start") >= T0 + 8 * HOUR)
    assert set(said["temp"]) == {2.0}
    assert set(said["day"]) == set(range(7))
    assert said.filter(day=0)["start"].max() == T0 + 53 * HOUR
