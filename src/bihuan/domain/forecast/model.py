"""The forecast model of a set of sites: fit from history, then issue as of any later moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bihuan.domain.forecast import recent_bias, season, spread, training
from bihuan.domain.forecast.combining import without_weather
from bihuan.domain.forecast.features import Bank
from bihuan.domain.forecast.grid import DAY, Array, Grid, rows_of, to_grid
from bihuan.domain.forecast.linear import BLOCKS, block_of
from bihuan.domain.forecast.recent_bias import Experience
from bihuan.domain.forecast.spread import Spread
from bihuan.domain.forecast.training import ItemModel
from bihuan.domain.forecast.trees import Size
from bihuan.domain.forecast.weather import Outlook, fields, with_forecasts
from bihuan.domain.quantities import ITEM_NAMES, WEATHER_NAMES
from bihuan.domain.timeaxis import HOUR

VERSION = "bihuan-4"
LEAST_DAYS = 5
LOOK_BACK = timedelta(days=60)
EVERY = 6  # hours between the origins that are looked back on
LOOKED_BACK = (2, 5, 9, 18, 30, 42, 54, 66, 96, 144)  # leads, hours
LOOKED_BACK_DAYS = 30  # older ones count a quarter, and cost as much
Weather = Literal["none", "observed", "noisy", "forecast"]


class NoHistory(ValueError):
    """Nothing can be forecast: says which sites lack what."""


@dataclass(frozen=True)
class Model:
    """Fitted for `sites`. Holds arrays, plain values and trees only, so that a file of it needs no code (forecasting.model_files)."""

    items: dict[str, ItemModel]
    spreads: dict[str, Spread]
    ranks: dict[str, Array]
    path_hours: NDArray[np.int64]
    experiences: dict[str, Experience]
    inputs: tuple[str, ...]
    sites: tuple[str, ...]
    weather: Weather
    first: datetime
    until: datetime
    validation: dict[str, dict[str, list[float]]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name written into every row: version, `-linear` where no trees could be learned, weather, fit date."""
        trees = "" if any(i.trees for i in self.items.values()) else "-linear"
        kind = "" if self.weather == "none" else f"+{self.weather}-weather"
        return f"{VERSION}{trees}{kind}@{self.until + timedelta(hours=8):%Y%m%d}"


@dataclass(frozen=True)
class LookedBack:
    """What the members together would have said of an item since the fit: mixed [lead of LOOKED_BACK, origin, site]."""

    origins: NDArray[np.int64]
    mixed: Array


@dataclass(frozen=True)
class View:
    """What is known at one or more origins: columns of every item, ready to predict from."""

    grid: Grid
    banks: dict[str, dict[str, Bank]]
    columns: NDArray[np.int64]  # fitted column of each site, -1 when new
    blind: bool  # the model was fitted with forecast weather, and there is none
    met: dict[
        str, Experience
    ]  # what lately came true of each item's means, of days that had ended at each origin
    looked_back: dict[str, LookedBack]


SEED = 20190101  # of the error that is added to observed weather


def noise_of(weather: Weather) -> int | None:
    """Seed of the weather's error; None for weather as it is."""
    return SEED if weather in ("noisy", "forecast") else None


def known_until(history: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """Rows of hours that had ended by `moment`."""
    return history.filter(pl.col("start") + HOUR <= moment)


def fit(
    history: pl.DataFrame,
    *,
    items: Sequence[str] = ITEM_NAMES,
    weather: Weather = "none",
    said: pl.DataFrame | None = None,
    size: Size | None = None,
    say: Callable[[str, int, int], None] | None = None,
) -> Model:
    """Fit `items` on the wide `history` (site, start, items[, weather]); every row given is used.

    weather: `none`; `observed` (future weather as measured, an upper bound); `noisy` (with the error that
    `domain.forecast.weather` states, in training too); `forecast` (as it had been forecast, by `said`: see
    `weather.with_forecasts`). Items that no site has are left out.
    Raises NoHistory with fewer than 5 days of rows.
    """
    inputs = tuple(i for i in ITEM_NAMES if i in history.columns)
    grid = _grid_of(history, inputs)
    grid, outlook = _outlook(grid, weather, said, grid.hours)
    found = [i for i in items if i in inputs and np.isfinite(grid.values[i]).sum() >= LEAST_DAYS * 24]
    fitted: dict[str, ItemModel] = {}
    spreads, ranks, scores, experiences = {}, {}, {}, {}
    origins = np.zeros(0, dtype=np.int64)
    for k, item in enumerate(found):
        with threadpool_limits(1):  # many small products: waiting threads cost more than they bring
            fitted[item], validation = training.fit_item(grid, item, outlook=outlook, size=size)
        days = season.day_of_year(grid.first, validation.origins)
        spreads[item] = spread.learn(validation, days)
        ranks[item] = spread.past_ranks(validation, spreads[item], days)
        experiences[item] = recent_bias.of_validation(validation, spreads[item], days, grid.hours)
        scores[item] = {m: [round(float(x), 3) for x in r] for m, r in validation.rmse.items()}
        count = len(validation.origins)
        origins = validation.origins[
            np.unique(np.linspace(0, count - 1, min(spread.PATHS, count)).astype(int))
        ]
        if say:
            say(f"fit {item}", k + 1, len(found))
    until = grid.first + grid.hours * HOUR
    return Model(
        fitted,
        spreads,
        ranks,
        origins % 24,
        experiences,
        inputs,
        grid.sites,
        weather,
        grid.first,
        until,
        scores,
    )


def _grid_of(history: pl.DataFrame, items: Sequence[str]) -> Grid:
    if history.is_empty():
        raise NoHistory("no rows of history; import measurements first")
    grid = to_grid(history, items)
    if grid.hours < LEAST_DAYS * 24:
        raise NoHistory(
            f"only {grid.hours / 24:.1f} days of history; a forecast needs {LEAST_DAYS} days of hourly values"
        )
    return grid


def _outlook(
    grid: Grid, weather: Weather, said: pl.DataFrame | None, known: int
) -> tuple[Grid, Outlook | None]:
    """The grid, and the weather that a model of this kind may look at; `known`: row from which all is forecast."""
    if weather == "none":
        return grid, None
    seed = noise_of(weather)
    if weather != "forecast" or seed is None:
        return grid, training.outlook_of(grid, seed)
    if said is None or said.is_empty():
        raise NoHistory("no forecast weather is kept; import some, or fit without weather")
    whole, ahead = with_forecasts(grid, said, known, seed)
    return whole, Outlook(fields(whole), seed, ahead)


def view(
    model: Model,
    history: pl.DataFrame,
    *,
    end: datetime,
    first: datetime | None = None,
    said: pl.DataFrame | None = None,
) -> View:
    """Lay out `history` for prediction; rows of items that start at or after `end` are never looked at.

    first: first origin, where there are several up to `end`. said: forecast weather known at `end`, for a model fitted
    with it. A model fitted with weather is blind when no weather is known after the first origin.
    """
    new = sorted(set(history.filter(pl.col("start") < end)["site"].unique()) - set(model.sites))
    ahead = model.weather != "none"
    told = history if model.weather != "forecast" else said
    last = told["start"].max() if told is not None else None
    reach = max(end, last + HOUR) if ahead and isinstance(last, datetime) else end
    grid = to_grid(history, model.inputs, sites=[*model.sites, *new], end=reach)
    beyond = max(grid.row_of(end), 0)
    for block in grid.values.values():
        block[beyond:] = np.nan
    columns = np.array([model.sites.index(s) if s in model.sites else -1 for s in grid.sites])
    outlook = None
    if ahead and told is not None and _reaches(told, first or end):
        grid, outlook = _outlook(grid, model.weather, said, grid.row_of(end))
    banks = {
        i: training.banks_of(grid, i, m.links.at(columns), outlook, m.past.at(columns) if m.past else None)
        for i, m in model.items.items()
    }
    seen = View(grid, banks, columns, ahead and outlook is None, {}, {})
    for item in model.items:
        seen.looked_back[item] = _looked_back(
            model, seen, item, grid.row_of(first or end), min(grid.row_of(end), grid.hours)
        )
        seen.met[item] = _met(model, seen, item)
    return seen


def _looked_back(model: Model, seen: View, item: str, row: int, until: int) -> LookedBack:
    """At origins before row `until` - 1: since the fit, of the last month before `row` at most.

    None when it must do without its weather: it then is another model.
    """
    first = max(seen.grid.row_of(model.until) - 1, row - LOOKED_BACK_DAYS * DAY, 0)
    origins = np.arange(first, 0 if seen.blind else until - 1, EVERY)
    if not len(origins):
        return LookedBack(origins, np.zeros((len(LOOKED_BACK), 0, len(seen.grid.sites))))
    return LookedBack(origins, np.stack([_mixed(model, seen, item, origins, lead) for lead in LOOKED_BACK]))


def _met(model: Model, seen: View, item: str) -> Experience:
    """What validation met lately, and what came true of what the model would have said since; nothing when it is blind."""
    rows, back = seen.grid.hours, seen.looked_back[item]
    if seen.blind:
        return recent_bias.empty(0, rows)
    met = recent_bias.moved(model.experiences[item], (seen.grid.first - model.first) // HOUR, rows)
    for k, lead in enumerate(LOOKED_BACK):
        met.add_means(back.origins, lead, back.mixed[k], rows_of(seen.grid.values[item], back.origins + lead))
    return met


def _reaches(history: pl.DataFrame, moment: datetime) -> bool:
    """Whether any weather is known for hours that start at or after `moment`."""
    known = [pl.col(c).is_not_null() for c in WEATHER_NAMES if c in history.columns]
    return bool(known) and not history.filter(pl.col("start") >= moment, pl.any_horizontal(known)).is_empty()


def label(model: Model, seen: View) -> str:
    """The model's name, with `-no-weather` when it had to do without the weather it was fitted with."""
    return f"{model.name}-no-weather" if seen.blind else model.name


def means(model: Model, seen: View, item: str, origins: NDArray[np.int64], lead: int) -> Array:
    """Conditional mean [origin, site] at one lead; NaN where the site never had a value by the origin.

    The members as weighted, moved by what they lately missed.
    """
    return _finished(seen, item, origins, lead, _mixed(model, seen, item, origins, lead))


def past_means(seen: View, item: str) -> Array:
    """The same at the origins that were looked back on [lead of LOOKED_BACK, origin, site]."""
    back = seen.looked_back[item]
    parts = zip(LOOKED_BACK, back.mixed, strict=True)
    return np.stack([_finished(seen, item, back.origins, lead, mixed) for lead, mixed in parts])


def _finished(seen: View, item: str, origins: NDArray[np.int64], lead: int, mixed: Array) -> Array:
    moved = mixed + lately_missed(seen, item, origins, lead)[:, None]
    measured = np.cumsum(np.isfinite(seen.grid.values[item]), axis=0)[origins] > 0
    return np.asarray(np.where(measured, np.maximum(moved, 0.0), np.nan))


def lately_missed(seen: View, item: str, origins: NDArray[np.int64], lead: int) -> Array:
    """What the combination of the members is moved by [origin] at one lead."""
    return np.asarray(seen.met[item].shift(origins)[block_of(lead)])


def _mixed(model: Model, seen: View, item: str, origins: NDArray[np.int64], lead: int) -> Array:
    fitted = model.items[item]
    values = training.member_values(
        seen.banks[item], fitted.linear, fitted.trees, fitted.variance, origins, lead
    )
    block = min(block_of(lead), len(BLOCKS) - 1)
    weights = without_weather(fitted.members, block) if seen.blind else fitted.weights[block]
    return np.asarray(np.sum([w * values[m] for w, m in zip(weights, fitted.members, strict=True)], axis=0))


def member_means(
    model: Model, seen: View, item: str, origins: NDArray[np.int64], lead: int
) -> dict[str, Array]:
    """Each member's mean [origin, site] at one lead (for the table of peers and the forecaster's desk)."""
    fitted = model.items[item]
    return training.member_values(
        seen.banks[item], fitted.linear, fitted.trees, fitted.variance, origins, lead
    )
