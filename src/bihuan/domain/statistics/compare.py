"""Rankings, changes, exceedance multiples and what the rest of a year may be."""

from datetime import date

import polars as pl

from bihuan.domain.standards import DEFAULT, Rules, half_even
from bihuan.domain.statistics.daily import VALUES
from bihuan.domain.statistics.periods import EVALUATED, span_values

COMPARED = (*EVALUATED.values(), "good_ratio", "composite")
_VALUE = {statistic: "o3_8h" if item == "o3" else item for item, statistic in EVALUATED.items()}
_MARKS = (*(f"valid_{v}" for v in VALUES), "composite_basis")


def ranking(
    table: pl.DataFrame, by: str = "composite", *, descending: bool = False, valid: pl.Expr | None = None
) -> pl.DataFrame:
    """Adds `rank` within each `start`: equal values share a rank and the next is skipped (1, 1, 3); null has none.

    table: period statistics. `descending`: best is highest (good-day ratio). `valid`: who takes part; whoever lacks days
    has no rank and comes last. Source: ranking rule 2018 no. 19; HJ 663 (validity).
    """
    taken = pl.col(by) if valid is None else pl.when(valid).then(by)
    rank = taken.rank("min", descending=descending).over("start").cast(pl.Int32)
    return table.with_columns(rank=rank).sort("start", "rank", "site", nulls_last=True)


def change_rate(now: pl.Expr, before: pl.Expr) -> pl.Expr:
    """Change against `before` [%], one decimal, GB/T 8170; null where there is nothing to compare with."""
    return half_even(pl.when(before != 0).then((now - before) * 100 / before), 1)


def compared(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Statistics of two periods by site: each statistic, `<it>_before` and `<it>_change` [%; good_ratio: points].

    Both tables as bulletins take them: published (rounded) values. A change needs both periods valid in what it
    compares; composite index and good days also the same basis (`composite_basis`): limits and weights changed in 2026.
    """
    had = before.select("site", *(pl.col(c).alias(f"{c}_before") for c in (*COMPARED, *_MARKS)))
    joined = now.join(had, on="site", how="left", maintain_order="left")
    rates = [
        pl.when(_comparable(c)).then(change_rate(pl.col(c), pl.col(f"{c}_before"))).alias(f"{c}_change")
        for c in COMPARED
        if c != "good_ratio"
    ]
    points = half_even(pl.col("good_ratio") - pl.col("good_ratio_before"), 1)
    ratio = pl.when(_comparable("good_ratio")).then(points).alias("good_ratio_change")
    return joined.with_columns(*rates, ratio).drop(f"{c}_before" for c in _MARKS)


def _comparable(statistic: str) -> pl.Expr:
    of = [_VALUE[statistic]] if statistic in _VALUE else VALUES
    valid = pl.all_horizontal(f"valid_{v}{side}" for v in of for side in ("", "_before"))
    same = pl.col("composite_basis") == pl.col("composite_basis_before")
    return valid if statistic in _VALUE else valid & same


def _a_year_before(day: date) -> date:
    return (
        day.replace(year=day.year - 1, day=28)
        if (day.month, day.day) == (2, 29)
        else day.replace(year=day.year - 1)
    )


def same_period_last_year(
    days: pl.DataFrame, first: date, last: date, standard: str = "auto", rules: Rules = DEFAULT
) -> pl.DataFrame:
    """The span first..last against the same dates a year before, by site (`compared`).

    Under `auto` each span is on the standard of its own dates; name a standard to compare on one basis.
    """
    now = span_values(days, first, last, standard, rules)
    before = span_values(days, _a_year_before(first), _a_year_before(last), standard, rules)
    return compared(now, before)


def remaining_allowance(target: float, days_so_far: int, mean_so_far: float, days_left: int) -> float | None:
    """What the mean of the remaining days may be at most for the year's mean to be `target` [unit of the mean].

    Negative: the target is out of reach. None when no days are left.
    """
    if days_left <= 0:
        return None
    return (target * (days_so_far + days_left) - mean_so_far * days_so_far) / days_left


def exceedance_multiple(values: pl.Expr, cap: float) -> pl.Expr:
    """How many times the limit is exceeded (超标倍数): (C - S) / S, two decimals; null where C <= S. HJ 663."""
    return half_even(pl.when(values > cap).then((values - cap) / cap), 2)
