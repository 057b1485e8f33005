"""Rounding of GB/T 8170 (half to even), exact as decimals although the inputs are binary floats."""

import polars as pl

_NOISE = 9


def half_even(values: pl.Expr, decimals: int = 0) -> pl.Expr:
    """Round to `decimals`, halves to the even neighbour (GB/T 8170-2008, 3.2).

    What is rounded is the decimal number a person would write: 0.35 -> 0.4 and 2.5 -> 2, though the float nearest
    to 0.35 lies below it. First the binary noise is removed at the ninth decimal behind the wanted one: finer
    than any two different means of a year's published values can differ. Null stays null.
    """
    if decimals == 0:
        return values.round(_NOISE).round(0, mode="half_to_even")
    scale = 10.0**decimals
    whole = (values * scale).round(_NOISE).round(0, mode="half_to_even")
    return _as_written(whole, decimals)


def down(values: pl.Expr, decimals: int = 0) -> pl.Expr:
    """Cut off after `decimals` (values are not negative); binary noise removed first."""
    scale = 10.0**decimals
    return _as_written((values * scale).round(_NOISE).floor(), decimals)


def _as_written(whole: pl.Expr, decimals: int) -> pl.Expr:
    """The float nearest to whole / 10^decimals: the engine multiplies by 0.1 where it is told to divide by 10."""
    return (whole / 10.0**decimals).round(decimals)
