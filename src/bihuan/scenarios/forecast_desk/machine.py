"""What the machine says in a frozen run of a place, in plain values, and its hours as a person moved them."""

from datetime import date, datetime
from typing import Any

import polars as pl

from bihuan.archive.forecasts import Run


def machine_days(run: Run, place: str) -> list[dict[str, Any]]:
    """The run's own days as plain values: date, item, mean, quantiles and chances, and the likeliest primary item."""
    primary = likeliest_primary(run, place)
    rows = run.days.filter(pl.col("site") == place).sort("date", "item")
    keep = [c for c in rows.columns if c not in ("site", "issued", "model")]
    return [
        {**row, "date": row["date"].isoformat(), "primary": primary.get(row["date"], "")}
        for row in rows.select(keep).iter_rows(named=True)
    ]


def likeliest_primary(run: Run, place: str) -> dict[date, str]:
    """Day -> the primary item of most paths (empty: none)."""
    votes = (
        run.members.filter(pl.col("site") == place).group_by("date", pl.col("primary").fill_null("")).len()
    )
    first = votes.sort("date", "len", "primary", descending=[False, True, False]).unique("date", keep="first")
    return dict(first.select("date", "primary").iter_rows())


def adjusted_hours(run: Run, place: str, periods: list[dict[str, Any]]) -> pl.DataFrame:
    """The run's hours of the items that were adjusted: item, start, machine, person (never below 0)."""
    items = sorted({p["item"] for p in periods})
    rows = run.hours.filter(pl.col("site") == place, pl.col("item").is_in(items))
    person = pl.col("mean")
    for p in periods:
        first, until = (datetime.fromisoformat(p[k]) for k in ("first", "until"))
        inside = (pl.col("item") == p["item"]) & pl.col("start").is_between(first, until, closed="left")
        person = pl.when(inside).then(person * p["factor"] + p["shift"]).otherwise(person)
    return rows.select("item", "start", machine="mean", person=person.clip(lower_bound=0.0)).sort(
        "item", "start"
    )
