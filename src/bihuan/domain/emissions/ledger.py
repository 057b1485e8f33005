"""The emission ledger (排放台账): what the month report prints, a row for each outlet, month and pollutant."""

import polars as pl

from bihuan.domain.emissions.compliance import over_days, over_hours, ultra_low_shares
from bihuan.domain.emissions.days import days, months
from bihuan.domain.emissions.rules import Rules
from bihuan.domain.emissions.tables import POLLUTANTS
from bihuan.domain.outlets.ledger import KEY, LEDGER, counted, number_of, rates
from bihuan.domain.timeaxis import local_date


def _means(amounts: pl.DataFrame, rules: Rules) -> pl.LazyFrame:
    """Month means and validity, long."""
    wide = months(days(amounts, rules), rules).lazy()
    return pl.concat(
        wide.select(
            "site", "month", item=pl.lit(p), mean=p, mean_zs=f"{p}_zs", valid_days=f"{p}_days",
            valid_month=f"valid_{p}",
        )
        for p in POLLUTANTS
    )  # fmt: skip


def ledger(amounts: pl.DataFrame, outlets: pl.DataFrame, limits: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """AMOUNTS (substitution.amounts), OUTLETS, LIMITS -> LEDGER.

    An hour has arrived when the logger said anything about it but "no contact" in at least one record. Rates are null in
    a month of stop. Shares and rates are 0..1.
    """
    rows = amounts.lazy().with_columns(month=local_date().dt.truncate("1mo"))
    made = pl.concat(counted(rows, p) for p in POLLUTANTS).join(_means(amounts, rules), on=KEY, how="left")
    for over, name in (
        (over_hours(amounts, outlets, limits), "over_hours"),
        (over_days(amounts, outlets, limits, rules), "over_days"),
    ):
        made = made.join(number_of(over.lazy(), name), on=KEY, how="left").with_columns(
            pl.col(name).fill_null(0)
        )
    shares = ultra_low_shares(amounts, outlets, limits, rules).lazy().select(*KEY, ultra_low_share="share")
    made = made.join(shares, on=KEY, how="left").join(
        outlets.lazy().select("site", "enterprise"), on="site", how="left"
    )
    return made.with_columns(rates()).select(list(LEDGER)).cast(LEDGER).sort(KEY).collect()
