"""Statistical peers of the library statsforecast (optional): AutoETS, MSTL and AutoTheta, each series by itself.

They fit anew at every origin and take a second or so for each site, so they run on a sample of sites and origins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Any

import numpy as np
import polars as pl

from bihuan.domain.forecast import rolling
from bihuan.domain.forecast.grid import DAY, Array, to_grid
from bihuan.domain.forecast.run_tables import QUANTILES
from bihuan.domain.timeaxis import HOUR

NAMES = ("AutoETS", "MSTL", "AutoTheta")
SITES, ORIGINS = 3, 8
SPAN = timedelta(days=60)
"""History of each fit. Longer makes the fits slower and, for hourly values with a daily course, hardly different."""
LEAST = 14 * DAY  # hours: two weeks, which MSTL's weekly course needs
INSTALL = "pip install 'bihuan[peers]'"


def available() -> bool:
    """Whether the library is installed; it is imported only when used, as that takes seconds."""
    return find_spec("statsforecast") is not None


@dataclass(frozen=True)
class Sample:
    """Where the slow peers run: some of the sites and origins, evenly spread."""

    sites: tuple[str, ...]
    origins: tuple[datetime, ...]


def sample(
    sites: Sequence[str], origins: Sequence[datetime], *, most_sites: int = SITES, most_origins: int = ORIGINS
) -> Sample:
    """One drawn (always the same) from each of so many equal parts, by code and by time.

    An even step could meet the same hour of the day every time.
    """
    sites, origins = sorted(sites), sorted(origins)
    return Sample(
        tuple(sites[k] for k in _places(len(sites), most_sites)),
        tuple(origins[k] for k in _places(len(origins), most_origins)),
    )


def _places(count: int, most: int) -> list[int]:
    parts = np.array_split(np.arange(count), min(count, most))
    chance = np.random.default_rng(5)
    return [int(chance.choice(part)) for part in parts]


def rows(history: pl.DataFrame, item: str, origin: datetime, leads: int, chosen: Sample) -> pl.DataFrame:
    """What each of NAMES says at one origin for the sampled sites: rows as of `rolling.table`, `model` = its name.

    history: wide rows. Only hours that had ended by the origin are seen; gaps are filled by straight lines, for these models
    know no missing value. A site with less than two weeks of values, or silent at the origin for a day, has no row.
    """
    known = history.filter(pl.col("start") + HOUR <= origin, pl.col("start") >= origin - SPAN)
    said = {name: np.full((leads, 1, len(chosen.sites)), np.nan) for name in NAMES}
    if not known.is_empty() and item in known.columns:
        grid = to_grid(known, (item,), sites=chosen.sites, end=origin)
        for k in range(len(chosen.sites)):
            past = _filled(grid.values[item][:, k])
            if past is not None:
                for name, model in _models().items():
                    said[name][:, 0, k] = np.maximum(model.forecast(y=past, h=leads)["mean"], 0.0)
    none = np.full((leads, 1, len(chosen.sites), len(QUANTILES)), np.nan)
    return pl.concat(
        rolling.table(chosen.sites, item, [origin], mean, none).with_columns(model=pl.lit(name))
        for name, mean in said.items()
    )


def _models() -> dict[str, Any]:
    from statsforecast import models

    return {
        "AutoETS": models.AutoETS(season_length=DAY),
        "MSTL": models.MSTL(season_length=[DAY, 7 * DAY]),
        "AutoTheta": models.AutoTheta(season_length=DAY),
    }


def _filled(values: Array) -> Array | None:
    """Values from the first one on with gaps filled by straight lines; None with too few, or none in the last day."""
    there = np.flatnonzero(np.isfinite(values))
    if len(there) < LEAST or len(values) - there[-1] > DAY:
        return None
    return np.asarray(np.interp(np.arange(there[0], len(values)), there, values[there]))
