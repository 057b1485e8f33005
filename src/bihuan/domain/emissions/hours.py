"""Hours of minutes: which minutes count, valid hours, means, conversion and amounts (HJ 75-2017, HJ 76-2017).

A record stands for the outlet's `interval` minutes. A value counts when its flag is N (loggers of 2005 send none: N), it
is there, and no device mark touches it; a pollutant also needs oxygen below the cap where its outlet is converted: gas
like air is of a stopped source, or, while the source works, of a leak. An hour is valid from `valid_hour` of the rules on (45 minutes).
"""

from functools import cache

import polars as pl

from bihuan.domain.emissions.conversion import MOST_O2, kg_per_hour, to_reference_oxygen
from bihuan.domain.emissions.processes import measured_below
from bihuan.domain.emissions.rules import Rules
from bihuan.domain.emissions.tables import CONVERTED, FLAGGED, HOURS, POLLUTANTS, STATE
from bihuan.domain.outlets.hours import KEY, NO_DATA, of_register
from bihuan.domain.outlets.marks import marked_hours, rank, with_mark_flag, worst
from bihuan.domain.outlets.tables import empty

STILL, LEAKING = "F", "D"
"""Flags that a minute of gas like air amounts to: a stop (practice, unsure); a fault while the source works (own choice:
else a leak would excuse hours and count as 0 kg)."""
WORKING = 30.0
"""Load, or else flow, from which on a source works [% of rated] (own choice, as in checks/oxygen.py)."""

_PLAIN = tuple(name for name in STATE if name not in FLAGGED)
_TOGETHER = (*CONVERTED, *(f"{p}_kg" for p in POLLUTANTS))
"""What is made of two quantities of the same minute."""


@cache
def _counting(item: str, most_o2: float) -> pl.Expr:
    """The value of an item where it counts, else null."""
    normal = pl.col(f"{item}_flag").is_null() | (pl.col(f"{item}_flag") == "N")
    if item in POLLUTANTS:
        normal &= ~_capped(most_o2)
    return pl.when(normal & pl.col("mark_flag").is_null()).then(item)


@cache
def _capped(most_o2: float) -> pl.Expr:
    """Gas like air in an outlet whose concentrations are converted: normal oxygen at or above the cap."""
    normal = pl.col("o2_flag").is_null() | (pl.col("o2_flag") == "N")
    return (normal & pl.col("ref_o2").is_not_null() & (pl.col("o2") >= most_o2)).fill_null(False)


@cache
def _of_air() -> pl.Expr:
    """What a minute of gas like air amounts to."""
    activity = pl.coalesce("load", 100 * pl.col("flow") / pl.col("rated_flow"))
    return pl.when(activity >= WORKING).then(pl.lit(LEAKING)).otherwise(pl.lit(STILL))


@cache
def _reason(item: str, most_o2: float) -> pl.Expr:
    """What keeps a value from counting: the flag of the cap, the logger or a mark; null where it counts or is absent."""
    own = pl.when(pl.col(f"{item}_flag") != "N").then(f"{item}_flag")
    logger_first = rank(own) <= rank(pl.col("mark_flag"))
    reason = pl.when(logger_first).then(own).otherwise(pl.coalesce("mark_flag", own))
    if item not in POLLUTANTS:
        return reason
    return pl.when(_capped(most_o2)).then(_of_air()).otherwise(reason)


def _means(minutes: pl.LazyFrame, most_o2: float) -> pl.LazyFrame:
    """Means and numbers of counting records of each hour."""
    counting = minutes.with_columns(_counting(i, most_o2).alias(i) for i in FLAGGED)
    made = counting.with_columns(
        *(
            to_reference_oxygen(
                pl.col(p),
                pl.col("o2"),
                pl.col("ref_o2"),
                most_o2=most_o2,
                measured_below=pl.col("measured_below"),
            ).alias(f"{p}_zs")
            for p in POLLUTANTS
        ),
        *(kg_per_hour(pl.col(p), pl.col("flow")).alias(f"{p}_kg") for p in POLLUTANTS),
    )
    return made.group_by("site", pl.col("start").dt.truncate("1h")).agg(
        pl.col(*FLAGGED, *_PLAIN, *_TOGETHER).mean(),
        pl.col(*FLAGGED, *_TOGETHER).count().name.prefix("n_"),
        pl.col("interval").first(),
    )


def _reasons(minutes: pl.LazyFrame, most_o2: float) -> pl.LazyFrame:
    """Hours in which something does not count: for each item its worst flag."""
    unusual = pl.any_horizontal(
        pl.col("mark_flag").is_not_null(), _capped(most_o2), *(pl.col(f"{i}_flag") != "N" for i in FLAGGED)
    )
    rows = minutes.filter(unusual.fill_null(False)).select(
        "site", pl.col("start").dt.truncate("1h"), *(_reason(i, most_o2).alias(f"{i}_flag") for i in FLAGGED)
    )
    return rows.group_by(KEY).agg(worst(f"{i}_flag") for i in FLAGGED)


@cache
def _judged(least_minutes: float) -> list[pl.Expr]:
    """Validity, flags, and what needs enough minutes of two quantities at once (conversion, amounts)."""
    valid = {i: pl.col(f"n_{i}") >= least_minutes for i in FLAGGED}
    return [
        *(v.alias(f"valid_{i}") for i, v in valid.items()),
        *(
            pl.when(v).then(pl.lit("N")).otherwise(pl.col(f"{i}_flag").fill_null(NO_DATA)).alias(f"{i}_flag")
            for i, v in valid.items()
        ),
        *(pl.when(pl.col(f"n_{c}") >= least_minutes).then(c).alias(c) for c in _TOGETHER),
    ]


def hours(
    minutes: pl.DataFrame,
    outlets: pl.DataFrame,
    marks: pl.DataFrame,
    rules: Rules,
    *,
    most_o2: float = MOST_O2,
) -> pl.DataFrame:
    """MINUTES, OUTLETS, MARKS -> HOURS, a row for each hour with at least one record.

    Means are of the counting records, also in an invalid hour (`valid_<item>` says so). `<p>_zs` is converted record by
    record and then averaged; `<p>_kg` is the mean of concentration x flow, which stands for the whole hour; both are null
    unless enough minutes have both quantities. State (velocity, temperature ...) is the mean of all records. The flag of an
    invalid hour is the worst of its records (marks.PRECEDENCE), B where they are only absent.
    Source: HJ 75-2017 (valid hour: 45 minutes); HJ 76-2017 (hourly converted value; clause not checked); `most_o2` [%]:
    practice (unsure). Raises ValueError for minutes of unknown outlets.
    """
    if minutes.is_empty():
        return empty(HOURS)
    known = outlets.select("site", "interval", "ref_o2", "rated_flow", measured_below=measured_below())
    flagged = with_mark_flag(of_register(minutes, known), marks).lazy()
    made = _means(flagged, most_o2).join(_reasons(flagged, most_o2), on=KEY, how="left")
    counted = made.with_columns(pl.col(f"n_{c}") * pl.col("interval") for c in (*FLAGGED, *_TOGETHER))
    judged = counted.with_columns(_judged(rules.valid_hour)).collect()
    marked = judged.join(marked_hours(marks, judged), on=KEY, how="left")
    return marked.select(list(HOURS)).cast(HOURS).sort(KEY)
