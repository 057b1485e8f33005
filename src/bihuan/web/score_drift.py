"""The watch on drift: the last 14 days of all places against the newest model's validation and what it saw before."""

import math
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import polars as pl
from django.conf import settings

from bihuan import clock
from bihuan.domain.forecast.linear import BLOCKS
from bihuan.domain.quantities import BY_NAME
from bihuan.domain.verification.drift import BEFORE_DAYS, Drift, drift
from bihuan.domain.verification.pairs import observed_long
from bihuan.registry.forecasting import cities
from bihuan.registry.hours import hours_of
from bihuan.web import air, scores

ITEMS = ("pm25", "o3")
FIRST_DAY = [k for k, (_, last) in enumerate(BLOCKS) if last <= 24]


def findings() -> list[Drift]:
    """One finding for each of ITEMS; empty without a run."""
    runs = scores.runs_of(scores.recent(clock.now()))
    return list(_findings(str(settings.DATA_DIR), runs, air.whole_hour(clock.now()))) if runs else []


@lru_cache(maxsize=4)
def _findings(root: str, runs: tuple[str, ...], hour: datetime) -> tuple[Drift, ...]:
    now = clock.now()
    meta = air.forecasts().meta(runs[-1])
    said = air.forecasts().part("hours", runs).filter(pl.col("item").is_in(ITEMS) & (pl.col("lead") <= 24))
    towns = cities()
    codes = sorted({s for s in said["site"].unique() if not s.startswith("city:")} | set(air.evaluated()))
    last = now - scores.RECENT
    fitted = [datetime.fromisoformat(t) for t in meta["fitted_on"][:1]]  # none of the simplest member alone
    first = max([*fitted, last - timedelta(days=BEFORE_DAYS)])
    rows = hours_of(codes, min(first, last), now, decided=True)
    pairs = said.join(observed_long(rows, ITEMS, towns), on=["site", "item", "start"])
    trained, fresh = rows.filter(pl.col("start") < last), rows.filter(pl.col("start") >= last)
    return tuple(
        drift(
            item,
            BY_NAME[item].label,
            pairs.filter(pl.col("item") == item),
            validated(meta, item),
            trained[item],
            fresh[item],
            days=scores.RECENT.days,
        )
        for item in ITEMS
    )


def validated(meta: dict[str, Any], item: str) -> float | None:
    """RMSE of the model's out-of-time validation over the first 24 hours, from the run's own record."""
    found = meta.get("validation", {}).get(item, {}).get("combined")
    if found is None or len(found) != len(BLOCKS):
        return None
    hours = [BLOCKS[k][1] - BLOCKS[k][0] + 1 for k in FIRST_DAY]
    squares = sum(n * found[k] ** 2 for n, k in zip(hours, FIRST_DAY, strict=True))
    return math.sqrt(squares / sum(hours))
