"""Tables that leave the house say which of their rows are simulated."""

from collections.abc import Collection

import polars as pl


def with_marks(table: pl.DataFrame, place: str, simulated: Collection[str]) -> pl.DataFrame:
    """The table with a last column `simulated`, where anything of the installation is. place: the column that names whose a row is."""
    if not simulated:
        return table
    return table.with_columns(simulated=pl.col(place).is_in(list(simulated)))
