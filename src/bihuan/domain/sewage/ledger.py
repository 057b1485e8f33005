"""The ledger of sewage: what the month report prints, a row for each outlet, month and pollutant; columns as at stacks."""

import polars as pl

from bihuan.domain.outlets.ledger import KEY, LEDGER, counted, number_of, rates
from bihuan.domain.sewage.compliance import over_days
from bihuan.domain.sewage.days import days, months
from bihuan.domain.sewage.rules import Rules
from bihuan.domain.sewage.tables import POLLUTANTS
from bihuan.domain.timeaxis import local_date

SEWAGE_LEDGER = pl.Schema({**LEDGER, "volume": pl.Float64()})
"""As LEDGER, concentrations in mg/L; `volume` [m³] of the month; what only stacks have (converted, ultra-low) is null."""


def _means(amounts: pl.DataFrame, rules: Rules) -> pl.LazyFrame:
    """Month means and validity, long."""
    wide = months(days(amounts, rules), rules).lazy()
    return pl.concat(
        wide.select("site", "month", item=pl.lit(p), mean=p, valid_days=f"{p}_days", valid_month=f"valid_{p}")
        for p in POLLUTANTS
    )


def ledger(amounts: pl.DataFrame, outlets: pl.DataFrame, limits: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """AMOUNTS (substitution.amounts), OUTLETS, LIMITS -> SEWAGE_LEDGER. `over_hours` is 0: no limit judges an hour."""
    rows = amounts.lazy().with_columns(month=local_date().dt.truncate("1mo"))
    made = pl.concat(counted(rows, p) for p in POLLUTANTS).join(_means(amounts, rules), on=KEY, how="left")
    over = number_of(over_days(amounts, limits, rules).lazy(), "over_days")
    volume = rows.group_by("site", "month").agg(pl.col("volume").sum())
    whole = (
        made.join(over, on=KEY, how="left")
        .with_columns(pl.col("over_days").fill_null(0), over_hours=pl.lit(0))
        .join(volume, on=["site", "month"], how="left")
        .join(outlets.lazy().select("site", "enterprise"), on="site", how="left")
        .with_columns(rates())
        .with_columns(mean_zs=pl.lit(None), ultra_low_share=pl.lit(None))
    )
    return whole.select(list(SEWAGE_LEDGER)).cast(SEWAGE_LEDGER).sort(KEY).collect()
