"""A table with a column for each quantity, as long rows: by a mapping, or by what the reader of a format knows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import polars as pl

from bihuan.domain.quantities import BY_ANY_NAME, LONG, code_of
from bihuan.domain.units import factor
from bihuan.feeds.lines import ROW
from bihuan.feeds.long.below import read_cells, with_below
from bihuan.feeds.long.rows import SCHEMA
from bihuan.feeds.reading import Refusal
from bihuan.feeds.values import numbers
from bihuan.reasons import Reason

SEVERAL = Reason("several_values")


@dataclass(frozen=True)
class Measured:
    """A file's column holds the quantity `code`, after multiplication with `factor` in the unit of its row of the table."""

    column: str
    code: str
    factor: float | Fraction = Fraction(1)


def measured(column: str, name: str, times: float = 1.0) -> Measured:
    """The column of a mapping. An inside name means the unit of its own row: `so2` is µg/m³, a21026 mg/m³.

    Raises KeyError for a quantity that is not known.
    """
    known = BY_ANY_NAME.get(name)
    code = known.code if known else code_of(name)
    if not code:
        raise KeyError(name)
    into = factor(known.unit, LONG[code].unit) if known else Fraction(1)
    if into is None or into == 1:
        return Measured(column, code, times)
    return Measured(column, code, into if times == 1 else float(into) * times)


def long_values(
    file: str, frame: pl.DataFrame, columns: Sequence[Measured], *, absent: Collection[str] = ()
) -> tuple[pl.DataFrame, tuple[Refusal, ...]]:
    """Rows (site, period, start, perhaps flag, ROW and the columns) as SCHEMA; a refused value gives no row.

    absent: cells that say that the quantity is not measured there; nothing is said of it then. An empty value
    with the flag N says no more than an empty value without one. What is below a limit of detection says so by its flag.
    """
    about = [c for c in SCHEMA if c in frame.columns]
    parts, refused = [frame.select(about).clear().with_columns(_shape())], list[Refusal]()
    for one in columns:
        gone = _is_one_of(frame, one.column, absent)
        rows = frame.filter(~gone) if gone.any() else frame
        found = _with_limits(rows, one.column)
        column = numbers(found, one.column, LONG[one.code].name, file, one.factor)
        refused += _as_written(column.refused, rows)
        value = column.values.alias("value")
        part = found.select(c for c in SCHEMA if c in found.columns).with_columns(
            value, quantity=pl.lit(one.code)
        )
        parts.append(part.filter(value.is_null() | value.is_not_nan()))
    whole = pl.concat(parts, how="diagonal")
    if "flag" in whole.columns:
        whole = whole.with_columns(plain_flag())
    return whole, tuple(refused)


def _with_limits(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Numbers in place of what is below a limit of detection, with a `flag` that says so."""
    if frame.schema[column] != pl.String:
        return frame
    cells = read_cells(frame[column])
    if not cells.flags.count():
        return frame
    flag = pl.col("flag") if "flag" in frame.columns else pl.lit(None, pl.String)
    below = with_below(flag, pl.col("#below")).alias("flag")
    return frame.with_columns(cells.texts.alias(column), cells.flags.alias("#below")).with_columns(below)


def _as_written(refused: Sequence[Refusal], frame: pl.DataFrame) -> list[Refusal]:
    """The refusals of one column with its cells as the file has them."""
    if not refused or frame.schema[refused[0].column] != pl.String:
        return list(refused)
    texts = dict(
        frame.filter(pl.col(ROW).is_in([r.row for r in refused])).select(ROW, refused[0].column).iter_rows()
    )
    return [replace(r, value=(texts[r.row] or "").strip()) for r in refused]


def plain_flag() -> pl.Expr:
    """The flag, but for an empty value that is said to be normal."""
    nothing = pl.col("value").is_null() & (pl.col("flag") == "N")
    return pl.when(~nothing.fill_null(value=False)).then("flag").alias("flag")


def _shape() -> list[pl.Expr]:
    return [pl.lit(None, pl.Float64).alias("value"), pl.lit("").alias("quantity")]


def _is_one_of(frame: pl.DataFrame, column: str, cells: Collection[str]) -> pl.Series:
    if frame.schema[column] != pl.String or not cells:
        return pl.Series([False]).new_from_index(0, frame.height)
    return frame[column].str.strip_chars().is_in(list(cells)).fill_null(value=False)
