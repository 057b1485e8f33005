"""Rolling origins over history: what the model, refitted as time goes on, would have said."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bihuan.domain.forecast import areas as regions
from bihuan.domain.forecast import model as models
from bihuan.domain.forecast import paths, recent_bias, season
from bihuan.domain.forecast.areas import Areas
from bihuan.domain.forecast.grid import Array, rows_of
from bihuan.domain.forecast.model import Model, View, Weather
from bihuan.domain.forecast.run_tables import QUANTILE_NAMES, QUANTILES
from bihuan.domain.forecast.screen import screened
from bihuan.domain.forecast.spread import LEVELS
from bihuan.domain.timeaxis import HOUR, INSTANT

_PICK = [int(np.argmin(np.abs(LEVELS - q))) for q in QUANTILES]


@dataclass(frozen=True)
class Plan:
    """Origins from `first` to `last` (inclusive) every `every`; the model is refitted each `refit` (None = never)."""

    first: datetime
    last: datetime
    every: timedelta
    leads: int
    items: tuple[str, ...]
    weather: Weather = "none"
    refit: timedelta | None = None

    def segments(self) -> list[list[datetime]]:
        """Origins grouped by the fit that serves them."""
        origins = [self.first + k * self.every for k in range((self.last - self.first) // self.every + 1)]
        if self.refit is None:
            return [origins]
        groups: dict[int, list[datetime]] = {}
        for origin in origins:
            groups.setdefault((origin - self.first) // self.refit, []).append(origin)
        return list(groups.values())


@dataclass(frozen=True)
class Segment:
    """One fit and what it says at its origins: `rows` as in the backtest file, with inside names."""

    model: Model
    seen: View
    origins: list[datetime]
    rows: pl.DataFrame


def run(
    history: pl.DataFrame,
    plan: Plan,
    *,
    areas: Areas | None = None,
    say: Callable[[str, int, int], None] | None = None,
) -> Iterator[Segment]:
    """Fit on rows that had ended by each segment's first origin, then issue at all of its origins.

    history: wide rows (site, start, items[, weather]). Row t of every column the model looks at depends on rows
    up to t only, so all origins are computed from one layout. Raises NoHistory when the first fit has too little.
    """
    count = len(plan.segments())
    for number in range(count):
        yield one(history, plan, number, areas=areas)
        if say:
            say("fits and their origins", number + 1, count)


def one(history: pl.DataFrame, plan: Plan, number: int, *, areas: Areas | None = None) -> Segment:
    """The segment of that number alone: it looks at no other, and at no lone jump. Items that hardly anybody measured are left out."""
    origins, history = plan.segments()[number], screened(history)
    known = models.known_until(history, origins[0])
    fitted = models.fit(known, items=plan.items, weather=plan.weather)
    needed = origins[-1] + (timedelta() if plan.weather == "none" else plan.leads * HOUR)
    first = origins[0] - 2 * models.LOOK_BACK
    recent = history.filter(pl.col("start").is_between(first, needed, closed="left"))
    seen = models.view(fitted, recent, end=origins[-1], first=origins[0])
    return Segment(fitted, seen, origins, issue_all(fitted, seen, origins, plan.leads, areas or {}))


def issue_all(model: Model, seen: View, origins: list[datetime], leads: int, areas: Areas) -> pl.DataFrame:
    """Hourly rows of all origins: site, item, issued, start, lead, mean, q05..q95, model."""
    rows = np.array([seen.grid.row_of(o) - 1 for o in origins])
    if not model.items:
        none = np.zeros((leads, len(origins), 0))
        return table((), "", origins, none, np.zeros((*none.shape, len(QUANTILES)))).with_columns(
            model=pl.lit("")
        )
    with threadpool_limits(1):
        return pl.concat([_of_item(model, seen, item, rows, origins, leads, areas) for item in model.items])


def _of_item(
    model: Model,
    seen: View,
    item: str,
    rows: NDArray[np.int64],
    origins: list[datetime],
    leads: int,
    areas: Areas,
) -> pl.DataFrame:
    mean = np.stack([models.means(model, seen, item, rows, lead) for lead in range(1, leads + 1)])
    numbers = np.arange(1, leads + 1)
    days = season.day_of_year(seen.grid.first, rows + 1)
    met = recent_bias.moved(seen.met[item], 0, seen.grid.hours)
    members = regions.columns_of(areas, seen.grid.sites)
    wide = []
    for k, row in enumerate(rows):
        levels = model.spreads[item].quantiles(mean[:, k], numbers, seen.columns, days[k])
        met.add_places(int(row), numbers, levels, rows_of(seen.grid.values[item], row + numbers))
        levels = recent_bias.corrected(levels, numbers, met.shares(int(row)))
        wide.append(levels[..., _PICK])
        if members:
            each = paths.joint(model, item, origins[k], levels, seen.columns)
            of_areas = regions.quantiles(regions.mean_over(each, members.values()), np.array(QUANTILES))
            wide[-1] = np.concatenate([wide[-1], of_areas], axis=1)
    quantiles = np.stack(wide, axis=1)
    whole = np.concatenate([mean, regions.mean_over(mean, members.values())], axis=2)
    return table((*seen.grid.sites, *members), item, origins, whole, quantiles).with_columns(
        model=pl.lit(models.label(model, seen))
    )


def table(
    sites: tuple[str, ...], item: str, origins: list[datetime], mean: Array, quantiles: Array
) -> pl.DataFrame:
    """Means [lead, origin, site] and quantiles [lead, origin, site, level] as rows; without a mean no row."""
    leads, _count, _width = mean.shape
    index = pl.DataFrame({"lead": pl.Series(np.arange(1, leads + 1), dtype=pl.Int32)})
    issued = pl.DataFrame({"issued": pl.Series(origins, dtype=INSTANT)})
    keys = index.join(issued, how="cross").join(pl.DataFrame({"site": sites}), how="cross")
    values = {"mean": mean.ravel()} | {n: quantiles[..., k].ravel() for k, n in enumerate(QUANTILE_NAMES)}
    return (
        keys.with_columns(pl.Series(k, v).fill_nan(None) for k, v in values.items())
        .drop_nulls("mean")
        .with_columns(item=pl.lit(item), start=pl.col("issued") + pl.duration(hours=pl.col("lead") - 1))
        .select("site", "item", "issued", "start", "lead", "mean", *QUANTILE_NAMES)
        .sort("site", "item", "issued", "lead")
    )
