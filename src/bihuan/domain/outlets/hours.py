"""Every hour of a span at every outlet, those of which nothing came too."""

from collections.abc import Iterable
from datetime import datetime

import polars as pl

from bihuan.domain.outlets.marks import marked_hours
from bihuan.domain.outlets.tables import empty
from bihuan.domain.timeaxis import INSTANT

KEY = ["site", "start"]
NO_DATA = "B"
"""Flag of an invalid hour whose minutes are simply absent."""


def of_register(minutes: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Adds what minutes need of their outlet; known: site and those columns. Raises ValueError for minutes of unknown outlets."""
    unknown = set(minutes["site"].unique()) - set(known["site"])
    if unknown:
        raise ValueError(f"minutes of outlets that are not in the register: {', '.join(sorted(unknown))}")
    return minutes.join(known, on="site", how="left", maintain_order="left")


def whole_hours(
    rows: pl.DataFrame, sites: Iterable[str], marks: pl.DataFrame, *, since: datetime, until: datetime
) -> pl.DataFrame:
    """HOURS with a row for every hour of [since, until) of every site; absent hours are invalid with flag B.

    Hours outside are left out; the marks are laid anew, so that absent hours have theirs too. rows: the hours of stacks or
    of sewage outlets.
    """
    schema = rows.schema
    flagged = [name.removeprefix("valid_") for name in schema if name.startswith("valid_")]
    times = pl.datetime_range(since, until, "1h", closed="left", eager=True, time_unit="us")
    grid = pl.DataFrame({"site": list(sites)}, schema={"site": pl.String()})
    grid = grid.join(times.cast(INSTANT).alias("start").to_frame(), how="cross")
    if grid.is_empty():
        return empty(schema)
    full = grid.lazy().join(rows.lazy().drop("mark"), on=KEY, how="left")
    full = full.join(marked_hours(marks, grid).lazy(), on=KEY, how="left")
    filled = full.with_columns(
        *(pl.col(f"n_{i}").fill_null(0) for i in flagged),
        *(pl.col(f"valid_{i}").fill_null(False) for i in flagged),
        *(pl.col(f"{i}_flag").fill_null(NO_DATA) for i in flagged),
    )
    return filled.select(list(schema)).cast(schema).sort(KEY).collect()
