"""Cells of a laboratory -> numbers: `<0.01` and `0.01L` are below a detection limit, `未检出` is so without saying it."""

from dataclasses import dataclass

import polars as pl

from bihuan.domain.flags import BELOW, NORMAL
from bihuan.feeds.values import MISSING

ABSENT = ("*",)
"""Nothing was measured."""
UNSEEN = ("未检出", "ND", "nd", "N.D.", "低于检出限", "<DL", "L")
"""Below the limit, and the limit is not said."""
SMALLER = r"^[<＜﹤]\s*([0-9.]+(?:[eE][-+]?\d+)?)$"
WITH_L = r"^([0-9.]+(?:[eE][-+]?\d+)?)\s*[LＬ]$"


@dataclass(frozen=True)
class Cells:
    """Of one column: texts that are numbers or empty (half a limit in place of it), and the flags."""

    texts: pl.Series
    flags: pl.Series


def read_cells(column: pl.Series) -> Cells:
    """What the cells of a column say; a text that means nothing stays as it is, and so do those of ABSENT."""
    text = pl.col("text")
    limit = pl.coalesce(text.str.extract(SMALLER), text.str.extract(WITH_L))
    half = limit.cast(pl.Float64, strict=False) / 2
    below = half.is_not_null() | text.is_in(UNSEEN)
    said = (
        pl.when(half.is_not_null())
        .then(half.cast(pl.String))
        .when(text.is_in([*UNSEEN, *MISSING]))
        .then(None)
        .otherwise(text)
    )
    flag = pl.when(below).then(pl.lit(BELOW))
    frame = column.cast(pl.String).str.strip_chars().alias("text").to_frame()
    both = frame.select(said.alias("texts"), flag.cast(pl.String).alias("flags"))
    return Cells(both["texts"], both["flags"])


def with_below(flag: pl.Expr, below: pl.Expr) -> pl.Expr:
    """The flag of a value: that of the sender, and where this says nothing or normal, that it is below the limit."""
    unsaid = flag.is_null() | (flag == NORMAL)
    return pl.when(below.is_not_null() & unsaid).then(below).otherwise(flag)
