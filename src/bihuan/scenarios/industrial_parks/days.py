"""Observations of outlets and stations as means of days and months. Pure: frames in, frames out; days and months are those of China.

A day is what the laboratory says of it; else the hours of that day, weighted by the flow where it is known, if three quarters of those due
are valid (HJ 356-2019 chapter 7, clause not checked); else the day of the logger; else the mean of the samples of a moment. A month is the
mean of its days; of one that has samples of a moment only, the mean of these; else what was sent of the whole month.
"""

import polars as pl

from bihuan.domain.flags import STOPPED, measured
from bihuan.domain.timeaxis import INSTANT, local_date

VALUES = pl.Schema(
    {
        "site": pl.String(),
        "quantity": pl.String(),
        "period": pl.String(),
        "start": INSTANT,
        "value": pl.Float64(),
        "flag": pl.String(),
        "logged": pl.Boolean(),
    }
)
"""Observations; logged: as the logger of the place sent them, not in a file."""
DAYS = pl.Schema(
    {
        "site": pl.String(),
        "quantity": pl.String(),
        "day": pl.Date(),
        "value": pl.Float64(),
        "sample": pl.Boolean(),
    }
)
"""sample: of a moment, which is no mean of a day."""
MONTHS = pl.Schema(
    {
        "site": pl.String(),
        "quantity": pl.String(),
        "month": pl.Date(),
        "value": pl.Float64(),
        "days": pl.Int64(),
        "samples": pl.Int64(),
    }
)
"""days: of how many; samples: days that have samples of a moment only. month: its first day."""
FLOW = "w00000"
"""Of water [L/s]."""
A_DAY = 86.4
"""m³/d in one L/s."""
DUE = 0.75
"""Share of the hours due of a day that must be valid."""
HOURS = {"hour": 1, "4h": 4}
MOMENTS = ("realtime", "minute", "5min", "10min")
SERIES = ["site", "quantity"]


def days_of(values: pl.DataFrame) -> pl.DataFrame:
    """VALUES -> DAYS."""
    day = values.with_columns(local_date().alias("day"))
    good = day.filter(measured(), pl.col("value").is_not_null())
    whole = good.filter(pl.col("period") == "day")
    moments = good.filter(pl.col("period").is_in(MOMENTS), ~pl.col("logged"))
    ranked = [
        _means(whole.filter(~pl.col("logged"))),
        _of_hours(day),
        _means(whole.filter("logged")),
        _means(moments).with_columns(sample=pl.lit(value=True)),
    ]
    every = pl.concat([part.select(list(DAYS)).with_columns(rank=n) for n, part in enumerate(ranked)])
    best = every.sort("rank").unique([*SERIES, "day"], keep="first", maintain_order=True)
    return best.select(list(DAYS)).sort(*SERIES, "day")


def _means(rows: pl.DataFrame) -> pl.DataFrame:
    means = rows.group_by(*SERIES, "day").agg(pl.col("value").mean())
    return means.with_columns(sample=pl.lit(value=False))


def _of_hours(values: pl.DataFrame) -> pl.DataFrame:
    """Means of days of which enough hours are valid."""
    rows = values.filter(pl.col("period").is_in(list(HOURS)))
    rows = rows.sort("logged").unique([*SERIES, "start"], keep="first", maintain_order=True)
    rows = rows.with_columns(good=measured() & pl.col("value").is_not_null())
    flows = rows.filter(pl.col("quantity") == FLOW, "good").select("site", "start", flow="value")
    rows = rows.join(flows, on=["site", "start"], how="left")
    rows = rows.with_columns(counts=_counted())
    length = pl.col("period").replace_strict(HOURS, return_dtype=pl.Int64)
    value, flow = pl.col("value").filter("counts"), pl.col("flow").filter("counts")
    days = rows.group_by(*SERIES, "day").agg(
        pl.when(pl.col("quantity").first() != FLOW, flow.len() > 0, flow.null_count() == 0)
        .then((value * flow).sum() / flow.sum())
        .otherwise(value.mean())
        .alias("value"),
        got=length.filter("counts").sum(),
        due=24 - length.filter(pl.col("flag") == STOPPED).sum(),
    )
    enough = days.filter(pl.col("got") > 0, pl.col("got") >= DUE * pl.col("due"))
    return enough.with_columns(pl.col("value").fill_nan(None), sample=pl.lit(value=False)).drop_nulls("value")


def _counted() -> pl.Expr:
    """Which hours make the mean: the valid ones, and where the flow of some is known, these alone."""
    weighed = pl.col("good") & pl.col("flow").is_not_null()
    return pl.when(weighed.any().over(*SERIES, "day")).then(weighed).otherwise(pl.col("good"))


def months_of(values: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """VALUES and their DAYS -> MONTHS."""
    month = pl.col("day").dt.truncate("1mo").alias("month")
    full, samples = pl.col("value").filter(~pl.col("sample")), pl.col("value").filter("sample")
    means = days.group_by(*SERIES, month).agg(
        pl.coalesce(full.mean(), samples.mean()).alias("value"),
        days=full.len().cast(pl.Int64),
        samples=samples.len().cast(pl.Int64),
    )
    sent = values.filter(pl.col("period") == "month", measured(), pl.col("value").is_not_null())
    whole = sent.group_by(*SERIES, local_date().dt.truncate("1mo").alias("month")).agg(pl.col("value").mean())
    rest = whole.join(means, on=[*SERIES, "month"], how="anti")
    none = pl.lit(0, pl.Int64)
    both = pl.concat(
        [means.select(list(MONTHS)), rest.with_columns(days=none, samples=none).select(list(MONTHS))]
    )
    return both.sort(*SERIES, "month")
