"""A run laid out as tables: hours, days, joint paths, and what is missing, from what is said of each item."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.domain.forecast import days as daily
from bihuan.domain.forecast import simplest
from bihuan.domain.forecast.grid import Array, Grid
from bihuan.domain.forecast.spread import LEVELS
from bihuan.domain.standards.index import realtime_index
from bihuan.domain.timeaxis import INSTANT

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
QUANTILE_NAMES = tuple(f"q{round(100 * q):02d}" for q in QUANTILES)
STALE = 24  # hours of silence that are told
_PICK = [int(np.argmin(np.abs(LEVELS - q))) for q in QUANTILES]


@dataclass(frozen=True)
class Issue:
    """One forecast run.

    hours: site, item (inside name, or `aqi`), issued, start, lead, mean, q05..q95, model.
    days: site, date, item (pm25 pm10 so2 no2 co o3_8h aqi), issued, mean, q05..q95, p1..p6 (aqi only), model.
    members: site, member, date, pm25 pm10 so2 no2 co o3_8h, aqi, level, primary: joint paths of days.
    reasons: site -> why it has no forecast, or which items are missing or poorer.
    """

    hours: pl.DataFrame
    days: pl.DataFrame
    members: pl.DataFrame
    reasons: dict[str, str]


@dataclass(frozen=True)
class Said:
    """What is said of each item: (means [lead, site], levels [lead, site, level]) and joint paths [member, lead, site].

    wanted: the sites' columns of the grid, on which all is known that was measured before `moment`.
    """

    grid: Grid
    moment: datetime
    wanted: list[int]
    values: dict[str, tuple[Array, Array]]
    paths: dict[str, Array]

    def issued(
        self, label: str, alone: Sequence[str], leads: int, standard: str, reasons: dict[str, str]
    ) -> Issue:
        """The run; rows carry `label`, those of items in `alone` the name of the simplest member."""
        names = [self.grid.sites[k] for k in self.wanted]
        tables = [_hours(names, item, self.moment, v, leads) for item, v in self.values.items()]
        hours = pl.concat([*tables, _index_hours(names, self.moment, self.paths, leads, standard)])
        each = daily.members(names, self.moment, self.grid, self.wanted, self.paths, standard)
        by_itself = pl.col("item").is_in([*alone, *(f"{i}_8h" for i in alone)])
        model = pl.when(by_itself).then(pl.lit(simplest.NAME)).otherwise(pl.lit(label)).alias("model")
        hours, days = (
            f.with_columns(pl.lit(self.moment).alias("issued"), model).drop_nulls("mean")
            for f in (hours, daily.summary(each))
        )
        return Issue(_in_order(hours), days, each, reasons)

    def reasons(
        self, items: Sequence[str], alone: Sequence[str], sites: Sequence[str] | None
    ) -> dict[str, str]:
        """site -> why it has no forecast of `items`, or a poorer one: absent, `alone` by the simplest member, or silent."""
        names = {self.grid.sites[k]: n for n, k in enumerate(self.wanted)}
        out = {s: "no measurement in the last 60 days" for s in sites or () if s not in names}
        for name, n in names.items():
            have = [i for i in items if i in self.values and np.isfinite(self.values[i][0][0, n])]
            told = [(i, "no measurement in the last 60 days") for i in items if i not in have]
            told += [(i, f"too little history for a model, so {simplest.NAME}") for i in have if i in alone]
            silent = self._silent(self.wanted[n])
            lines = [
                f"{', '.join(i for i, w in told if w == why)}: {why}"
                for why in dict.fromkeys(w for _, w in told)
            ]
            lines += [f"nothing measured for {silent} hours"] if have and silent > STALE else []
            if lines:
                out[name] = "; ".join(lines)
        return out

    def _silent(self, column: int) -> int:
        """Hours before the issue without any value at a site that had some."""
        rows = self.grid.row_of(self.moment)
        known = np.any([np.isfinite(v[:rows, column]) for v in self.grid.values.values()], axis=0)
        return int(np.argmax(known[::-1]))


def _hours(
    names: list[str], item: str, moment: datetime, value: tuple[Array, Array], leads: int
) -> pl.DataFrame:
    mean, levels = value[0][:leads], value[1][:leads]
    return _table(names, item, moment, mean, levels[..., _PICK])


def _table(names: list[str], item: str, moment: datetime, mean: Array, quantiles: Array) -> pl.DataFrame:
    count, width = mean.shape
    lead = np.repeat(np.arange(1, count + 1), width)
    frame = pl.DataFrame({"site": names * count, "item": [item] * (count * width)}).with_columns(
        start=_instants(moment, lead - 1), lead=pl.Series(lead, dtype=pl.Int32)
    )
    columns = {"mean": mean.ravel()} | {n: quantiles[..., k].ravel() for k, n in enumerate(QUANTILE_NAMES)}
    return frame.with_columns(pl.Series(k, v).fill_nan(None) for k, v in columns.items())


def _instants(moment: datetime, hours: NDArray[np.int64]) -> pl.Series:
    return pl.Series(hours * 3_600_000_000 + round(moment.timestamp() * 1e6), dtype=pl.Int64).cast(INSTANT)


def _index_hours(
    names: list[str], moment: datetime, paths: dict[str, Array], leads: int, standard: str
) -> pl.DataFrame:
    """Hourly AQI: the index of every joint path, then its mean and quantiles."""
    some = next(iter(paths.values()))[:, :leads]
    members, count, width = some.shape
    ahead = np.tile(np.repeat(np.arange(count), width), members)
    flat = pl.DataFrame({"start": _instants(moment, ahead)}).with_columns(
        pl.Series(item, p[:, :leads].ravel()).fill_nan(None) for item, p in paths.items()
    )
    aqi = realtime_index(flat, standard)["aqi"].cast(pl.Float64).to_numpy().reshape(members, count, width)
    return _table(
        names, "aqi", moment, aqi.mean(axis=0), np.moveaxis(np.quantile(aqi, QUANTILES, axis=0), 0, -1)
    )


def _in_order(hours: pl.DataFrame) -> pl.DataFrame:
    return hours.select("site", "item", "issued", "start", "lead", "mean", *QUANTILE_NAMES, "model")
