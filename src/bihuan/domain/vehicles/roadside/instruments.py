"""Faults of the instruments at the road, from what they measured themselves (own methods)."""

import polars as pl

from bihuan.domain.timeaxis import local_date
from bihuan.domain.vehicles.roadside.sensing import FINE, FLAG, PLATE, POWER, WEATHER
from bihuan.domain.vehicles.roadside.tables import MEASURED


def stuck(rows: pl.DataFrame, least: int) -> pl.DataFrame:
    """Records -> stretches in which `least` vehicles or more in a row got the same value: site, lane, item, start, until, n, value.

    0 is no such value: most vehicles emit nothing that a beam sees.
    """
    found = []
    for item in MEASURED:
        own = rows.filter(pl.col(item).is_not_null()).sort("site", "lane", "start")
        same = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift()) for c in ("site", "lane", item))
        runs = own.with_columns(_run=(~same.fill_null(value=False)).cum_sum())
        found.append(
            runs.group_by("_run")
            .agg(
                pl.col("site", "lane").first(), pl.lit(item).alias("item"), pl.col("start").first(),
                until=pl.col("start").last(), n=pl.len().cast(pl.Int64), value=pl.col(item).first(),
            )
            .filter(pl.col("n") >= least, pl.col("value") != 0)
            .drop("_run")
        )  # fmt: skip
    return pl.concat(found).sort("site", "start", "item")


def valid_shares(judged: pl.DataFrame) -> pl.DataFrame:
    """Judged records -> site, day, n, share: of those of dry weather, how many gave a plate, a valid flag and a power in range.

    Weather and what is not known of a vehicle are no fault of the instrument.
    """
    dry = judged.filter(pl.col("why") != WEATHER).with_columns(day=local_date())
    bad = pl.col("why").is_in([FLAG, PLATE, POWER])
    return (
        dry.group_by("site", "day").agg(n=pl.len().cast(pl.Int64), share=1 - bad.mean()).sort("site", "day")
    )


def drifts(judged: pl.DataFrame, *, least: int) -> pl.DataFrame:
    """Judged records -> site, item, day, median, others, ratio: of the valid diesel records of a day (`least` or more) beside the median of the other points' medians.

    Days on which fewer than two other points measured say nothing.
    """
    own = judged.filter(pl.col("why") == FINE, pl.col("group") == "diesel").with_columns(day=local_date())
    found = []
    for item in ("no", "opacity"):
        days = own.group_by("site", "day").agg(
            n=pl.col(item).count(), median=pl.col(item).median(), item=pl.lit(item)
        )
        days = days.filter(pl.col("n") >= least)
        pairs = days.join(days.select("day", other="site", theirs="median"), on="day").filter(
            pl.col("site") != pl.col("other")
        )
        found.append(
            pairs.group_by("site", "item", "day", "median", "n")
            .agg(others=pl.col("theirs").median(), points=pl.len())
            .filter(pl.col("points") >= 2, pl.col("others") > 0)
        )
    rows = pl.concat(found).with_columns(ratio=pl.col("median") / pl.col("others"))
    return rows.select("site", "item", "day", "median", "others", "ratio").sort("site", "item", "day")
