"""Hours of minutes of a sewage outlet: which minutes count, the samples of the hour, valid hours, amounts.

A minute's value of a pollutant is held from the analyser's last sample, so an hour's value is that of its samples: the
values after the first change within the hour, or, where nothing changes, the one that is held. pH, temperature and flow
are means. A value counts when its flag is N (loggers of 2005 send none: N), it is there and not negative, no device mark
touches it, and water is discharged: while nothing flows (停排) values of the standing water are none of the discharge.
"""

from functools import cache

import polars as pl

from bihuan.domain.outlets.hours import KEY, NO_DATA, of_register
from bihuan.domain.outlets.marks import marked_hours, rank, with_mark_flag, worst
from bihuan.domain.outlets.tables import empty
from bihuan.domain.sewage.rules import Rules
from bihuan.domain.sewage.tables import CONTINUOUS, FLAGGED, HOURS, POLLUTANTS

STILL, IMPOSSIBLE = "F", "D"
"""Flags that a minute without discharge and a negative value amount to."""
POSITIVE = (*POLLUTANTS, "ph", "water_flow")


def kg_per_hour(c: pl.Expr, flow: pl.Expr) -> pl.Expr:
    """Rate [kg/h] = concentration [mg/L] x flow [m³/h] x 1e-3."""
    return c * flow * 1e-3


@cache
def _plain(item: str) -> pl.Expr:
    """A value's own flag is normal, and it is possible."""
    flag = pl.col(f"{item}_flag")
    normal = flag.is_null() | (flag == "N")
    return normal & (pl.col(item) >= 0) if item in POSITIVE else normal


@cache
def _still(rules: Rules) -> pl.Expr:
    """Nothing flows, by a flow that counts."""
    counts = _plain("water_flow") & pl.col("mark_flag").is_null()
    return (counts & (pl.col("water_flow") <= rules.still_flow)).fill_null(False)


@cache
def _counting(item: str) -> pl.Expr:
    counts = _plain(item) & pl.col("mark_flag").is_null()
    return pl.when(counts if item == "water_flow" else counts & ~pl.col("_still")).then(item)


@cache
def _reason(item: str) -> pl.Expr:
    """What keeps a value from counting; null where it counts or is absent."""
    own = pl.when(pl.col(f"{item}_flag") != "N").then(f"{item}_flag")
    first = pl.when(rank(own) <= rank(pl.col("mark_flag"))).then(own)
    reason = pl.coalesce(first, "mark_flag", own)
    if item in POSITIVE:
        reason = pl.coalesce(reason, pl.when(pl.col(item) < 0).then(pl.lit(IMPOSSIBLE)))
    return reason if item == "water_flow" else pl.when("_still").then(pl.lit(STILL)).otherwise(reason)


@cache
def _sampled(item: str) -> pl.Expr:
    """Aggregation over an hour's counting records in order of time: the value of its samples."""
    value = pl.col(item).drop_nulls()
    changed = (value != value.first()).cum_max()
    return pl.coalesce(value.filter(changed).mean(), value.mean())


def hours(minutes: pl.DataFrame, outlets: pl.DataFrame, marks: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """MINUTES, OUTLETS, MARKS -> HOURS, a row for each hour with at least one record.

    An hour depends on its own minutes only. Values are given of invalid hours too (`valid_<item>` says so); amounts only
    where concentration and flow are valid. Source: HJ 356-2019 chapters 6 and 7 (clauses not checked), rules.csv.
    Raises ValueError for minutes of unknown outlets.
    """
    if minutes.is_empty():
        return empty(HOURS)
    known = of_register(minutes, outlets.select("site", "interval"))
    rows = with_mark_flag(known, marks).with_columns(_still=_still(rules)).sort(KEY)
    reasons = {f"{i}_flag": _reason(i) for i in FLAGGED}
    counted = rows.lazy().with_columns(*(_counting(i) for i in FLAGGED), **reasons)
    made = counted.group_by("site", pl.col("start").dt.truncate("1h"), maintain_order=True).agg(
        *(_sampled(p).alias(p) for p in POLLUTANTS),
        *(pl.col(i).mean() for i in CONTINUOUS),
        *((pl.col(i).count() * pl.col("interval").first()).alias(f"n_{i}") for i in FLAGGED),
        *(worst(f"{i}_flag") for i in FLAGGED),
    )
    judged = made.with_columns(_judged(rules)).with_columns(_amounts()).collect()
    marked = judged.join(marked_hours(marks, judged), on=KEY, how="left")
    return marked.select(list(HOURS)).cast(HOURS).sort(KEY)


@cache
def _judged(rules: Rules) -> list[pl.Expr]:
    least = {i: rules.valid_sample if i in POLLUTANTS else rules.valid_hour for i in FLAGGED}
    valid = {i: pl.col(f"n_{i}") >= least[i] for i in FLAGGED}
    flags = [
        pl.when(v).then(pl.lit("N")).otherwise(pl.col(f"{i}_flag").fill_null(NO_DATA)).alias(f"{i}_flag")
        for i, v in valid.items()
    ]
    return [*(v.alias(f"valid_{i}") for i, v in valid.items()), *flags]


@cache
def _amounts() -> list[pl.Expr]:
    flows = pl.col("valid_water_flow")
    rates = {p: kg_per_hour(pl.col(p), pl.col("water_flow")) for p in POLLUTANTS}
    return [
        pl.when(flows).then("water_flow").alias("volume"),
        *(pl.when(flows & pl.col(f"valid_{p}")).then(kg).alias(f"{p}_kg") for p, kg in rates.items()),
    ]
