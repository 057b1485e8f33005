"""Scores of quantile forecasts: pinball loss, CRPS, coverage, reliability of the quantiles."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import polars as pl

from bihuan.domain.verification.grouping import aggregated, grouped

LEVELS: Mapping[str, float] = {
    "q05": 0.05, "q10": 0.10, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q90": 0.90, "q95": 0.95
}  # fmt: skip


def pinball(quantile: str, level: float) -> pl.Expr:
    """Pinball loss of a row: level * (observed - q) above the quantile, (1 - level) * (q - observed) below.

    Unit of the item. Koenker and Bassett (1978), Econometrica 46, 33-50; mean over rows is what is reported.
    """
    over = pl.col("observed") - pl.col(quantile)
    return pl.max_horizontal(level * over, (level - 1) * over)


def weights(levels: Mapping[str, float]) -> dict[str, float]:
    """Width of the cell of each level on 0..1; cells meet half-way between neighbouring levels. Sum 1."""
    names = sorted(levels, key=lambda name: levels[name])
    at = [levels[n] for n in names]
    edges = [0.0, *((a + b) / 2 for a, b in pairwise(at)), 1.0]
    return {n: high - low for n, (low, high) in zip(names, pairwise(edges), strict=True)}


def crps(levels: Mapping[str, float] = LEVELS) -> pl.Expr:
    """CRPS of a row from its quantiles; null where one of them is. Unit of the item.

    CRPS = 2 * integral of the pinball loss over the levels 0..1 (Laio and Tamea 2007, Hydrol. Earth Syst. Sci. 11,
    1267-1277, eq. 13; Gneiting and Ranjan 2011, J. Bus. Econ. Stat. 29, 411-422). The integral is a sum with the
    weights of `weights`, so it is proper for the quantiles that were issued. For a perfect normal forecast and
    the seven levels it gives 0.555 s where the exact value is 0.564 s: 1.7 % low, for every model alike.
    """
    terms = [2 * w * pinball(name, levels[name]) for name, w in weights(levels).items()]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    whole = pl.all_horizontal(pl.col(n).is_not_null() for n in levels)
    return pl.when(whole).then(total)


def quantile_scores(
    pairs: pl.DataFrame, by: Sequence[str], *, levels: Mapping[str, float] = LEVELS
) -> pl.DataFrame:
    """by, n (rows with all quantiles), crps, and pinball_<name> of each level, as means over the rows."""
    losses = [pinball(name, level).mean().alias(f"pinball_{name}") for name, level in levels.items()]
    whole = pairs.lazy().drop_nulls(list(levels))
    return grouped(whole, by, [pl.len().alias("n"), crps(levels).mean().alias("crps"), *losses])


def coverage(
    pairs: pl.DataFrame, by: Sequence[str], *, low: str = "q05", high: str = "q95", top: float = 0.10
) -> pl.DataFrame:
    """Share of measurements inside [low, high], overall and on the highest `top` share of what was measured.

    by, n, inside, below, above, n_top, inside_top, width (mean of high - low). The top tenth is taken within each
    group: every measurement at or above the group's 1 - `top` quantile of `observed` (pairs, not hours).
    """
    whole = pairs.lazy().drop_nulls([low, high])
    inside = pl.col("observed").is_between(low, high)
    highest = pl.col("observed") >= pl.col("observed").quantile(1 - top, "higher")
    return grouped(
        whole,
        by,
        [
            pl.len().alias("n"),
            inside.mean().alias("inside"),
            (pl.col("observed") < pl.col(low)).mean().alias("below"),
            (pl.col("observed") > pl.col(high)).mean().alias("above"),
            highest.sum().alias("n_top"),
            inside.filter(highest).mean().alias("inside_top"),
            (pl.col(high) - pl.col(low)).mean().alias("width"),
        ],
    )


def quantile_reliability(
    pairs: pl.DataFrame, by: Sequence[str], *, levels: Mapping[str, float] = LEVELS
) -> pl.DataFrame:
    """by, level, n, share: how often the measurement was at or below the quantile; level - share is the fault."""
    tables = []
    for name, level in levels.items():
        rows = pairs.lazy().drop_nulls([name])
        under = (pl.col("observed") <= pl.col(name)).mean().alias("share")
        tables.append(aggregated(rows, by, [pl.lit(level).alias("level"), pl.len().alias("n"), under]))
    return pl.concat(tables).sort(*by, "level").collect()
