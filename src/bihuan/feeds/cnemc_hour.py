"""The national network's hour file of 2022 and later: one row per station, `timepoint` = END of the hour."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from bihuan.feeds.mapping import ColumnMapping, Target, mapped_batches
from bihuan.feeds.reading import Reading
from bihuan.reasons import Reason

NAME = "cnemc_hour"
MAPPING = ColumnMapping(
    "stationcode",
    ("timepoint",),
    {
        "pm2_5": Target("pm25"),
        "pm10": Target("pm10"),
        "so2": Target("so2"),
        "no2": Target("no2"),
        "co": Target("co"),
        "o3": Target("o3"),
    },
)
O3_MENDED = datetime(2023, 11, 8, 16, tzinfo=UTC)
O3_NOTE = Reason("o3_swapped")


def fits(columns: list[str]) -> bool:
    """Whether these column names are of such a file."""
    return {"timepoint", "stationcode", "pm2_5"} <= set(columns)


def batches(path: Path) -> Iterator[Reading]:
    """The file piece by piece. Raises Unreadable."""
    for reading in mapped_batches(path, MAPPING):
        old = reading.rows.filter(pl.col("start") < O3_MENDED).height
        yield replace(reading, notes=(*reading.notes, O3_NOTE)) if old else reading
