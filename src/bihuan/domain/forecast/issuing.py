"""Issuing: hourly quantiles, joint sample paths, daily values, all as of one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.domain.forecast import days as daily
from bihuan.domain.forecast import experience, season
from bihuan.domain.forecast import model as models
from bihuan.domain.forecast.grid import Array
from bihuan.domain.forecast.linear import KNOTS, knot_of
from bihuan.domain.forecast.model import EVERY, Model, View
from bihuan.domain.forecast.spread import LEVELS
from bihuan.domain.standards.index import realtime_index
from bihuan.domain.timeaxis import INSTANT

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
QUANTILE_NAMES = tuple(f"q{round(100 * q):02d}" for q in QUANTILES)
MEMBERS = 100
_PICK = [int(np.argmin(np.abs(LEVELS - q))) for q in QUANTILES]


@dataclass(frozen=True)
class Issue:
    """One forecast run.

    hours: site, item (inside name, or `aqi`), issued, start, lead, mean, q05..q95, model.
    days: site, date, item (pm25 pm10 so2 no2 co o3_8h aqi), issued, mean, q05..q95, p1..p6 (aqi only), model.
    members: site, member, date, pm25 pm10 so2 no2 co o3_8h, aqi, level, primary: joint paths of days.
    reasons: site -> why it has no forecast, or which items are missing.
    """

    hours: pl.DataFrame
    days: pl.DataFrame
    members: pl.DataFrame
    reasons: dict[str, str]


def issue(
    model: Model,
    history: pl.DataFrame,
    issued: datetime,
    *,
    leads: int = 72,
    horizon: int = 168,
    sites: Sequence[str] | None = None,
    members: int = MEMBERS,
    said: pl.DataFrame | None = None,
    standard: str = "auto",
) -> Issue:
    """Forecast as of `issued`: hours of leads 1..`leads`, days as far as `horizon` hours reach.

    Only rows of hours that had ended by `issued` count, and of them the last 60 days. Lead 1 is the first hour
    that ends after `issued` (whole hours). said: forecast weather as known at `issued`, for a model fitted with it
    (see `weather.with_forecasts`). Raises NoHistory when no site has a value.
    """
    moment = issued.replace(minute=0, second=0, microsecond=0)
    past = models.known_until(history, moment).filter(pl.col("start") >= moment - models.LOOK_BACK)
    if past.is_empty():
        raise models.NoHistory(f"no measurement of the 60 days before {issued.isoformat()}")
    seen = models.view(model, past, end=moment, said=said)
    wanted = [
        k for k, s in enumerate(seen.grid.sites) if sites is None or s in sites or s.startswith("city:")
    ]
    origin = np.array([seen.grid.row_of(moment) - 1])
    values = {item: _levels(model, seen, item, origin, horizon, wanted) for item in model.items}
    paths = {
        item: _paths(model, seen, item, moment, levels, wanted, members)
        for item, (_, levels) in values.items()
    }
    names = [seen.grid.sites[k] for k in wanted]
    labels = {"issued": moment, "model": models.label(model, seen)}
    hours = pl.concat([_hours(names, item, moment, v, leads) for item, v in values.items()])
    hours = pl.concat([hours, _index_hours(names, moment, paths, leads, standard)])
    each = daily.members(names, moment, seen.grid, wanted, paths, standard)
    stamped = [
        f.with_columns(pl.lit(v).alias(k) for k, v in labels.items()) for f in (hours, daily.summary(each))
    ]
    return Issue(
        _in_order(stamped[0].drop_nulls("mean")),
        stamped[1].drop_nulls("mean"),
        each,
        _reasons(names, values, sites),
    )


def _levels(
    model: Model, seen: View, item: str, origin: NDArray[np.int64], horizon: int, wanted: list[int]
) -> tuple[Array, Array]:
    """Means [lead, site] and quantile levels [lead, site, level]."""
    leads = np.arange(1, horizon + 1)
    mean = np.stack([models.means(model, seen, item, origin, int(lead))[0, wanted] for lead in leads])
    day = float(season.day_of_year(seen.grid.first, origin + 1)[0])
    levels = model.spreads[item].quantiles(mean, leads, seen.columns[wanted], day)
    return mean, experience.corrected(levels, leads, _places(model, seen, item, int(origin[0])))


def _places(model: Model, seen: View, item: str, row: int) -> Array:
    """Where in its forecasts what came true lay lately: of validation, and of what the model would have said since."""
    met = experience.moved(seen.met[item], 0, seen.grid.hours)
    origins = np.arange(max(seen.grid.row_of(model.until) - 1, 0), row, EVERY)
    if len(origins) and not seen.blind:
        leads = np.array(KNOTS)
        mean = np.stack([models.means(model, seen, item, origins, lead) for lead in KNOTS])
        days = season.day_of_year(seen.grid.first, origins + 1)
        for k, past in enumerate(origins):
            levels = model.spreads[item].quantiles(mean[:, k], leads, seen.columns, float(days[k]))
            met.add_places(int(past), leads, levels, experience.at(seen.grid.values[item], past + leads))
    return met.shares(row)


def _paths(
    model: Model, seen: View, item: str, moment: datetime, levels: Array, wanted: list[int], members: int
) -> Array:
    """Joint paths [member, lead, site]: past error paths give the order, the forecast gives the values.

    Schaake shuffle: Clark et al. (2004), J. Hydrometeorology 5, 243-262.
    """
    chosen = _chosen(model, moment, members)
    knots = [knot_of(lead) for lead in range(1, len(levels) + 1)]
    columns = np.maximum(seen.columns[wanted], 0)
    ranks = model.ranks[item][chosen][:, knots][:, :, columns].astype(np.float64)
    ranks = np.where(np.isfinite(ranks), ranks, np.nanmean(np.where(np.isfinite(ranks), ranks, 0.5)))
    jitter = np.random.default_rng(7).uniform(0, 1e-4, (len(chosen), 1, 1))
    order = np.argsort(np.argsort(ranks + jitter, axis=0), axis=0)
    at = np.interp((order + 0.5) / len(chosen), LEVELS, np.arange(len(LEVELS)))
    low = np.minimum(at.astype(int), len(LEVELS) - 2)
    lead, site = np.arange(levels.shape[0])[None, :, None], np.arange(levels.shape[1])[None, None, :]
    left, right = levels[lead, site, low], levels[lead, site, low + 1]
    return np.asarray(left + (at - low) * (right - left))


def _chosen(model: Model, moment: datetime, members: int) -> NDArray[np.int64]:
    """Past origins to take error paths from: nearest in hour of the day first; repeated when there are too few."""
    hour = (moment + timedelta(hours=7)).hour
    apart = np.abs((model.path_hours - hour + 12) % 24 - 12)
    order = np.argsort(apart, kind="stable")
    return np.resize(order, members)


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


def _reasons(
    names: list[str], values: dict[str, tuple[Array, Array]], sites: Sequence[str] | None
) -> dict[str, str]:
    reasons = {s: "no measurement in the last 60 days" for s in sites or () if s not in names}
    for k, name in enumerate(names):
        absent = [item for item, (mean, _) in values.items() if np.isnan(mean[0, k])]
        if absent:
            reasons[name] = f"no measurement of {', '.join(absent)} in the last 60 days"
    return reasons
