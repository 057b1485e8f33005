"""Scores of the frozen runs of the last days, with persistence and damped persistence beside them."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import polars as pl

from bihuan import clock
from bihuan.domain.forecast import verification as v
from bihuan.domain.statistics import city_days, daily_values, published_days
from bihuan.registry.forecasting import cities
from bihuan.registry.hours import hours_of
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


def levels(place: str) -> list[dict[str, Any]]:
    """Daily AQI level by days ahead: share hit, share within one level, and the hits of "as on the last whole day"."""
    now = clock.now()
    runs = tuple(air.forecasts().runs(now, limit=MOST_RUNS))
    return _levels(place, runs, air.whole_hour(now).isoformat())


@lru_cache(maxsize=32)
def _levels(place: str, runs: tuple[str, ...], until: str) -> list[dict[str, Any]]:
    now = clock.now()
    recent = [r for r in map(air.load_run, runs) if r.issued >= now - SPAN]
    measured = _measured_levels(place, now)
    if not recent or measured.is_empty():
        return []
    said = (
        pl.concat([r.days for r in recent]).filter(pl.col("site") == place).with_columns(model=pl.lit("ours"))
    )
    ours = v.level_hits(said, measured)
    yesterday = measured.select(
        "site", pl.col("date").dt.offset_by("1d").alias("base"), pl.col("level").alias("_before")
    )
    issued = said.filter(pl.col("item") == "aqi").select(
        "site", "date", base=pl.col("issued").dt.convert_time_zone("Asia/Shanghai").dt.date()
    )
    kept = issued.join(yesterday, on=["site", "base"]).join(measured, on=["site", "date"])
    ahead = (pl.col("date") - pl.col("base")).dt.total_days().alias("ahead")
    persistence = kept.group_by(ahead).agg(persistence=(pl.col("level") == pl.col("_before")).mean())
    return (
        ours.join(persistence.cast({"ahead": ours.schema["ahead"]}), on="ahead", how="left")
        .sort("ahead")
        .to_dicts()
    )


def _measured_levels(place: str, now: datetime) -> pl.DataFrame:
    """site, date, level of the whole days that were measured, for a station or a city."""
    codes = cities()[place.removeprefix("city:")] if place.startswith("city:") else [place]
    days = daily_values(hours_of(codes, now - SPAN - timedelta(days=2), now, decided=True))
    if days.is_empty():
        return pl.DataFrame(schema={"site": pl.String, "date": pl.Date, "level": pl.Int8})
    if place.startswith("city:"):
        towns = pl.DataFrame({"site": codes, "city": [place] * len(codes)})
        days = city_days(days, towns)
    return published_days(days).select("site", "date", "level").drop_nulls()
