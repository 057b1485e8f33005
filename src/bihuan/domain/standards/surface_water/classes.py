"""水质类别: the class of each item and of the whole row, GB 3838-2002 table 1 with the single-factor rule (环办〔2011〕22号).

A class is a number here: 1 to 5 for Ⅰ to Ⅴ, 6 for 劣Ⅴ. Where limits of classes are equal the better class counts. The worst item gives the
class; an item without a value is not judged and not taken for good. Values are judged as they stand: means are rounded before (`means`).
"""

from collections.abc import Collection, Iterable, Sequence

import polars as pl

from bihuan.domain.standards.surface_water.items import HIGHEST_PH, LAKE, Item, items
from bihuan.domain.standards.surface_water.oxygen import saturation

WORSE = 6
SATURATED = 0.9
ROMAN = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ")
"""As the national platform writes them."""
NUMBERS = {name: n for n, name in enumerate(ROMAN, 1)}
NAMES = ("优", "优", "良好", "轻度污染", "中度污染", "重度污染")
"""定性评价 of each class (环办〔2011〕22号)."""
COLOURS = ("blue", "blue", "green", "yellow", "orange", "red")


def with_classes(
    frame: pl.DataFrame | pl.LazyFrame,
    names: Collection[str] = (),
    *,
    kind: str = "kind",
    temperature: str = "",
) -> pl.DataFrame:
    """The rows with `class_<item>` and `class` as numbers.

    frame: a column of values for each item, by name, in the unit of `items`. names: which items are judged, default all
    that the frame has; of these, reference items get a class of their own and do not count for `class`.
    kind: a column with `lake` for lakes and reservoirs; all others, and all rows of a frame without it, are rivers.
    temperature: a column [°C]; where it is named, water with 90 % of its saturation or more is of class I by oxygen, however warm it
    is (GB 3838-2002 table 1). The national release does not judge so.
    """
    lazy = frame.lazy()
    schema = lazy.collect_schema()
    chosen = [i for name, i in items().items() if name in schema and (not names or name in names)]
    lake = pl.col(kind) == LAKE if kind in schema else None
    classes = {i.name: class_of(i, schema[i.name], lake) for i in chosen}
    if temperature and "do" in classes:
        full = pl.col("do") >= SATURATED * saturation(pl.col(temperature))
        classes["do"] = pl.when(full).then(pl.lit(1, pl.UInt8)).otherwise(classes["do"])
    found = lazy.with_columns(value.alias(f"class_{name}") for name, value in classes.items())
    judged = [pl.col(f"class_{i.name}") for i in chosen if i.judged]
    worst = pl.max_horizontal(judged) if judged else pl.lit(None, pl.UInt8)
    return found.with_columns(worst.alias("class")).collect()


def class_of(item: Item, dtype: pl.DataType, lake: pl.Expr | None = None) -> pl.Expr:
    """The class of an item's values; null where there is no value, or no limit for that kind of water.

    Values of 32 bits are compared with limits of 32 bits: 0.1 mg/L stays 0.1 mg/L.
    """
    river = _class_by(item, item.river, dtype)
    if lake is None or item.lake == item.river:
        return river
    return pl.when(lake).then(_class_by(item, item.lake, dtype)).otherwise(river)


def _class_by(item: Item, limits: Sequence[float] | None, dtype: pl.DataType) -> pl.Expr:
    value = pl.col(item.name)
    if limits is None:
        return pl.lit(None, pl.UInt8)

    def bound(limit: float) -> pl.Expr:
        return pl.lit(limit, dtype if dtype.is_float() else pl.Float64)

    if item.rule == "range":
        outside = (value < bound(limits[0])) | (value > bound(HIGHEST_PH))
        return outside.cast(pl.UInt8) * (WORSE - 1) + 1
    beyond = (value < bound(x) if item.rule == "least" else value > bound(x) for x in limits)
    return sum((one.cast(pl.UInt8) for one in beyond), pl.lit(1, pl.UInt8))


def roman(column: str) -> pl.Expr:
    """A column of class numbers as the platform writes classes; null stays null."""
    return pl.col(column).replace_strict(dict(enumerate(ROMAN, 1)), default=None, return_dtype=pl.String)


def reaches(wanted: int, found: Iterable[int | None]) -> bool | None:
    """Are all classes that are known at least as good as wanted? None where none is known."""
    known = [n for n in found if n is not None]
    return max(known) <= wanted if known else None
