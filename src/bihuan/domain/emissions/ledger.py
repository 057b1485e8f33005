"""The emission ledger (排放台账): what the month report prints, a row for each outlet, month and pollutant."""

import polars as pl

from bihuan.domain.emissions.compliance import over_days, over_hours, ultra_low_shares
from bihuan.domain.emissions.days import LEAST_HOURS, days, months
from bihuan.domain.emissions.hours import NO_DATA
from bihuan.domain.emissions.substitution import IDLE, MEASURED, MISSING, SUBSTITUTED
from bihuan.domain.emissions.tables import POLLUTANTS
from bihuan.domain.timeaxis import local_date

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


def counted(amounts: pl.DataFrame, p: str) -> pl.DataFrame:
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


def _means(amounts: pl.DataFrame, least_hours: int) -> pl.DataFrame:
    """Month means and validity, long."""
    wide = months(days(amounts, least_hours=least_hours))
    return pl.concat(
        wide.select(
            "site", "month", item=pl.lit(p), mean=p, mean_zs=f"{p}_zs", valid_days=f"{p}_days",
            valid_month=f"valid_{p}",
        )
        for p in POLLUTANTS
    )  # fmt: skip


def number_of(over: pl.DataFrame, name: str) -> pl.DataFrame:
    """How many rows (site, date, item) each month has: KEY, `name`."""
    month = pl.col("date").dt.truncate("1mo").alias("month")
    return over.group_by("site", month, "item").agg(pl.len().alias(name))


def ledger(
    amounts: pl.DataFrame, outlets: pl.DataFrame, limits: pl.DataFrame, *, least_hours: int = LEAST_HOURS
) -> pl.DataFrame:
    """AMOUNTS (substitution.amounts), OUTLETS, LIMITS -> LEDGER. A day is valid from `least_hours` valid hours on.

    An hour has arrived when the logger said anything about it but "no contact" in at least one record. Rates are null in
    a month of stop. Shares and rates are 0..1.
    """
    rows = amounts.with_columns(month=local_date().dt.truncate("1mo"))
    made = pl.concat(counted(rows, p) for p in POLLUTANTS).join(
        _means(amounts, least_hours), on=KEY, how="left"
    )
    for over, name in (
        (over_hours(amounts, outlets, limits), "over_hours"),
        (over_days(amounts, outlets, limits, least_hours=least_hours), "over_days"),
    ):
        made = made.join(number_of(over, name), on=KEY, how="left").with_columns(pl.col(name).fill_null(0))
    shares = ultra_low_shares(amounts, outlets, limits).select(*KEY, ultra_low_share="share")
    made = made.join(shares, on=KEY, how="left").join(
        outlets.select("site", "enterprise"), on="site", how="left"
    )
    return made.with_columns(rates()).select(list(LEDGER)).cast(LEDGER).sort(KEY)


def rates() -> list[pl.Expr]:
    """Capture and transmission rate of counted hours, null where nothing ran."""
    ran = pl.col("hours") - pl.col("hours_stopped")
    return [
        pl.when(ran > 0).then(pl.col("valid_hours") / ran).alias("capture"),
        pl.when(ran > 0).then(pl.col("arrived_hours") / ran).alias("transmission"),
    ]


def by_enterprise(rows: pl.DataFrame) -> pl.DataFrame:
    """LEDGER -> sums by enterprise, month, item with `outlets` (how many) and the rates of all their hours."""
    sums = rows.group_by("enterprise", "month", "item").agg(
        pl.len().cast(pl.Int32).alias("outlets"), pl.col(*_SUMS).sum()
    )
    return sums.with_columns(rates()).sort("enterprise", "month", "item")
