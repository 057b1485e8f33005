"""Observations as the standard judges them: a column for each item, in its unit."""

from collections.abc import Sequence

import polars as pl

from bihuan.domain.quantities import LONG
from bihuan.domain.standards.surface_water.items import items
from bihuan.domain.units import factor

CODES = {item.code: name for name, item in items().items()}
"""Items by the code of their observations."""


def by_item(rows: pl.DataFrame, index: Sequence[str]) -> pl.DataFrame:
    """`index`, and a column for each item by name in the unit of the standard: the mean of its values. rows: index, quantity (of CODES), value."""
    into = {item.code: float(factor(LONG[item.code].unit, item.unit) or 1) for item in items().values()}
    value = pl.col("value") * pl.col("quantity").replace_strict(into, return_dtype=pl.Float64)
    named = rows.select(*index, pl.col("quantity").replace_strict(CODES, return_dtype=pl.String), value=value)
    return named.pivot("quantity", index=list(index), values="value", aggregate_function="mean")
