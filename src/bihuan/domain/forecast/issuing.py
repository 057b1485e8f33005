"""Issuing: hourly quantiles, joint sample paths, daily values, all as of one moment."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.domain.forecast import areas as regions
from bihuan.domain.forecast import model as models
from bihuan.domain.forecast import paths, recent_bias, season, simplest
from bihuan.domain.forecast.areas import Areas
from bihuan.domain.forecast.grid import Array, Grid, rows_of, to_grid
from bihuan.domain.forecast.model import Model, View
from bihuan.domain.forecast.paths import MEMBERS
from bihuan.domain.forecast.run_tables import Issue, Said
from bihuan.domain.forecast.spread import LEVELS
from bihuan.domain.quantities import ITEM_NAMES


def issue(
    model: Model,
    history: pl.DataFrame,
    issued: datetime,
    *,
    leads: int = 72,
    horizon: int = 168,
    sites: Sequence[str] | None = None,
    areas: Areas | None = None,
    members: int = MEMBERS,
    said: pl.DataFrame | None = None,
    items: Sequence[str] | None = None,
    standard: str = "auto",
) -> Issue:
    """Forecast as of `issued`: hours of leads 1..`leads`, days as far as `horizon` hours reach.

    Only rows of hours that had ended by `issued` count, and of them the last 60 days. Lead 1 is the first hour
    that ends after `issued` (whole hours). said: forecast weather as known at `issued`, for a model fitted with it
    (see `weather.with_forecasts`). items: which are wanted (default: those of the model); one that the model lacks, for
    want of history, is said by the simplest member alone and labelled so. sites: stations that are wanted (default: all);
    areas: cities and counties, from their stations (see `areas`). Raises NoHistory when no site has a value.
    """
    moment, past = _past(history, issued)
    seen = models.view(model, past, end=moment, said=said)
    wanted = _needed(seen.grid, sites, areas or {})
    origin = np.array([seen.grid.row_of(moment) - 1])
    values = {item: _levels(model, seen, item, origin, horizon, wanted) for item in model.items}
    each = {
        item: paths.joint(model, item, moment, levels, seen.columns[wanted], members)
        for item, (_, levels) in values.items()
    }
    asked = list(items or model.items)
    rest = [i for i in asked if i not in values and i in seen.grid.values]
    alone = _alone(seen.grid, moment, wanted, horizon, rest, members)
    values |= {item: v for item, (v, _) in alone.items()}
    each |= {item: p for item, (_, p) in alone.items()}
    made = _made(seen.grid, moment, wanted, sites, areas or {}, _ordered(values), _ordered(each))
    label = models.label(model, seen)
    return made.issued(label, list(alone), leads, standard, made.reasons(asked, list(alone), sites))


def issue_simplest(
    history: pl.DataFrame,
    issued: datetime,
    *,
    leads: int = 72,
    horizon: int = 168,
    sites: Sequence[str] | None = None,
    areas: Areas | None = None,
    members: int = MEMBERS,
    standard: str = "auto",
) -> Issue:
    """As `issue`, where no model can be fitted: every item by the simplest member alone, and labelled so.

    Raises NoHistory when no site has a value.
    """
    moment, past = _past(history, issued)
    items = [i for i in ITEM_NAMES if i in past.columns]
    grid = to_grid(past, items, end=moment)
    wanted = _needed(grid, sites, areas or {})
    alone = _alone(grid, moment, wanted, horizon, items, members)
    if not alone:
        raise models.NoHistory(f"no measurement of the 60 days before {issued.isoformat()}")
    values, each = {i: v for i, (v, _) in alone.items()}, {i: p for i, (_, p) in alone.items()}
    made = _made(grid, moment, wanted, sites, areas or {}, values, each)
    return made.issued(simplest.NAME, [], leads, standard, made.reasons(ITEM_NAMES, list(alone), sites))


def _past(history: pl.DataFrame, issued: datetime) -> tuple[datetime, pl.DataFrame]:
    """The whole hour of an issue, and what counts at it: hours that had ended, of the last 60 days."""
    moment = issued.replace(minute=0, second=0, microsecond=0)
    past = models.known_until(history, moment).filter(pl.col("start") >= moment - models.LOOK_BACK)
    if past.is_empty():
        raise models.NoHistory(f"no measurement of the 60 days before {issued.isoformat()}")
    return moment, past


def _needed(grid: Grid, sites: Sequence[str] | None, areas: Areas) -> list[int]:
    """Columns of the stations that are wanted themselves or for their area."""
    mine = {s for stations in areas.values() for s in stations}
    return [k for k, s in enumerate(grid.sites) if sites is None or s in sites or s in mine]


def _made(
    grid: Grid,
    moment: datetime,
    needed: list[int],
    sites: Sequence[str] | None,
    areas: Areas,
    values: dict[str, tuple[Array, Array]],
    each: dict[str, Array],
) -> Said:
    """What is said of the stations that are wanted, and of their areas."""
    names = [grid.sites[k] for k in needed]
    kept = [n for n, s in enumerate(names) if sites is None or s in sites]
    members = regions.columns_of(areas, names)
    whole = regions.with_areas(grid, areas)
    said: dict[str, tuple[Array, Array]] = {}
    paths_of: dict[str, Array] = {}
    for item, (mean, levels) in values.items():
        of_areas = regions.mean_over(each[item], members.values())
        means = regions.mean_over(mean, members.values())
        said[item] = (
            np.concatenate([mean[:, kept], means], axis=1),
            np.concatenate([levels[:, kept], regions.quantiles(of_areas, LEVELS)], axis=1),
        )
        paths_of[item] = np.concatenate([each[item][..., kept], of_areas], axis=-1)
    places = [*(names[n] for n in kept), *members]
    return Said(whole, moment, [whole.sites.index(p) for p in places], said, paths_of)


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
    return mean, recent_bias.corrected(levels, leads, _places(model, seen, item, int(origin[0])))


def _places(model: Model, seen: View, item: str, row: int) -> Array:
    """Where in its forecasts what came true lay lately: of validation, and of what the model would have said since."""
    met = recent_bias.moved(seen.met[item], 0, seen.grid.hours)
    origins, leads = seen.looked_back[item].origins, np.array(models.LOOKED_BACK)
    mean, days = models.past_means(seen, item), season.day_of_year(seen.grid.first, origins + 1)
    for k, past in enumerate(origins):
        levels = model.spreads[item].quantiles(mean[:, k], leads, seen.columns, float(days[k]))
        met.add_places(int(past), leads, levels, rows_of(seen.grid.values[item], past + leads))
    return met.shares(row)
