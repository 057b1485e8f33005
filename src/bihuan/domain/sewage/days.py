"""Days and months of a sewage outlet (HJ 356-2019 chapter 7): flow-weighted means, and whether they are valid.

The day and month are local (China Standard Time). Hours in which nothing is discharged (flag F) are not due. Where the
flow is unknown a concentration has no weight: such an hour is due and not valid.
"""

from functools import cache

import polars as pl

from bihuan.domain.sewage.rules import Rules
from bihuan.domain.sewage.tables import POLLUTANTS
from bihuan.domain.timeaxis import local_date

STOPPED = "F"
HOURS_OF_DAY = 24
_OF_ITEM = {"{}": pl.Float64(), "{}_hours": pl.Int32(), "{}_due": pl.Int32(), "valid_{}": pl.Boolean()}
JUDGED = (*POLLUTANTS, "ph", "water_temp")

DAYS = pl.Schema(
    {
        "site": pl.String(),
        "date": pl.Date(),
        **{n.format(i): t for i in JUDGED for n, t in _OF_ITEM.items()},
        "ph_min": pl.Float64(),
        "ph_max": pl.Float64(),
        "volume": pl.Float64(),
    }
)
"""Local days: flow-weighted means of pollutants [mg/L], plain means of pH and temperature; `<i>_hours` valid of the
`<i>_due`; least and greatest valid hourly mean of pH; volume [m³] of the hours with a valid flow."""

MONTHS = pl.Schema(
    {
        "site": pl.String(),
        "month": pl.Date(),
        **{p: pl.Float64() for p in POLLUTANTS},
        **{f"{p}_days": pl.Int32() for p in POLLUTANTS},
        **{f"{p}_due": pl.Int32() for p in POLLUTANTS},
        **{f"valid_{p}": pl.Boolean() for p in POLLUTANTS},
    }
)


def days(hours: pl.DataFrame, rules: Rules, *, evidence: bool = False) -> pl.DataFrame:
    """HOURS -> DAYS: sum(C x Q) / sum(Q) of the valid hours; valid from `rules.valid_day` of the due hours on.

    Due are the 24 hours of the day without those of a stop (flag F), whether there is a row for them or not. `evidence`:
    marked hours do not count as valid, though they are due (marked data are no evidence of an exceedance). Means are
    given of invalid days too. Source: HJ 356-2019 chapter 7 (clause not checked).
    """
    made = hours.group_by("site", local_date().alias("date")).agg(_sums(evidence))
    return made.with_columns(_validity(rules)).select(list(DAYS)).cast(DAYS).sort("site", "date")


@cache
def _sums(evidence: bool) -> list[pl.Expr]:
    """What a day is made of."""
    free = pl.col("mark").is_null() if evidence else pl.lit(True)
    weighted = {p: free & pl.col(f"valid_{p}") & pl.col("valid_water_flow") for p in POLLUTANTS}
    plain = {i: free & pl.col(f"valid_{i}") for i in JUDGED if i not in POLLUTANTS}
    ph = pl.col("ph").filter(plain["ph"])
    return [
        *(_mean_by_flow(p, w).alias(p) for p, w in weighted.items()),
        *(pl.col(i).filter(v).mean() for i, v in plain.items()),
        *(v.sum().alias(f"{i}_hours") for i, v in (weighted | plain).items()),
        *(_due(i).alias(f"{i}_due") for i in JUDGED),
        ph.min().alias("ph_min"),
        ph.max().alias("ph_max"),
        pl.when(pl.col("volume").count() > 0).then(pl.col("volume").sum()).alias("volume"),
    ]


def _mean_by_flow(item: str, counting: pl.Expr) -> pl.Expr:
    flow = pl.col("water_flow")
    return ((pl.col(item) * flow).filter(counting).sum() / flow.filter(counting).sum()).fill_nan(None)


def _due(item: str) -> pl.Expr:
    stopped = ~pl.col(f"valid_{item}") & (pl.col(f"{item}_flag") == STOPPED)
    return (HOURS_OF_DAY - stopped.sum().cast(pl.Int32)).cast(pl.Int32)


@cache
def _validity(rules: Rules) -> list[pl.Expr]:
    return [
        ((pl.col(f"{i}_hours") > 0) & (pl.col(f"{i}_hours") >= rules.valid_day * pl.col(f"{i}_due"))).alias(
            f"valid_{i}"
        )
        for i in JUDGED
    ]


def months(days: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """DAYS -> MONTHS: means of the valid days weighted with their volume; valid from `rules.valid_month` of the due days.

    A day without any discharge is not due; of the running month only the days that have a row are. Source: HJ 356-2019
    chapter 7 (clause and weights not checked).
    """
    volume = pl.col("volume")
    made = days.group_by("site", pl.col("date").dt.truncate("1mo").alias("month")).agg(
        *(
            ((pl.col(p) * volume).filter(pl.col(f"valid_{p}")).sum() / volume.filter(pl.col(f"valid_{p}")).sum())
            .fill_nan(None)
            .alias(p)
            for p in POLLUTANTS
        ),
        *(pl.col(f"valid_{p}").sum().alias(f"{p}_days") for p in POLLUTANTS),
        *((pl.col(f"{p}_due") > 0).sum().alias(f"{p}_due") for p in POLLUTANTS),
    )  # fmt: skip
    judged = made.with_columns(
        ((pl.col(f"{p}_days") > 0) & (pl.col(f"{p}_days") >= rules.valid_month * pl.col(f"{p}_due"))).alias(
            f"valid_{p}"
        )
        for p in POLLUTANTS
    )
    return judged.select(list(MONTHS)).cast(MONTHS).sort("site", "month")
