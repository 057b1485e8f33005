"""Cells -> numbers and times, whole columns at once; what cannot be one is refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from bihuan.domain.quantities import BY_ANY_NAME, Quantity
from bihuan.feeds.lines import ROW
from bihuan.feeds.reading import Refusal
from bihuan.reasons import Reason

MISSING = ("", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "-", "--", "—", "——", "/")
NOT_DELIVERED = float("nan")
"""In the rows of a batch: the value was refused, what is stored stays as it was. Null = delivered as empty."""

SENTINELS = (-1.0, -99.0, -999.0, -9999.0, -99999.0)
COMPASS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")


@dataclass(frozen=True)
class Column:
    """One column of numbers: `values` as long as the table (NaN where refused), and the refusals."""

    values: pl.Series
    refused: tuple[Refusal, ...]


def missing(column: str) -> pl.Expr:
    """True where a text cell says that there is no value."""
    return pl.col(column).is_null() | pl.col(column).str.strip_chars().is_in(MISSING)


def text_numbers(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """`raw` text, `value` number, `bad` where there is text that is no number."""
    if frame.schema[column] == pl.String:
        raw = pl.col(column).str.strip_chars()
        number = raw.cast(pl.Float64, strict=False)
        return frame.select(
            ROW, raw=raw, value=pl.when(missing(column)).then(None).otherwise(number), gone=missing(column)
        ).select(ROW, "raw", "value", bad=pl.col("value").is_null() & ~pl.col("gone"))
    cells = pl.col(column)
    if frame.schema[column] == pl.Float32:
        cells = cells.cast(
            pl.String
        )  # 2556.1 stored in 32 bits is 2556.1001 in 64; its shortest text says what was meant
    number = cells.cast(pl.Float64, strict=False).fill_nan(None)
    return frame.select(ROW, raw=pl.col(column).cast(pl.String), value=number, bad=pl.lit(False))


NOT_A_NUMBER = Reason("not_a_number")
NO_VALUES: Mapping[str, Reason] = {
    "not_a_number": NOT_A_NUMBER,
    "not_finite": Reason("not_finite"),
    "code_for_missing": Reason("code_for_missing"),
    "negative": Reason("negative"),
}
OUTSIDE = "outside"
Faults = Callable[[Quantity], Mapping[str, Reason]]


def outside(quantity: Quantity) -> Reason:
    """Of a value beyond a quantity's plausible range."""
    if quantity.unit:
        return Reason("outside", low=quantity.low, high=quantity.high, unit=quantity.unit)
    return Reason("outside_without_unit", low=quantity.low, high=quantity.high)


def faults(quantity: Quantity) -> Mapping[str, Reason]:
    """What can be wrong with a value of a quantity, by the words of `fault`."""
    return {**NO_VALUES, OUTSIDE: outside(quantity)}


def fault(low: pl.Expr, high: pl.Expr, beyond: pl.Expr) -> pl.Expr:
    """What keeps a `value` (or a text that is `bad`) from being one of a quantity with this range; null where it may be one.

    A key of NO_VALUES, or `beyond` for one outside the range.
    """
    value = pl.col("value")
    return (
        pl.when(pl.col("bad"))
        .then(pl.lit("not_a_number"))
        .when(value.is_infinite() | value.is_nan())
        .then(pl.lit("not_finite"))
        .when(value.is_in(SENTINELS) & (value < low))
        .then(pl.lit("code_for_missing"))
        .when((value < low) & (low == 0))
        .then(pl.lit("negative"))
        .when((value < low) | (value > high))
        .then(beyond)
    )


def _compass(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Letters -> degrees, as text, so that degrees and letters go on the same way."""
    if frame.schema[column] != pl.String:
        return frame
    degrees = {name: str(i * 22.5) for i, name in enumerate(COMPASS)}
    letters = pl.col(column).str.strip_chars().str.to_uppercase()
    return frame.with_columns(
        pl.coalesce(letters.replace_strict(degrees, default=None, return_dtype=pl.String), column).alias(
            column
        )
    )


def multiplied(factor: float | Fraction) -> pl.Expr:
    """`value` times a factor; divided where that is exact, for 5.3 / 1000 is nearer to what was meant than 5.3 * 0.001."""
    if isinstance(factor, Fraction):
        return pl.col("value") * factor.numerator / factor.denominator
    return pl.col("value") * factor


def numbers(
    frame: pl.DataFrame,
    column: str,
    name: str,
    file: str,
    factor: float | Fraction = 1.0,
    of: Faults = faults,
) -> Column:
    """The column as quantity `name`; refused values become NaN ("not delivered"). of: what is said of their faults."""
    table = text_numbers(_compass(frame, column) if name == "wd" else frame, column)
    table = table.with_columns(multiplied(factor)) if factor != 1 else table
    quantity = BY_ANY_NAME[name]
    reasons = of(quantity)
    table = table.with_columns(fault=fault(pl.lit(quantity.low), pl.lit(quantity.high), pl.lit(OUTSIDE)))
    refused = tuple(
        Refusal(file, row, column, raw or "", reasons[found])
        for row, raw, found in table.filter(pl.col("fault").is_not_null())
        .select(ROW, "raw", "fault")
        .iter_rows()
    )
    kept = pl.when(pl.col("fault").is_null()).then("value").otherwise(NOT_DELIVERED)
    return Column(table.select(kept.alias(name))[name], refused)
