"""The scores of a place and span as rows that the page and the monthly report show."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from bihuan.domain.quantities import BY_NAME
from bihuan.domain.timeaxis import local_date
from bihuan.domain.verification import assessment, chances, fairmode
from bihuan.domain.verification.bootstrap import difference
from bihuan.domain.verification.episodes import episode_errors, episode_scores
from bihuan.domain.verification.errors import error_scores, exceedances
from bihuan.domain.verification.pairs import shared
from bihuan.domain.verification.quantiles import LEVELS, coverage, quantile_reliability, quantile_scores
from bihuan.scenarios.forecast.scores import gathering
from bihuan.scenarios.forecast.scores.gathering import MODELS, Gathered

Rows = list[dict[str, Any]]
MAIN = ("pm25", "o3")
SQUARE = (pl.col("mean") - pl.col("observed")) ** 2
CHANCES = (75.0, 150.0)
EPISODE = 75.0
ORDER = list(MODELS)


def of_items(pairs: pl.DataFrame, items: Sequence[str], models: Sequence[str] | None = None) -> pl.DataFrame:
    mine = pairs.filter(pl.col("item").is_in(list(items)) & pl.col("block").is_not_null())
    return mine if models is None else mine.filter(pl.col("model").is_in(list(models)))


def rows_of(table: pl.DataFrame, *keys: str) -> Rows:
    """Sorted for people: items and models in their usual order; `name` is the model's."""
    items, models = [*BY_NAME, "o3_8h", "aqi"], ORDER
    place = [
        pl.col(k).replace_strict({v: n for n, v in enumerate(items if k == "item" else models)}, default=99)
        if k in ("item", "model")
        else pl.col(k)
        for k in keys
    ]
    rows = table.sort(place).to_dicts()
    return [{**r, "name": MODELS[r["model"]]} if "model" in r else r for r in rows]


def errors(g: Gathered, items: Sequence[str] = MAIN) -> Rows:
    """By item, lead block and method, on the hours that all methods have; crps of a single value is its mae."""
    pairs = shared(of_items(g.hours, items))
    keys = ["item", "block", "model"]
    ours = quantile_scores(pairs.filter(pl.col("model") == "ours"), keys).select(*keys, "crps")
    table = error_scores(pairs, keys).join(ours, on=keys, how="left")
    table = table.with_columns(
        crps=pl.when(pl.col("model") == "ours").then("crps").otherwise("mae"),
    )
    return rows_of(table, *keys)


def comparison(g: Gathered, items: Sequence[str] = MAIN, by: Sequence[str] = ("item", "block")) -> Rows:
    """RMSE of ours over that of each reference with its 90 % interval, and what it says in words."""
    tables = [
        difference(of_items(g.hours, items), "ours", other, SQUARE, list(by), root=True).with_columns(
            model=pl.lit(other)
        )
        for other in ("persistence", "damped")
    ]
    return [{**r, "verdict": verdict(r)} for r in rows_of(pl.concat(tables), *by, "model")]


def verdict(row: dict[str, Any]) -> str:
    """What the interval says."""
    if row["ratio_low"] is None:
        return _("天数太少，不作区间")
    if row["ratio_high"] < 1:
        return _("显著优于")
    return _("显著劣于") if row["ratio_low"] > 1 else _("差别不显著")


def events(g: Gathered) -> Rows:
    """Exceedances: PM2.5 by lead block (hours), ozone's 8 h maximum by day ahead; ours and persistence, as far as both are."""
    hours = shared(of_items(g.hours, ("pm25",), ("ours", "persistence")))
    ozone = g.days.filter((pl.col("item") == "o3_8h") & (pl.col("model") != "damped")).with_columns(
        start="date"
    )
    days = shared(ozone).with_columns(block=pl.col("ahead").cast(pl.String) + "d")
    columns = ["item", "block", "model", "mean", "observed"]
    table = exceedances(
        pl.concat([hours.select(columns), days.select(columns)]), ["block", "model"]
    ).with_columns(happened=pl.col("hits") + pl.col("misses"))
    return rows_of(table, "item", "threshold", "block", "model")


def daily(g: Gathered, items: Sequence[str] = MAIN, last: int = 24) -> pl.DataFrame:
    """RMSE of each natural day (CST) over leads up to `last`: item, model, day, n, rmse; on the hours all methods have."""
    pairs = shared(of_items(g.hours, items)).filter(pl.col("lead") <= last)
    return error_scores(pairs.with_columns(day=local_date("start")), ["item", "model", "day"])


def by_day(g: Gathered) -> Rows:
    """The same, one row for each item and day, with the RMSE of every method in a column of its name."""
    table = daily(g).pivot("model", index=["item", "day", "n"], values="rmse")
    absent = [pl.lit(None, pl.Float64).alias(m) for m in MODELS if m not in table.columns]
    return rows_of(table.with_columns(absent), "item", "day")


def intervals(g: Gathered, items: Sequence[str] = MAIN) -> Rows:
    """How often the 90 % interval held what came, overall and in the top tenth; worst fault of any quantile; mean pinball loss."""
    pairs, keys = of_items(g.hours, items, ("ours",)), ["item", "block"]
    fault = (pl.col("share") - pl.col("level")).abs().max().alias("fault")
    worst = quantile_reliability(pairs, keys).group_by(keys).agg(fault)
    loss = pl.mean_horizontal(f"pinball_{q}" for q in LEVELS).alias("pinball")
    losses = quantile_scores(pairs, keys).select(*keys, loss)
    table = coverage(pairs, keys).join(worst, on=keys, how="left").join(losses, on=keys, how="left")
    return rows_of(table, *keys)


def brier(g: Gathered) -> Rows:
    """P(PM2.5 above 75 and 150) against how often the hour of the day exceeded in the 35 days before; no skill without enough."""
    rows = of_items(g.hours, ("pm25",), ("ours",))
    past = _before(g)
    found = []
    for threshold in CHANCES:
        pairs = rows.with_columns(chance=chances.chance_above(threshold))
        if past is None:
            table = chances.brier(pairs, threshold, ["block"]).with_columns(
                skill=pl.lit(None, pl.Float64), brier_reference=pl.lit(None, pl.Float64)
            )
        else:
            known = chances.with_climatology(pairs, chances.climatology(past, threshold))
            table = chances.brier(known, threshold, ["block"], reference="usual")
        bins = chances.reliability(pairs, threshold, ["block"])
        apart = bins.group_by("block").agg(fault=chances.unreliability())
        found.append(table.join(apart, on="block", how="left").with_columns(threshold=pl.lit(threshold)))
    return rows_of(pl.concat(found), "threshold", "block")


def _before(g: Gathered, *, least_days: int = 30) -> pl.DataFrame | None:
    """Measured PM2.5 before the span that the gathering already holds; None with fewer than `least_days`."""
    past = g.measured.filter((pl.col("item") == "pm25") & (pl.col("start") < g.span.first))
    return past if past.height >= least_days * 24 * 0.75 else None


def reliability(g: Gathered) -> Rows:
    """Reliability tables of P(PM2.5 > 75) by lead block."""
    pairs = of_items(g.hours, ("pm25",), ("ours",)).with_columns(chance=chances.chance_above(75.0))
    return rows_of(chances.reliability(pairs.filter(pl.col("lead") <= 72), 75.0, ["block"]), "block", "low")


def hits(g: Gathered) -> Rows:
    """Daily AQI by days ahead: single level, level range, index range, primary item; level of persistence."""
    by = ["ahead"]
    index, real = g.index, g.published
    tables = {
        "level": assessment.level_hits(index, real, by),
        "levels": assessment.level_range_hits(index, real, by).select("ahead", range_hit="hit"),
        "range": assessment.range_hits(index, real, by).select("ahead", index_hit="hit"),
        "primary": assessment.primary_hits(g.members, real, by).select(
            "ahead", primary_n="n", primary_hit="hit"
        ),
        "kept": _kept(g),
    }
    table = tables.pop("level")
    days = table.lazy().filter(pl.col("ahead") >= 1)
    for other in tables.values():
        days = days.join(other.lazy(), on="ahead", how="left")
    return days.sort("ahead").collect().to_dicts()


def _kept(g: Gathered) -> pl.DataFrame:
    """Share of days whose level was that of the last whole day before the issue."""
    said = g.days.filter((pl.col("model") == "persistence") & (pl.col("item") == "aqi"))
    same = assessment.level_at(pl.col("mean")) == assessment.level_at(pl.col("observed"))
    return said.group_by("ahead").agg(kept=same.mean())


def indicators(g: Gathered) -> Rows:
    """The FAIRMODE kind of indicator of daily values by item and days ahead, against either reference."""
    days = g.days.filter(pl.col("item").is_in(["pm25", "pm10", "o3_8h"]) & (pl.col("ahead") <= 3))
    tables = [
        fairmode.indicator(days, "ours", other, ["item", "ahead"]).with_columns(model=pl.lit(other))
        for other in ("persistence", "damped")
    ]
    return rows_of(pl.concat(tables), "item", "ahead", "model")


def episodes(g: Gathered) -> Rows:
    """Onset and peak of PM2.5 episodes by days of lead."""
    pick = pl.col("item") == "pm25"
    found = episode_errors(g.said.filter(pick), g.measured.filter(pick), EPISODE)
    day = (pl.col("lead") // 24 + 1).cast(pl.Int32).alias("ahead")
    return episode_scores(found.with_columns(day), ["ahead"]).to_dicts()


def by_site(span: gathering.Span, names: dict[str, str]) -> tuple[Rows, tuple[float, bool] | None]:
    """PM2.5 of the first 24 hours at each station against persistence, and the share of stations that are better."""
    pairs = gathering.stations(span, sorted(names))
    if pairs.is_empty():
        return [], None
    table = difference(pairs, "ours", "persistence", SQUARE, ["site"], root=True)
    rows = [{**r, "place": names[r["site"]], "verdict": verdict(r)} for r in table.to_dicts()]
    return rows, fairmode.share_met(table.select(met=pl.col("ratio") <= 1))
