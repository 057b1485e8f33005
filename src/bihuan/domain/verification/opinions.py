"""People and other houses beside the machine: the same days, said on the same occasion, scored by the same rules."""

from collections.abc import Sequence

import polars as pl

from bihuan.domain.verification.assessment import LEAST_AQI, level_at
from bihuan.domain.verification.days import ahead, measured_long
from bihuan.domain.verification.grouping import grouped
from bihuan.domain.verification.pairs import paired

BY = ("voice", "item", "ahead", "model")


def opinion_pairs(said: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """Days that a voice and the machine both spoke of on one occasion and that were measured, from the day after it.

    said: voice, key, model (`ours` for the machine), site, item, date, issued, low, value, high, primary.
    published: site, date, values, aqi, level, primary as measured. Adds observed, ahead, level, real (primary).
    """
    real = published.lazy().select("site", "date", pl.col("level").cast(pl.Int8), real="primary")
    rows = said.lazy().join(measured_long(published).lazy(), on=["site", "item", "date"], how="inner")
    rows = rows.join(real, on=["site", "date"], how="left").with_columns(ahead())
    target = ["voice", "key", "item", "date"]
    both = (pl.col("model") == "ours").any().over(target) & (pl.col("model") != "ours").any().over(target)
    return rows.filter(both & (pl.col("ahead") >= 1)).collect()


def opinion_hours(said: pl.DataFrame, measured: pl.DataFrame) -> pl.DataFrame:
    """Hours that a voice and the machine both spoke of on one occasion and that were measured later than it.

    said: voice, key, model, site, item, start, issued, value. measured: site, item, start, observed. Adds lead (1 = the
    first hour that ends after the issue) and block; `mean` is the value, for `error_scores`.
    """
    lead = ((pl.col("start") - pl.col("issued").dt.truncate("1h")).dt.total_hours() + 1).cast(pl.Int32)
    rows = said.with_columns(lead=lead, mean="value").filter(pl.col("lead") >= 1)
    target = ["voice", "key", "item", "start"]
    both = (pl.col("model") == "ours").any().over(target) & (pl.col("model") != "ours").any().over(target)
    return paired(rows, measured).filter(both)


def opinion_scores(pairs: pl.DataFrame, by: Sequence[str] = BY) -> pl.DataFrame:
    """by, n, mae, rmse, bias of the value; inside (share in the range, where one was given); for AQI level and primary.

    level_hit: the level of the value is the measured one. primary_hit: on days above AQI 50, the first item said is
    among the measured primary items.
    """
    error = pl.col("value") - pl.col("observed")
    ranged = pl.col("low").is_not_null() & pl.col("high").is_not_null()
    within = pl.col("observed").is_between(pl.col("low"), pl.col("high"))
    index = pl.col("item") == "aqi"
    level = (level_at(pl.col("value")) == pl.col("level")).filter(index & pl.col("level").is_not_null())
    first = pl.col("primary").fill_null("").str.split(",").list.first()
    named = pl.col("real").fill_null("").str.split(",").list.contains(first)
    dirty = index & (pl.col("observed") > LEAST_AQI)
    return grouped(
        pairs,
        by,
        [
            pl.len().alias("n"),
            error.abs().mean().alias("mae"),
            (error**2).mean().sqrt().alias("rmse"),
            error.mean().alias("bias"),
            within.filter(ranged).mean().alias("inside"),
            level.mean().alias("level_hit"),
            dirty.sum().alias("primary_n"),
            named.filter(dirty).mean().alias("primary_hit"),
        ],
    )
