"""Cells -> numbers and times, whole columns at once; what cannot be one is refused with reason and remedy."""

from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from bihuan.domain.quantities import BY_ANY_NAME, Quantity
from bihuan.feeds.lines import ROW
from bihuan.feeds.reading import Refusal

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


def outside(quantity: Quantity) -> str:
    """The sentence on a value beyond a quantity's plausible range."""
    limits = f"{quantity.low:g}..{quantity.high:g} {quantity.unit}".rstrip()
    return f"outside {limits}, which no instrument reports"


def reason(low: pl.Expr, high: pl.Expr, beyond: pl.Expr) -> pl.Expr:
    """Why a `value` (or a text that is `bad`) is no measurement of a quantity with this range; null where it may be one."""
    value = pl.col("value")
    return (
        pl.when(pl.col("bad"))
        .then(pl.lit("not a number"))
        .when(value.is_infinite() | value.is_nan())
        .then(pl.lit("not a finite number"))
        .when(value.is_in(SENTINELS) & (value < low))
        .then(pl.lit("looks like a code for a missing value"))
        .when((value < low) & (low == 0))
        .then(pl.lit("negative, which this quantity cannot be"))
        .when((value < low) | (value > high))
        .then(beyond)
    )


REMEDIES = {
    "not a number": "correct the cell, or leave it empty if there is no value",
    "not a finite number": "leave the cell empty if there is no value",
    "looks like a code for a missing value": "leave the cell empty if there is no value",
    "negative, which this quantity cannot be": "check the instrument's zero; correct the value or leave it empty",
}
OTHER_REMEDY = "check the unit and the instrument; correct the value or leave it empty"


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


def numbers(frame: pl.DataFrame, column: str, name: str, file: str, factor: float | Fraction = 1.0) -> Column:
    """The column as quantity `name`; refused values become NaN ("not delivered")."""
    table = text_numbers(_compass(frame, column) if name == "wd" else frame, column)
    table = table.with_columns(multiplied(factor)) if factor != 1 else table
    quantity = BY_ANY_NAME[name]
    limits = pl.lit(quantity.low), pl.lit(quantity.high), pl.lit(outside(quantity))
    table = table.with_columns(reason=reason(*limits))
    refused = tuple(
        Refusal(file, row, column, raw or "", why, REMEDIES.get(why, OTHER_REMEDY))
        for row, raw, why in table.filter(pl.col("reason").is_not_null())
        .select(ROW, "raw", "reason")
        .iter_rows()
    )
    kept = pl.when(pl.col("reason").is_null()).then("value").otherwise(NOT_DELIVERED)
    return Column(table.select(kept.alias(name))[name], refused)
