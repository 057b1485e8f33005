"""A month of an outlet and pollutant: sums of its hours, rates, and the table that a medium's ledger is."""

import polars as pl

from bihuan.domain.outlets.hours import NO_DATA
from bihuan.domain.outlets.substitution import IDLE, MEASURED, MISSING, SUBSTITUTED

KEY = ["site", "month", "item"]


_SUMS: dict[str, pl.DataType] = {
    "kg": pl.Float64(),
    "kg_measured": pl.Float64(),
    "kg_substituted": pl.Float64(),
    "hours": pl.Int32(),  # all of the month that are in the table
    "hours_measured": pl.Int32(),
    "hours_substituted": pl.Int32(),
    "hours_stopped": pl.Int32(),
    "hours_missing": pl.Int32(),  # without amount: the sum lacks them
    "valid_hours": pl.Int32(),
    "arrived_hours": pl.Int32(),
    "over_hours": pl.Int32(),
    "over_days": pl.Int32(),
}


LEDGER = pl.Schema(
    {
        "site": pl.String(),
        "enterprise": pl.String(),
        "month": pl.Date(),  # its first day
        "item": pl.String(),
        **_SUMS,
        "capture": pl.Float64(),  # valid hours / hours that ran
        "transmission": pl.Float64(),  # arrived hours / hours that ran
        "mean": pl.Float64(),  # mg/m³, measured
        "mean_zs": pl.Float64(),  # mg/m³, converted
        "valid_days": pl.Int32(),
        "valid_month": pl.Boolean(),
        "ultra_low_share": pl.Float64(),  # null: no ultra-low limit, or no hour to judge
    }
)


def counted(amounts: pl.LazyFrame, p: str) -> pl.LazyFrame:
    """Sums of one pollutant by outlet and month."""
    kg, basis = pl.col(f"{p}_kg"), pl.col(f"{p}_kg_basis")
    substituted = basis.str.starts_with(SUBSTITUTED)
    return amounts.group_by("site", "month", item=pl.lit(p)).agg(
        kg=kg.sum(),
        kg_measured=kg.filter(basis == MEASURED).sum(),
        kg_substituted=kg.filter(substituted).sum(),
        hours=pl.len(),
        hours_measured=(basis == MEASURED).sum(),
        hours_substituted=substituted.sum(),
        hours_stopped=(basis == IDLE).sum(),
        hours_missing=(basis == MISSING).sum(),
        valid_hours=pl.col(f"valid_{p}").sum(),
        arrived_hours=((basis != IDLE) & (pl.col(f"{p}_flag") != NO_DATA)).sum(),
    )


def number_of(over: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """How many rows (site, date, item) each month has: KEY, `name`."""
    month = pl.col("date").dt.truncate("1mo").alias("month")
    return over.group_by("site", month, "item").agg(pl.len().alias(name))


def rates() -> list[pl.Expr]:
    """Capture and transmission rate of counted hours, null where nothing ran."""
    ran = pl.col("hours") - pl.col("hours_stopped")
    return [
        pl.when(ran > 0).then(pl.col("valid_hours") / ran).alias("capture"),
        pl.when(ran > 0).then(pl.col("arrived_hours") / ran).alias("transmission"),
    ]


def by_enterprise(rows: pl.DataFrame) -> pl.DataFrame:
    """LEDGER -> sums by enterprise, month, item with `outlets` (how many) and the rates of all their hours."""
    sums = (
        rows.lazy()
        .group_by("enterprise", "month", "item")
        .agg(pl.len().cast(pl.Int32).alias("outlets"), pl.col(*_SUMS).sum())
    )
    return sums.with_columns(rates()).sort("enterprise", "month", "item").collect()
