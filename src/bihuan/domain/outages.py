"""Times in which the centre itself could not receive: what they explain is not counted against those who send."""

from datetime import timedelta

import polars as pl

from bihuan.domain.timeaxis import HOUR, INSTANT

OUTAGES = pl.Schema({"since": INSTANT, "until": INSTANT})  # until: exclusive
SETTLING = timedelta(minutes=15)
"""After an outage senders connect again: what is due meanwhile is still the outage's (own choice)."""
_NONE = timedelta(0)


def no_outages() -> pl.DataFrame:
    """A table without rows."""
    return pl.DataFrame(schema=OUTAGES)


def joined(outages: pl.DataFrame, settling: timedelta = SETTLING) -> pl.DataFrame:
    """OUTAGES that overlap or touch made one, each with the time in which senders come back; sorted."""
    rows = outages.select("since", pl.col("until") + settling).sort("since")
    reach = pl.col("until").cum_max().shift()
    run = (reach.is_null() | (pl.col("since") > reach)).cum_sum().alias("run")
    spans = rows.with_columns(run).group_by("run", maintain_order=True)
    return spans.agg(pl.col("since").first(), pl.col("until").max()).drop("run")


def explained(at: str | pl.Expr, outages: pl.DataFrame) -> pl.Expr:
    """Does an instant lie in an outage? outages: `joined`."""
    moment = pl.col(at) if isinstance(at, str) else at
    inside = [(moment >= since) & (moment < until) for since, until in outages.iter_rows()]
    return pl.any_horizontal(pl.lit(value=False), *inside)


def explained_time(start: pl.Expr, until: pl.Expr, outages: pl.DataFrame) -> pl.Expr:
    """How much of the time from `start` to `until` lies in outages. outages: `joined`."""
    parts = [
        pl.max_horizontal(
            pl.min_horizontal(until, pl.lit(end)) - pl.max_horizontal(start, pl.lit(since)), pl.lit(_NONE)
        )
        for since, end in outages.iter_rows()
    ]
    return pl.sum_horizontal(pl.lit(_NONE), *parts)


def touched_hours(outages: pl.DataFrame) -> pl.DataFrame:
    """The whole hours that outages touch: start. outages: `joined`."""
    hours = pl.datetime_ranges(pl.col("since").dt.truncate("1h"), "until", HOUR, closed="left")
    return outages.select(start=hours).explode("start").unique("start", maintain_order=True).drop_nulls()
