"""Hours on a dense grid: one array [hour, site] for each quantity, gaps as NaN."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.domain.quantities import WEATHER_NAMES
from bihuan.domain.timeaxis import HOUR

Array = NDArray[np.float64]
DAY = 24


@dataclass(frozen=True)
class Grid:
    """`values[item]` and `weather[name]` are [hour, site]; row 0 is the hour starting at `first` (UTC).

    `first` is always a local midnight (China Standard Time), so row % 24 is the local hour of the day.
    """

    first: datetime
    sites: tuple[str, ...]
    values: dict[str, Array]
    weather: dict[str, Array]

    @property
    def hours(self) -> int:
        """Number of rows."""
        return int(next(iter(self.values.values())).shape[0])

    def row_of(self, start: datetime) -> int:
        """Row of the hour that starts at `start` (may lie outside the grid)."""
        return (start - self.first) // HOUR


def _midnight(moment: datetime) -> datetime:
    local = moment + timedelta(hours=8)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=8)


def to_grid(
    frame: pl.DataFrame,
    items: Sequence[str],
    *,
    sites: Sequence[str] | None = None,
    end: datetime | None = None,
) -> Grid:
    """Wide rows (site, start, items, weather) -> grid from the first row's local midnight to `end` (exclusive).

    Absent rows and nulls become NaN; of two rows for one key the later in the frame counts.
    Raises ValueError when the frame has no row.
    """
    if frame.is_empty():
        raise ValueError("no rows: a forecast needs at least one day of history")
    names = tuple(sites) if sites is not None else tuple(sorted(frame["site"].unique().to_list()))
    lowest, highest = frame["start"].min(), frame["start"].max()
    assert isinstance(lowest, datetime)
    assert isinstance(highest, datetime)
    first = _midnight(lowest)
    hours = ((end or highest + HOUR) - first) // HOUR
    weather = [n for n in WEATHER_NAMES if n in frame.columns and frame[n].is_not_null().any()]
    laid = laid_out(frame, [*items, *weather], first, hours, names)
    return Grid(first, names, {i: laid[i] for i in items}, {w: laid[w] for w in weather})


def laid_out(
    frame: pl.DataFrame, columns: Sequence[str], first: datetime, hours: int, sites: Sequence[str]
) -> dict[str, Array]:
    """Columns of rows (site, start, ...) as [hour, site] from `first` on; NaN where there is no value, or no such column."""
    place = pl.DataFrame({"site": sites, "_column": range(len(sites))}, schema_overrides={"site": pl.String})
    known = frame.join(place, on="site", how="inner").with_columns(
        ((pl.col("start") - first).dt.total_hours()).alias("_row")
    )
    known = known.filter(pl.col("_row").is_between(0, hours - 1))
    where = (known["_row"].to_numpy(), known["_column"].to_numpy())
    out = {name: np.full((hours, len(sites)), np.nan) for name in columns}
    for name, block in out.items():
        if name in known.columns:
            block[where] = known[name].cast(pl.Float64).to_numpy()
    return out


def rows_of(values: Array, rows: NDArray[np.int64]) -> Array:
    """Some rows of values [hour, site]; NaN beyond the last."""
    inside = (rows < len(values))[:, None]
    return np.asarray(np.where(inside, values[np.minimum(rows, len(values) - 1)], np.nan))
