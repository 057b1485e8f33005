"""Minutes become means only where enough of them are there; winds are averaged as vectors."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from bihuan.domain.dust.means import background, means

START = datetime(2024, 3, 1, 2, tzinfo=UTC)
SCHEMA: dict[str, Any] = {
    "monitor": pl.String,
    "quantity": pl.String,
    "period": pl.String,
    "start": pl.Datetime("us", "UTC"),
    "value": pl.Float64,
}


def rows(
    count: int, value: float = 100.0, *, code: str = "a34002", period: str = "minute", step: int = 1
) -> pl.DataFrame:
    made = [("M", code, period, START + n * timedelta(minutes=step), value) for n in range(count)]
    return pl.DataFrame(made, SCHEMA, orient="row")


@pytest.mark.parametrize(("minutes", "value"), [(45, 100.0), (44, None)])
def test_an_hour_counts_from_45_minutes_on(minutes: int, value: float | None) -> None:
    assert means(rows(minutes), "1h")["pm10"].to_list() == [value]


def test_a_logger_that_keeps_five_minutes_stands_for_five_each() -> None:
    assert means(rows(9, step=5), "1h")["pm10"].to_list() == [100.0]
    assert means(rows(8, step=5), "1h")["pm10"].to_list() == [None]


def test_shorter_means_ask_for_three_quarters_too() -> None:
    assert means(rows(12), "15m")["pm10"].to_list() == [100.0]
    assert means(rows(11), "15m")["pm10"].to_list() == [None]
    assert means(rows(4), "5m")["pm10"].to_list() == [100.0]


def test_an_hour_sent_as_such_counts_only_where_its_minutes_did_not_come() -> None:
    sent = rows(1, 300.0, period="hour")
    assert means(sent, "1h")["pm10"].to_list() == [300.0]
    assert means(pl.concat([sent, rows(60)]), "1h")["pm10"].to_list() == [100.0]
    assert means(pl.concat([sent, rows(10)]), "1h")["pm10"].to_list() == [None]


def test_winds_around_north_are_north() -> None:
    both = pl.concat([rows(30, 350.0, code="a01008"), rows(60, 10.0, code="a01008")[30:]])
    (direction,) = means(both, "1h")["direction"]
    assert min(direction, 360 - direction) == pytest.approx(0, abs=0.01)


def test_the_background_is_the_mean_of_national_and_provincial_stations() -> None:
    schema: dict[str, Any] = {
        "county": pl.String,
        "rank": pl.String,
        "start": pl.Datetime("us", "UTC"),
        "pm10": pl.Float64,
    }
    told = [
        ("140321", "national", START, 100.0),
        ("140321", "provincial", START, 60.0),
        ("140321", "township", START, 900.0),
        ("140322", "national", START, None),
    ]
    found = background(pl.DataFrame(told, schema, orient="row"))
    assert found.rows() == [("140321", START, 80.0)]


def test_nothing_sent_is_an_empty_table_with_all_columns() -> None:
    assert means(rows(0), "1h").columns == [
        "monitor",
        "start",
        "tsp",
        "pm10",
        "pm25",
        "temp",
        "humidity",
        "wind",
        "direction",
    ]
