"""Scores of the frozen runs of the last days, with persistence and damped persistence beside them."""

from datetime import timedelta
from functools import lru_cache
from typing import Any

import polars as pl

from bihuan import clock
from bihuan.domain.forecast import verification as v
from bihuan.registry.forecasting import cities
from bihuan.web import air

SPAN = timedelta(days=14)
MOST_RUNS = 60
MODELS = {"ours": "本系统", "persistence": "持续性", "damped": "阻尼持续性"}


def table(place: str, items: tuple[str, ...] = ("pm25", "o3")) -> list[dict[str, Any]]:
    """Rows by item, lead block and model for runs issued within the last 14 days; empty without any."""
    now = clock.now()
    runs = tuple(r for r in air.forecasts().runs(now, limit=MOST_RUNS))
    return _table(place, items, runs, air.whole_hour(now).isoformat())


@lru_cache(maxsize=32)
def _table(place: str, items: tuple[str, ...], runs: tuple[str, ...], until: str) -> list[dict[str, Any]]:
    now = clock.now()
    loaded = [air.load_run(r) for r in runs]
    recent = [r for r in loaded if r.issued >= now - SPAN]
    if not recent:
        return []
    said = pl.concat([r.hours for r in recent]).filter(
        (pl.col("site") == place) & pl.col("item").is_in(items)
    )
    said = said.with_columns(model=pl.lit("ours"))
    towns = cities() if place.startswith("city:") else {}
    codes = air.evaluated() if towns else [place]
    measured = v.observed_long(air.hours(codes, now - SPAN - timedelta(days=35)), items, towns)
    measured = measured.filter(pl.col("site") == place)
    both = [v.score(said, measured)]
    keep = ["site", "item", "issued", "start", "lead", "mean", "model"]
    for name, reference in (("persistence", v.persistence), ("damped", v.damped)):
        made = reference(said, measured).with_columns(model=pl.lit(name)).select(keep)
        both.append(v.score(made, measured))
    found = pl.concat(both, how="diagonal").filter(pl.col("block").is_not_null())
    rows = found.sort("item", "block", "model").to_dicts()
    return [{**r, "name": MODELS[r["model"]]} for r in rows]
