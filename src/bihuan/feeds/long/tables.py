"""What tables with one row for each event have in common: heads with a unit behind the name, sites, values."""

import re
from collections.abc import Mapping, Sequence

import polars as pl

from bihuan.feeds.lines import ROW
from bihuan.feeds.long.columns import Measured, long_values
from bihuan.feeds.mapping import cell_texts
from bihuan.feeds.reading import Refusal
from bihuan.feeds.sites import FAULTS, faults

WITH_UNIT = re.compile(r"\s*[(（].*[)）]\s*$")


def plain_heads(columns: Sequence[str], names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Which column holds what; a unit in brackets behind a name does not count. Of several the first column."""
    bare = {column: WITH_UNIT.sub("", column).strip() for column in reversed(columns)}
    found = {what: next((c for c in columns if bare[c] in known), "") for what, known in names.items()}
    return {what: column for what, column in found.items() if column}


def with_named(file: str, frame: pl.DataFrame, column: str) -> tuple[pl.DataFrame, list[Refusal]]:
    """The rows with a `site` from a column; refusals of those without."""
    table = frame.with_columns(cell_texts(frame[column]).alias("site"))
    odd = faults(table["site"])
    told = table.select(ROW, "site").with_columns(odd).drop_nulls("fault")
    refused = [Refusal(file, row, column, site, FAULTS[fault]) for row, site, fault in told.iter_rows()]
    return table.filter(odd.is_null()), refused


def with_values(
    file: str, frame: pl.DataFrame, columns: Sequence[Measured]
) -> tuple[pl.DataFrame, tuple[Refusal, ...]]:
    """Long rows of some columns, none of whose cells is empty: such tables say nothing of flags, and an empty cell nothing at all."""
    rows, refused = long_values(file, frame.drop("flag", strict=False), columns)
    return rows.filter(pl.col("value").is_not_null()), refused
