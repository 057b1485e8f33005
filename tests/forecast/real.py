"""Real hours of Yangquan's five stations, 2019, as packed for the practice city."""

from functools import cache
from importlib import resources

import polars as pl

from bihuan.domain.quantities import BY_LABEL, ITEM_NAMES
from bihuan.domain.timeaxis import parse_moment, starts_from_labels

SITES = ("1738A", "1739A", "1741A", "1742A", "1743A")
CITY = {"140300": SITES}
AREAS = {"city:140300": SITES, "county:140302": SITES[:2], "county:140303": SITES[2:]}


@cache
def history() -> pl.DataFrame:
    """Wide rows of 2019-01-01 to 2019-09-30."""
    with resources.as_file(resources.files("bihuan.practice") / "data" / "yangquan_2019.parquet") as path:
        table = pl.read_parquet(path)
    items = {label: q.name for label, q in BY_LABEL.items() if label in table.columns}
    values = [pl.col(name).cast(pl.Float64) for name in ITEM_NAMES]
    return table.rename(items).select("site", starts_from_labels("time").alias("start"), *values)


def until(text: str, days: int = 400) -> pl.DataFrame:
    """Rows that had ended by a moment, of the days before it."""
    moment = parse_moment(text)
    ended = pl.col("start") + pl.duration(hours=1)
    return history().filter(ended <= moment, pl.col("start") >= moment - pl.duration(days=days))
