"""Hours of PM2.5, changed and brought into an installation as a file."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from bihuan.archive.store import Archive
from bihuan.domain.timeaxis import parse_moment
from bihuan.pipeline.files import import_files
from tests.forecast.real import SITES

FIRST = SITES[0]
Change = Callable[[pl.DataFrame], pl.DataFrame]
PM25 = pl.col("pm25")


def since(text: str) -> pl.Expr:
    return pl.col("start") >= parse_moment(text)


def of_first(text: str) -> pl.Expr:
    """Hours of the first station from a moment on."""
    return (pl.col("site") == FIRST) & since(text)


def put(where: pl.Expr, value: pl.Expr | float) -> Change:
    """The same rows with other PM2.5 where a condition holds."""
    other = value if isinstance(value, pl.Expr) else pl.lit(value)
    return lambda rows: rows.with_columns(pm25=pl.when(where).then(other).otherwise(PM25))


def bring(data: Path, rows: pl.DataFrame) -> int:
    """Import hours as a file; how many values were refused."""
    label = (pl.col("start").dt.replace_time_zone(None) + pl.duration(hours=9)).alias("time")
    table = data / "brought.parquet"
    rows.select("site", label, PM25.alias("PM2.5")).write_parquet(table)
    (report,) = import_files(Archive(data / "archive"), [table], received=datetime(2026, 1, 1, tzinfo=UTC))
    assert not report.error
    return sum(n for _, _, n in Archive(data / "archive").quarantine.reasons(None))
