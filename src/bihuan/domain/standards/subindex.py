"""Individual air quality index (IAQI) of HJ 633: one value, one item, exact.

Concentrations are rounded to whole ticks (µg/m³; CO 0.1 mg/m³) before the formula, so every possible result is
computed once, in integers, and looked up.
"""

from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.domain.standards.rounding import down, half_even
from bihuan.domain.standards.rules import DEFAULT, Rules
from bihuan.domain.standards.tables import NoStandard, rows

_FINE = 1_000_000
CAP = 500
_ABSURD = 1e9  # no concentration; also keeps the integer arithmetic inside 64 bits


def ticks_per_unit(item: str) -> int:
    """Steps per unit in which HJ 633 takes the concentration of an item: 10 for CO (0.1 mg/m³), else 1."""
    return 10 if item == "co" else 1


@cache
def breakpoints(standard: str, item: str, average: str) -> tuple[tuple[int, int], ...]:
    """Pairs (IAQI, concentration in ticks) of an item and averaging time (`1h`, `24h`, `8h`). Raises NoStandard."""
    found = tuple(
        (int(r["iaqi"]), round(float(r["concentration"]) * ticks_per_unit(item)))
        for r in rows("breakpoints")
        if (r["standard"], r["item"], r["average"]) == (standard, item, average)
    )
    if not found:
        raise NoStandard(f"{standard} has no breakpoints for {item}, {average}")
    return found


@cache
def _beyond(standard: str, item: str, average: str) -> int | None:
    """IAQI above the last breakpoint; None: this average has no index there."""
    for r in rows("beyond"):
        if (r["standard"], r["item"], r["average"]) == (standard, item, average):
            return int(r["iaqi"]) if r["iaqi"] else None
    return CAP


def _formula(ticks: NDArray[np.int64], points: tuple[tuple[int, int], ...], fine: int) -> NDArray[np.int64]:
    """Formula (1) of HJ 633, rounded up, in integers: `ticks` counts 1/fine of a tick, up to the last breakpoint."""
    index = np.array([i for i, _ in points], dtype=np.int64)
    conc = np.array([c * fine for _, c in points], dtype=np.int64)
    upper = np.clip(np.searchsorted(conc, ticks, side="left"), 1, len(points) - 1)
    rise, run = index[upper] - index[upper - 1], conc[upper] - conc[upper - 1]
    result: NDArray[np.int64] = index[upper - 1] - (-(rise * (ticks - conc[upper - 1])) // run)
    return result


@cache
def table(standard: str, item: str, average: str) -> pl.Series:
    """IAQI (Int16) of 0, 1, 2 ... ticks; the last entry stands for everything above the last breakpoint."""
    points = breakpoints(standard, item, average)
    known = _formula(np.arange(points[-1][1] + 1, dtype=np.int64), points, 1)
    return pl.Series([*known.tolist(), _beyond(standard, item, average)], dtype=pl.Int16)


def _looked_up(values: pl.Expr, known: pl.Series, item: str, rules: Rules) -> pl.Expr:
    cut = half_even if rules.concentration_rounding == "half-even" else down
    ticks = cut(_in_ticks(values, item))
    over = len(known) - 1
    place = (
        pl.when(values < 0).then(None).when(ticks < over).then(ticks).when(ticks <= _ABSURD).then(float(over))
    )
    return pl.lit(known).gather(place.cast(pl.UInt32))


def _in_ticks(values: pl.Expr, item: str) -> pl.Expr:
    return values * ticks_per_unit(item) if ticks_per_unit(item) > 1 else values


def _unrounded(values: pl.Expr, standard: str, item: str, average: str) -> pl.Expr:
    points = breakpoints(standard, item, average)
    top, beyond = points[-1][1], _beyond(standard, item, average)

    def exact(column: pl.Series) -> pl.Series:
        fine = column.fill_null(0).to_numpy()
        return pl.Series(_formula(fine, points, _FINE), dtype=pl.Int16)

    per_tick = ticks_per_unit(item) * _FINE
    fine = (values * per_tick).round(0).clip(0, top * _FINE).cast(pl.Int64)
    index = fine.map_batches(exact, return_dtype=pl.Int16, is_elementwise=True)
    over = values * ticks_per_unit(item) > top
    return pl.when(over).then(pl.lit(beyond, pl.Int16)).when(values.is_not_null()).then(index)


def usable(values: pl.Expr) -> pl.Expr:
    """The value, or null where it is no concentration: negative, not a number, infinite (or above 10^9)."""
    number = values.cast(pl.Float64)
    return pl.when(number.is_between(0, _ABSURD)).then(number)


def iaqi(values: pl.Expr, item: str, average: str, standard: str, rules: Rules = DEFAULT) -> pl.Expr:
    """IAQI (Int16, 0..500) of concentrations of one item [µg/m³; CO mg/m³].

    values: concentrations; null, negative and non-finite ones have no index.
    item: inside name; average: `1h`, `24h`, or `8h` (O3); standard: `HJ633-2012` or `HJ633-2026`.
    Rounded up to an integer (an exact integer stays), capped at 500; above the last breakpoint of SO2 1 h and O3
    8 h the special rules of the edition hold (2012: none; 2026: 200 and 300).
    Source: HJ 633-2012 4.2, 4.3 and table 1; HJ 633-2026 4.2, 4.3.1 and table 3. Raises NoStandard.
    """
    number = values.cast(pl.Float64)
    if rules.concentration_rounding == "none":
        return _unrounded(usable(number), standard, item, average)
    return _looked_up(number, table(standard, item, average), item, rules)
