"""Where the amount of an hour comes from, and which hours stood still by a mark of people."""

import polars as pl

from bihuan.domain.outlets.hours import KEY
from bihuan.domain.outlets.marks import STOP_CODES, marked_hours

MEASURED, IDLE, MISSING = "measured", "stopped", "missing"


SUBSTITUTED = "substituted"


def with_stops(hours: pl.DataFrame, marks: pl.DataFrame) -> pl.DataFrame:
    """Adds `_stop`: a condition mark says that the source stood still in some part of the hour."""
    stops = marks.filter(pl.col("kind") == "condition", pl.col("code").is_in(STOP_CODES))
    touched = marked_hours(stops, hours).lazy().select(*KEY, _stop=pl.lit(True))
    marked = hours.lazy().join(touched, on=KEY, how="left", maintain_order="left")
    return marked.with_columns(pl.col("_stop").fill_null(False)).collect()
