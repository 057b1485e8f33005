"""A small installation to issue forecasts from: PM2.5 of Yangquan's stations, imported as history is."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from bihuan.archive.forecasts import ForecastStore, Run
from bihuan.archive.store import Archive
from bihuan.domain.timeaxis import parse_moment
from bihuan.forecasting.freezing import issue_and_freeze
from bihuan.forecasting.shelf import ModelShelf
from bihuan.pipeline.files import import_files
from tests.forecast.real import CITY, SITES, until

PLACES = [*SITES, "city:140300"]


def installation(data: Path, first: str, last: str, *, received: datetime | None = None) -> ModelShelf:
    """Import the hours of `first` to `last`; each counts as received 35 minutes or so after its end."""
    label = (pl.col("start").dt.replace_time_zone(None) + pl.duration(hours=9)).alias("time")
    rows = until(last).filter(pl.col("start") >= parse_moment(first))
    table = data.parent / f"{data.name}-{last[:10]}.parquet"
    rows.select("site", label, pl.col("pm25").alias("PM2.5")).write_parquet(table)
    reports = import_files(
        Archive(data / "archive"), [table], received=received or datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert not reports[0].error
    return ModelShelf(data, CITY)


def issued(
    data: Path, moment: datetime, *, sites: Sequence[str] = PLACES, decisions: pl.DataFrame | None = None
) -> Run:
    """The city's forecast as of a moment, as it was frozen."""
    run_id, _ = issue_and_freeze(data, moment, sites=sites, cities=CITY, decisions=decisions)
    return ForecastStore(data).load(run_id)
