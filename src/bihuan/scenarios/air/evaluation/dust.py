"""Sand and dust side by side: a suggestion of affected hours and what a deduction would change. Nothing is deducted."""

from functools import lru_cache
from typing import Any

import polars as pl

from bihuan.domain.statistics import city_hours, dust_candidates, span_values, without_dust
from bihuan.domain.timeaxis import local_date
from bihuan.registry.hours import by_terms
from bihuan.scenarios.air.evaluation import snapshot, tables
from bihuan.scenarios.air.evaluation.places import groups
from bihuan.scenarios.air.evaluation.spans import Span

CHANGED = ("pm25", "pm10", "valid_days", "good_ratio", "composite")


@lru_cache(maxsize=16)
def side_by_side(taken: snapshot.Known, key: str, span: Span, standard: str) -> dict[str, Any]:
    """Episodes that look like dust in the city's hours, and the span's statistics with and without their days."""
    start, end = snapshot.whole_days(span.last, (span.last - span.first).days + 1)
    members = groups().filter(pl.col("city") == key)
    hours = snapshot.hours_of(members["site"].to_list(), start, end)
    episodes = (
        dust_candidates(by_terms(hours, members, "start", city_hours)) if hours.height else pl.DataFrame()
    )
    if episodes.is_empty():
        return {"episodes": [], "dates": 0}
    affected = _dates(episodes).with_columns(site=pl.lit(key))
    own = taken.days.filter(pl.col("site") == key)
    whole, less = (
        span_values(d, span.first, span.last, standard) for d in (own, without_dust(own, affected))
    )
    dec = {**tables.decimals(span.last, standard), "valid_days": 0}
    pairs = (
        [(c, whole[c].item(), less[c].item(), dec[c]) for c in CHANGED]
        if whole.height and less.height
        else []
    )
    return {"episodes": episodes.to_dicts(), "dates": affected.height, "pairs": pairs}


def _dates(episodes: pl.DataFrame) -> pl.DataFrame:
    ranges = episodes.select(date=pl.date_ranges(local_date("first"), local_date("last")))
    return ranges.explode("date").unique().sort("date")
