"""An indicator of the kind that FAIRMODE uses for forecasts: the model's error against a reference's.

Vitali and others (2023), Geosci. Model Dev. 16, 6029-6047: RMSE of the forecast over RMSE of persistence, whose
errors are widened by the uncertainty of measurement; at most 1 is asked for at 90 % of the stations. The exact
treatment of the uncertainty could not be checked against the paper: here |reference - observed| + U(reference) is
taken, and without an uncertainty the plain ratio. U(c) = share * sqrt((1 - a^2) c^2 + a^2 r^2), with the constants
of the FAIRMODE guidance (95 % expanded uncertainty of daily PM and O3 8 h).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

ASKED_SHARE = 0.90


@dataclass(frozen=True)
class Uncertainty:
    """Relative uncertainty `share` at the reference value `at`, of which `fixed` (0..1) does not scale with it."""

    share: float
    at: float
    fixed: float

    def of(self, value: pl.Expr) -> pl.Expr:
        """Expanded uncertainty of a measured value, in its unit."""
        square = (1 - self.fixed**2) * value**2 + self.fixed**2 * self.at**2
        return self.share * square.sqrt()


UNCERTAINTY: Mapping[str, Uncertainty] = {
    "pm25": Uncertainty(0.36, 25, 0.50),
    "pm10": Uncertainty(0.28, 50, 0.25),
    "o3_8h": Uncertainty(0.18, 120, 0.79),
    "no2": Uncertainty(0.24, 200, 0.20),
}


def indicator(
    pairs: pl.DataFrame,
    ours: str,
    reference: str,
    by: Sequence[str],
    *,
    when: str = "date",
    uncertainty: Mapping[str, Uncertainty] = UNCERTAINTY,
) -> pl.DataFrame:
    """by (must hold `item`), n, rmse, rmse_reference, plain, indicator, met (indicator <= 1).

    Both models on the targets (site, item, issued, `when`) that both have. `plain` is rmse / rmse_reference;
    `indicator` has the reference's errors widened by the item's uncertainty, and is null for an item without one.
    """
    target = ["site", "item", "issued", when]
    rows = pairs.lazy()
    mine = rows.filter(pl.col("model") == ours)
    theirs = rows.filter(pl.col("model") == reference).select(*target, reference_mean="mean")
    both = mine.join(theirs, on=target, how="inner")
    apart = (pl.col("reference_mean") - pl.col("observed")).abs()
    wide = pl.lit(None, pl.Float64)
    for item, known in uncertainty.items():
        wide = (
            pl.when(pl.col("item") == item).then(apart + known.of(pl.col("reference_mean"))).otherwise(wide)
        )
    found = both.group_by(by).agg(
        n=pl.len(),
        rmse=((pl.col("mean") - pl.col("observed")) ** 2).mean().sqrt(),
        rmse_reference=(apart**2).mean().sqrt(),
        _wide=(wide**2).mean().sqrt(),
    )
    plain = pl.when(pl.col("rmse_reference") > 0).then(pl.col("rmse") / pl.col("rmse_reference"))
    widened = pl.when(pl.col("_wide") > 0).then(pl.col("rmse") / pl.col("_wide"))
    return (
        found.with_columns(plain=plain, indicator=widened)
        .with_columns(met=pl.col("indicator") <= 1)
        .drop("_wide")
        .sort(by)
        .collect()
    )


def share_met(by_site: pl.DataFrame, *, asked: float = ASKED_SHARE) -> tuple[float, bool] | None:
    """Share of stations that meet the indicator, and whether that is enough; None without any."""
    met = by_site["met"].drop_nulls().cast(pl.Float64)
    if met.is_empty():
        return None
    share = float(met.sum()) / met.len()
    return share, share >= asked
