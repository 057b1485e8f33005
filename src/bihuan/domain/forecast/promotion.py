"""Champion and challenger: may another kind of model take over? Decided on what both said of the same hours."""

from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from bihuan.domain.verification import bootstrap
from bihuan.domain.verification.drift import LEAST_PAIRS, WORSE
from bihuan.domain.verification.pairs import shared
from bihuan.domain.verification.quantiles import crps

ITEMS = ("pm25", "o3")
INSIDE = 0.95
"""The bootstrap's 90 % interval is a little narrow with few days (see bootstrap.difference); 95 % makes up for it."""
Outcome = Literal["better", "worse", "undecided", "too short"]


@dataclass(frozen=True)
class Verdict:
    """Challenger against champion: ratio of mean losses (below 1: the challenger is better) with its interval.

    items: item -> (ratio, low, high). n: targets; days: days with targets.
    """

    outcome: Outcome
    n: int
    days: int
    ratio: float | None
    low: float | None
    high: float | None
    items: dict[str, tuple[float | None, float | None, float | None]]

    def figures(self) -> dict[str, Any]:
        """What is written beside a decision."""
        kept = (self.ratio, self.low, self.high)
        return {"n": self.n, "days": self.days, "outcome": self.outcome, "interval": [_short(v) for v in kept],
                "items": {i: [_short(v) for v in three] for i, three in self.items.items()}}  # fmt: skip


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def judged(pairs: pl.DataFrame, *, least: int) -> Verdict:
    """Compare rows of `model` `challenger` and `champion` (site, item, issued, start, mean, q05..q95, observed).

    The loss is the CRPS of ITEMS, each item in units of its mean of what was measured, so that one number decides and
    no item by its size. Better: the whole interval of the ratio lies below 1 over at least `least` days, and no
    item alone lies wholly above 1. Worse: the whole interval lies above 1.
    """
    both = shared(pairs.filter(pl.col("item").is_in(ITEMS)))
    if both["model"].n_unique() < 2:
        return Verdict("too short", 0, 0, None, None, None, {})
    scaled = both.with_columns(scale=pl.col("observed").mean().over("item").clip(lower_bound=1e-6))
    loss = crps() / pl.col("scale")
    whole = _compared(scaled, loss, (), least)
    each = {r["item"]: _three(r) for r in _compared(scaled, loss, ("item",), least).to_dicts()}
    if whole.is_empty():
        return Verdict("too short", 0, 0, None, None, None, {})
    row = whole.row(0, named=True)
    ratio, low, high = _three(row)
    return Verdict(_outcome(low, high, each), row["n"], row["days"], ratio, low, high, each)


def _compared(pairs: pl.DataFrame, loss: pl.Expr, by: tuple[str, ...], least: int) -> pl.DataFrame:
    return bootstrap.difference(pairs, "challenger", "champion", loss, by, inside=INSIDE, least=least)


def _three(row: dict[str, Any]) -> tuple[float | None, float | None, float | None]:
    return row["ratio"], row["ratio_low"], row["ratio_high"]


def _outcome(
    low: float | None, high: float | None, each: dict[str, tuple[float | None, float | None, float | None]]
) -> Outcome:
    if low is None or high is None:
        return "too short"
    if low > 1:
        return "worse"
    spoiled = any(item_low is not None and item_low > 1 for _, item_low, _ in each.values())
    return "better" if high < 1 and not spoiled else "undecided"


def unsound(verdict: Verdict) -> bool:
    """Is a refit of the same kind so much worse in its shadow runs that something must be wrong with it?

    The bar of the watch on drift (30 %, at least 200 targets); a week is too short for significance.
    """
    return verdict.ratio is not None and verdict.n >= LEAST_PAIRS and verdict.ratio > WORSE
