"""Issuing: hourly quantiles, joint sample paths, daily values, all as of one moment."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.domain.forecast import experience, season, simplest
from bihuan.domain.forecast import model as models
from bihuan.domain.forecast.grid import Array, Grid, rows_of, to_grid, with_cities
from bihuan.domain.forecast.laid_out import Issue, Said
from bihuan.domain.forecast.linear import knot_of
from bihuan.domain.forecast.model import Model, View
from bihuan.domain.forecast.spread import LEVELS
from bihuan.domain.quantities import ITEM_NAMES

MEMBERS = 100


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
    items: Sequence[str] | None = None,
    standard: str = "auto",
) -> Issue:
    """Forecast as of `issued`: hours of leads 1..`leads`, days as far as `horizon` hours reach.

    Only rows of hours that had ended by `issued` count, and of them the last 60 days. Lead 1 is the first hour
    that ends after `issued` (whole hours). said: forecast weather as known at `issued`, for a model fitted with it
    (see `weather.with_forecasts`). items: which are wanted (default: those of the model); one that the model lacks, for
    want of history, is said by the simplest member alone and labelled so. Raises NoHistory when no site has a value.
    """
    moment, past = _past(history, issued)
    seen = models.view(model, past, end=moment, said=said)
    wanted = _wanted(seen.grid, sites)
    origin = np.array([seen.grid.row_of(moment) - 1])
    values = {item: _levels(model, seen, item, origin, horizon, wanted) for item in model.items}
    paths = {
        item: _paths(model, seen, item, moment, levels, wanted, members)
        for item, (_, levels) in values.items()
    }
    asked = list(items or model.items)
    rest = [i for i in asked if i not in values and i in seen.grid.values]
    alone = _alone(seen.grid, moment, wanted, horizon, rest, members)
    values |= {item: v for item, (v, _) in alone.items()}
    paths |= {item: p for item, (_, p) in alone.items()}
    made = Said(seen.grid, moment, wanted, _ordered(values), _ordered(paths))
    label = models.label(model, seen)
    return made.issued(label, list(alone), leads, standard, made.reasons(asked, list(alone), sites))


def issue_simplest(
    history: pl.DataFrame,
    issued: datetime,
    *,
    cities: Mapping[str, Sequence[str]] | None = None,
    leads: int = 72,
    horizon: int = 168,
    sites: Sequence[str] | None = None,
    members: int = MEMBERS,
    standard: str = "auto",
) -> Issue:
    """As `issue`, where no model can be fitted: every item by the simplest member alone, and labelled so.

    Raises NoHistory when no site has a value.
    """
    moment, past = _past(history, issued)
    items = [i for i in ITEM_NAMES if i in past.columns]
    grid = with_cities(to_grid(past, items, end=moment), cities or {})
    wanted = _wanted(grid, sites)
    alone = _alone(grid, moment, wanted, horizon, items, members)
    if not alone:
        raise models.NoHistory(f"no measurement of the 60 days before {issued.isoformat()}")
    values, paths = {i: v for i, (v, _) in alone.items()}, {i: p for i, (_, p) in alone.items()}
    made = Said(grid, moment, wanted, values, paths)
    return made.issued(simplest.NAME, [], leads, standard, made.reasons(ITEM_NAMES, list(alone), sites))


def _past(history: pl.DataFrame, issued: datetime) -> tuple[datetime, pl.DataFrame]:
    """The whole hour of an issue, and what counts at it: hours that had ended, of the last 60 days."""
    moment = issued.replace(minute=0, second=0, microsecond=0)
    past = models.known_until(history, moment).filter(pl.col("start") >= moment - models.LOOK_BACK)
    if past.is_empty():
        raise models.NoHistory(f"no measurement of the 60 days before {issued.isoformat()}")
    return moment, past


def _wanted(grid: Grid, sites: Sequence[str] | None) -> list[int]:
    return [k for k, s in enumerate(grid.sites) if sites is None or s in sites or s.startswith("city:")]


Value = TypeVar("Value")


def _ordered(found: dict[str, Value]) -> dict[str, Value]:
    """In the usual order of the items."""
    return {i: found[i] for i in ITEM_NAMES if i in found}


def _alone(
    grid: Grid, moment: datetime, wanted: list[int], horizon: int, items: Sequence[str], members: int
) -> dict[str, tuple[tuple[Array, Array], Array]]:
    """What the simplest member says of the items that have any value: means and levels, and paths."""
    out = {}
    for item in items:
        mean = simplest.means(grid.values[item][: grid.row_of(moment), wanted], horizon)
        if np.isfinite(mean).any():
            levels = simplest.quantiles(mean, item)
            out[item] = (mean, levels), simplest.paths(levels, members)
    return out


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
    origins = models.past_origins(model, seen, row, row)
    if len(origins) and not seen.blind:
        leads = np.array(models.LOOKED_BACK)
        mean = np.stack([models.means(model, seen, item, origins, int(lead)) for lead in leads])
        days = season.day_of_year(seen.grid.first, origins + 1)
        for k, past in enumerate(origins):
            levels = model.spreads[item].quantiles(mean[:, k], leads, seen.columns, float(days[k]))
            met.add_places(int(past), leads, levels, rows_of(seen.grid.values[item], past + leads))
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
