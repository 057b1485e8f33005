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


def test_sites_and_sources_can_be_chosen(tmp_path: Path) -> None:
    store = WeatherStore(tmp_path)
    store.keep(_rows(T0, [1.0]), T0)
    store.keep(_rows(T0, [5.0], source="n"), T0)
    assert store.known_at(T0, sources=["m"])["temp"].to_list() == [1.0]
    assert store.known_at(T0, sites=["B"]).is_empty()


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
