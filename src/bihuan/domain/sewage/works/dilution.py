"""How much of the flow of dry weather is no sewage: ground water, river water and leaks of pipes, by how thin its BOD5 is.

Reckoned from what people let out: `person_bod` grams of BOD5 in `water_low` to `water_high` litres a day, of which up to `sewer_loss`
is lost in the sewers. Sewage that nothing dilutes has a BOD5 between the two; what is thinner than that is diluted by the rest. Industry
that lets in thin or strong water breaks the assumption, so the answer is an interval and an estimate, no measurement (our method).
"""

from dataclasses import dataclass

import polars as pl

from bihuan.domain.sewage.works.rules import Rules


@dataclass(frozen=True)
class Undiluted:
    """The BOD5 of sewage that nothing dilutes [mg/L], at least and at most."""

    low: float
    high: float


def undiluted(rules: Rules) -> Undiluted:
    """45 g in 100 to 180 L with a loss of up to 20 % make 200 to 450 mg/L."""
    grams = rules.person_bod * 1000
    return Undiluted(grams * (1 - rules.sewer_loss) / rules.water_high, grams / rules.water_low)


def diluted(weather: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """WEATHER with `foreign_low` and `foreign_high`: share of the dry-weather flow that is no sewage [0..1]; null where that cannot be told.

    share = 1 - C / C0, with the lowest and the highest C0, not below 0.
    """
    whole = undiluted(rules)
    shares = {
        name: pl.when(pl.col("dry_bod").is_not_null()).then(
            pl.max_horizontal(1 - pl.col("dry_bod") / c0, 0.0)
        )
        for name, c0 in (("foreign_low", whole.low), ("foreign_high", whole.high))
    }
    return weather.with_columns(**shares)
