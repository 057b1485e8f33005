"""Rows of forecast weather as they are known, key by key."""

from datetime import datetime

import polars as pl

from bihuan.archive.forecasts import STAMP
from bihuan.archive.weather import COLUMNS, WeatherStore
from bihuan.feeds.weather.rows import KEY, SCHEMA


def known_rows(store: WeatherStore, keys: pl.DataFrame) -> pl.DataFrame:
    """Of each key (source, site, issued, start) the version received last; absent where none is kept."""
    issues = [moment for moment in keys["issued"].unique() if isinstance(moment, datetime)]
    paths = [p for moment in issues for p in store.folder.glob(f"{moment:{STAMP}}-*.parquet")]
    rows = pl.scan_parquet(paths) if paths else pl.LazyFrame(schema=COLUMNS)
    mine = rows.join(keys.lazy().select(KEY), on=KEY, how="semi").sort(*KEY, "received")
    return mine.unique(KEY, keep="last", maintain_order=True).select(list(SCHEMA)).collect()
