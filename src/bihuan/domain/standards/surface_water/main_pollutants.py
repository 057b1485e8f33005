"""主要污染指标 of a section that is worse than class III: 环办〔2011〕22号, section 2.

Items worse than III, the worst class first, within one class the larger multiple of the limit of class III first; cyanide, lead, chromium and their like
come before all others; at most three. pH and dissolved oxygen have no multiple and stand behind those that have one in their class.
"""

from collections.abc import Callable, Sequence

import polars as pl

from bihuan.domain.standards.rounding import half_even
from bihuan.domain.standards.surface_water.items import LAKE, Item, items

MOST = 3
III = 3
_CLASS, _TOXIC = 10_000.0, 1_000_000.0
_LARGEST = _CLASS - 1


def with_main(frame: pl.DataFrame, *, kind: str = "kind") -> pl.DataFrame:
    """The rows of `with_classes` with `main`: the text of `named`, null where the row is III or better, or has no class."""
    ranked = ranks(frame, kind=kind)
    places = pl.concat_str(
        [named(f"main_{n}", f"multiple_{n}") for n in range(1, MOST + 1)], separator=", ", ignore_nulls=True
    )
    texts = ranked.select("row", main=places)
    return frame.with_row_index("row").join(texts, on="row", how="left", maintain_order="left").drop("row")


def ranks(frame: pl.DataFrame, *, kind: str = "kind") -> pl.DataFrame:
    """Of each row worse than III: `row` (its place in the frame), `main_1` to `main_3` (names of items) and `multiple_1` to `multiple_3`.

    Multiples are (value - limit of III) / limit of III, null for pH and dissolved oxygen.
    """
    judged = [i for i in items().values() if i.judged and f"class_{i.name}" in frame.columns]
    bad = frame.lazy().with_row_index("row").filter(pl.col("class") > III)
    lake = pl.col(kind) == LAKE if kind in frame.columns else pl.lit(value=False)
    bad = bad.with_columns(_multiple(i, lake).alias(f"#m_{i.name}") for i in judged)
    bad = bad.with_columns(_weight(i).alias(f"#w_{i.name}") for i in judged)
    bad = bad.with_columns(_place(i, judged).alias(f"#p_{i.name}") for i in judged)
    return bad.select(
        "row",
        *(_at(n, judged, lambda i: pl.lit(i.short)).alias(f"main_{n}") for n in range(1, MOST + 1)),
        *(
            _at(n, judged, lambda i: pl.col(f"#m_{i.name}")).alias(f"multiple_{n}")
            for n in range(1, MOST + 1)
        ),
    ).collect()


def _multiple(item: Item, lake: pl.Expr) -> pl.Expr:
    """By which multiple of the limit of class III a value lies above it; null where it has none."""
    if not item.has_multiple:
        return pl.lit(None, pl.Float64)
    river, still = ((limits[III - 1] if limits else None) for limits in (item.river, item.lake))
    limit = pl.lit(river) if river == still else pl.when(lake).then(pl.lit(still)).otherwise(pl.lit(river))
    return (pl.col(item.name).cast(pl.Float64) - limit) / limit


def _weight(item: Item) -> pl.Expr:
    """What orders the items of a row: the larger, the earlier; null where it is III or better."""
    multiple = pl.col(f"#m_{item.name}").fill_null(0.0).clip(0, _LARGEST)
    weight = pl.col(f"class_{item.name}").cast(pl.Float64) * _CLASS + multiple + (_TOXIC if item.toxic else 0)
    return pl.when(pl.col(f"class_{item.name}") > III).then(weight)


def _place(item: Item, judged: Sequence[Item]) -> pl.Expr:
    """How many items stand before this one; null where it does not stand at all. Equal ones stand as in the standard."""
    own, before = pl.col(f"#w_{item.name}"), judged.index(item)
    others = (
        (pl.col(f"#w_{o.name}") >= own if n < before else pl.col(f"#w_{o.name}") > own)
        for n, o in enumerate(judged)
        if o is not item
    )
    earlier = sum((one.fill_null(value=False).cast(pl.UInt8) for one in others), pl.lit(0, pl.UInt8))
    return pl.when(own.is_not_null()).then(earlier)


def _at(place: int, judged: Sequence[Item], what: Callable[[Item], pl.Expr]) -> pl.Expr:
    return pl.coalesce(
        *(pl.when(pl.col(f"#p_{i.name}") == place - 1).then(what(i)) for i in judged), pl.lit(None)
    )


def named(main: str, multiple: str) -> pl.Expr:
    """NH3-N (1.78): the item with its multiple to two decimals, trailing zeros left out; pH and DO by name alone."""
    number = half_even(pl.col(multiple), 2).cast(pl.String).str.strip_suffix(".0")
    return (
        pl.when(pl.col(multiple).is_null()).then(pl.col(main)).otherwise(pl.format("{} ({})", main, number))
    )
