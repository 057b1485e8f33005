"""Made-up hours and days for the tests of statistics."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl

from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.timeaxis import day_start, starts_from_labels

EXCERPT = Path(__file__).parents[1] / "data" / "standards_yangquan_2019.parquet"


def hours_of(day: date, values: list[float | None], item: str = "pm25", site: str = "a") -> pl.DataFrame:
    """Hours 01:00..24:00 of one day with these values of one item; None = missing."""
    begin = day_start(day)
    return pl.DataFrame(
        {"site": site, "start": [begin + timedelta(hours=h) for h in range(len(values))], item: values},
        schema_overrides={item: pl.Float64, "start": pl.Datetime("us", "UTC")},
    )


def days_of(first: date, values: dict[str, list[float | None]], site: str = "a") -> pl.DataFrame:
    """Days in the shape of `daily_values`: the named values, the rest of the six clean and constant."""
    clean = {"pm25": 10.0, "pm10": 20.0, "so2": 5.0, "no2": 20.0, "co": 0.5, "o3_8h": 80.0}
    length = len(next(iter(values.values())))
    columns = {k: values.get(k, [v] * length) for k, v in clean.items()}
    frame = pl.DataFrame(
        {"site": [site] * length, "date": [first + timedelta(days=n) for n in range(length)], **columns},
        schema_overrides=dict.fromkeys(clean, pl.Float64),
    )
    return frame.with_columns(
        pl.lit(None, pl.Float64).alias("o3_1h"), *(pl.col(c).is_not_null().alias(f"valid_{c}") for c in clean)
    )


def yangquan() -> pl.DataFrame:
    """Five national stations, January, May and June 2019, as published; plus O3_8h of the hourly release."""
    frame = pl.read_parquet(EXCERPT).with_columns(
        start=starts_from_labels("time"), CO=pl.col("CO_tenths") / 10
    )
    names = {"PM2.5": "pm25", "PM10": "pm10", "SO2": "so2", "NO2": "no2", "CO": "co", "O3": "o3"}
    return frame.rename(names).with_columns(pl.col(*ITEM_NAMES).cast(pl.Float64))
