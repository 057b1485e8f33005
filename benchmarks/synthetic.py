"""A made-up year of 1,500 stations, resampled from real hours, as one Parquet file sorted by site and start."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from bihuan.domain.quantities import BY_NAME, ITEM_NAMES

EXCERPT = Path(__file__).parents[1] / "tests" / "data" / "standards_yangquan_2019.parquet"
HOURS = 8760


def _real() -> pl.DataFrame:
    frame = pl.read_parquet(EXCERPT).with_columns(CO=pl.col("CO_tenths") / 10)
    return frame.select(pl.col(BY_NAME[i].label).cast(pl.Float64).alias(i) for i in ITEM_NAMES)


def write_year(path: Path, stations: int = 1500, seed: int = 1) -> int:
    """Write the year (blocks of real days pasted together per station, gaps kept); returns the number of rows."""
    pieces = _real()
    rng = np.random.default_rng(seed)
    begin = datetime(2019, 1, 1, tzinfo=UTC) - timedelta(hours=8)
    start = pl.datetime_range(begin, begin + timedelta(hours=HOURS - 1), "1h", time_unit="us", eager=True)
    frames = []
    for n in range(stations):
        firsts = rng.integers(0, pieces.height - 24, HOURS // 24)
        rows = (firsts[:, None] + np.arange(24)).ravel()
        made = pieces[rows].with_columns(site=pl.lit(f"S{n:04d}A"), start=start)
        frames.append(made.select("site", "start", *ITEM_NAMES))
    whole = pl.concat(frames)
    whole.write_parquet(path, compression="lz4", row_group_size=500_000)
    return whole.height
