"""Months of works: load rate (负荷率), flow-weighted concentrations of the influent, the mass of BOD5 that arrived."""

from datetime import date

import polars as pl

from bihuan.domain.sewage.works.rules import Rules
from bihuan.domain.sewage.works.tables import VOLUMES, WEIGHED, with_terms

MONTHS = pl.Schema(
    {
        "works": pl.String(),
        "month": pl.Date(),
        "due": pl.Int32(),  # days of the month that are over
        "reported": pl.Int32(),  # of them, days with an inflow
        "inflow_mean": pl.Float64(),  # m³/d of the days reported
        "capacity": pl.Float64(),  # m³/d, mean of the days reported
        "load": pl.Float64(),  # mean inflow / mean capacity
        "over_days": pl.Int32(),  # days above the capacity of that day
        **dict.fromkeys(VOLUMES, pl.Float64()),  # m³, sums of what was reported
        **{f"{name}_days": pl.Int32() for name in VOLUMES},
        **{name: pl.Float64() for item in WEIGHED for name in (f"in_{item}", f"out_{item}")},  # mg/L
        **{f"in_{item}_days": pl.Int32() for item in WEIGHED},
        "bod_kg": pl.Float64(),  # kg/d: in_bod x inflow_mean; null without either
        "people": pl.Float64(),
        "industry": pl.Float64(),  # kg/d; null where unknown on any day
        "enough": pl.Boolean(),  # reported days reach the share that is asked for
    }
)


def weighted(value: str, flow: str, among: pl.Expr | None = None) -> pl.Expr:
    """sum(C x Q) / sum(Q) over the rows (among some) where both are known and water flowed; null without any."""
    both = pl.col(value).is_not_null() & (pl.col(flow) > 0)
    both = both if among is None else both & among
    return (
        ((pl.col(value) * pl.col(flow)).filter(both).sum() / pl.col(flow).filter(both).sum())
        .fill_nan(None)
        .alias(value)
    )


def monthly(days: pl.DataFrame, terms: pl.DataFrame, until: date, rules: Rules) -> pl.DataFrame:
    """DAYS and TERMS -> MONTHS, of the days before `until`; a month with not one row has none.

    Load rate: mean inflow of the days reported over the design capacity in force on them. Concentrations are weighted with the
    inflow (or outflow) of their day: C = sum(Ci x Qi) / sum(Qi). Nothing is filled in for a day without a report.
    """
    known = with_terms(days.filter(pl.col("date") < until), terms)
    made = known.group_by("works", pl.col("date").dt.truncate("1mo").alias("month")).agg(_sums())
    end = pl.min_horizontal(pl.col("month").dt.offset_by("1mo"), pl.lit(until))
    mean = pl.col("inflow") / pl.col("reported")
    return (
        made.with_columns(due=(end - pl.col("month")).dt.total_days().cast(pl.Int32), inflow_mean=mean)
        .with_columns(
            load=pl.col("inflow_mean") / pl.col("capacity"),
            bod_kg=pl.col("in_bod") * pl.col("inflow_mean") / 1000,
            enough=pl.col("reported") >= rules.valid_share * pl.col("due"),
        )
        .select(list(MONTHS))
        .cast(MONTHS)
        .sort("works", "month")
    )


def _sums() -> list[pl.Expr]:
    flowing = pl.col("inflow").is_not_null()
    return [
        flowing.sum().alias("reported"),
        pl.col("capacity").filter(flowing).mean(),
        (pl.col("inflow") > pl.col("capacity")).sum().alias("over_days"),
        *(pl.when(pl.col(v).count() > 0).then(pl.col(v).sum()).alias(v) for v in VOLUMES),
        *(pl.col(v).count().alias(f"{v}_days") for v in VOLUMES),
        *(weighted(f"in_{i}", "inflow") for i in WEIGHED),
        *(weighted(f"out_{i}", "outflow") for i in WEIGHED),
        *(
            (pl.col(f"in_{i}").is_not_null() & (pl.col("inflow") > 0)).sum().alias(f"in_{i}_days")
            for i in WEIGHED
        ),
        pl.col("people").mean(),
        pl.when(pl.col("industry").null_count() == 0).then(pl.col("industry").mean()).alias("industry"),
    ]


def bod_share(months: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """By month: `share` of the capacity whose influent has more BOD5 than `rules.low_bod` [0..1], of the capacity with a known BOD5.

    capacity, unknown: m³/d with and without a BOD5. The share is null where none is known.
    """
    known = pl.col("in_bod").is_not_null() & pl.col("enough")
    high = pl.col("in_bod") > rules.low_bod
    return (
        months.group_by("month")
        .agg(
            high=pl.col("capacity").filter(known & high).sum(),
            capacity=pl.col("capacity").filter(known).sum(),
            unknown=pl.col("capacity").filter(~known).sum(),
        )
        .with_columns(share=(pl.col("high") / pl.col("capacity")).fill_nan(None))
        .select("month", "share", "capacity", "unknown")
        .sort("month")
    )
