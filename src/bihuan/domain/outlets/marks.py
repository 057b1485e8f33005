"""Marks (标记) laid over time: which hours they touch, and which records a device mark takes out of the data.

A condition mark (工况) says what the process did; only a device mark (设备) says that the value does not count.
"""

from functools import cache

import polars as pl

PRECEDENCE = ("F", "D", "C", "M", "T", "S", "B")
"""What made an hour invalid when its minutes differ: the first of these that occurs (cems practice, HJ 76, unsure)."""

STOP_CODES = ("停运", "停炉")
"""Codes of condition marks that say the source does not run."""

_FLAG_OF_CODE = (("校准|校验|标定", "C"), ("故障|停", "D"), ("通讯|通信", "B"))


@cache
def flag_of_mark() -> pl.Expr:
    """Flag that the code of a device mark amounts to; an analyser that is off (停) is no stopped source; else M."""
    flag = pl.lit("M")
    for pattern, letter in _FLAG_OF_CODE:
        flag = pl.when(pl.col("code").str.contains(pattern)).then(pl.lit(letter)).otherwise(flag)
    return flag


def rank(flag: pl.Expr) -> pl.Expr:
    """Place in PRECEDENCE; an unknown flag comes last, null stays null."""
    return flag.replace_strict(
        dict(zip(PRECEDENCE, range(len(PRECEDENCE)), strict=True)),
        default=pl.when(flag.is_not_null()).then(len(PRECEDENCE)),
        return_dtype=pl.Int32,
    )


@cache
def worst(flag: str) -> pl.Expr:
    """Aggregation: of several flags the one that comes first in PRECEDENCE."""
    return pl.col(flag).sort_by(rank(pl.col(flag)), nulls_last=True).first()


def device_spans(marks: pl.DataFrame) -> pl.DataFrame:
    """Device marks, overlapping ones of a site joined: site, start, until, flag; sorted, without overlap."""
    rows = marks.filter(pl.col("kind") == "device", pl.col("until") > pl.col("start")).sort("site", "start")
    reach = pl.col("until").cum_max().shift().over("site")
    joined = rows.select("site", "start", "until", flag=flag_of_mark()).with_columns(
        span=(reach.is_null() | (pl.col("start") > reach)).cum_sum()
    )
    spans = joined.group_by("span", maintain_order=True).agg(
        pl.col("site", "start").first(), pl.col("until").max(), worst("flag")
    )
    return spans.drop("span")


def with_mark_flag(minutes: pl.DataFrame, marks: pl.DataFrame) -> pl.DataFrame:
    """Adds `mark_flag`: the flag of the device mark that a record touches with any part of its `interval`, or null.

    minutes: site, start, interval [min].
    """
    spans = device_spans(marks)
    if spans.is_empty():
        return minutes.with_columns(mark_flag=pl.lit(None, pl.String))
    last = pl.col("start") + pl.duration(minutes=pl.col("interval")) - pl.duration(microseconds=1)
    spans = spans.rename({"start": "_from", "until": "_until", "flag": "_flag"})
    narrow = minutes.select("site", "start", _last=last).with_row_index("_row").sort("site", "_last")
    joined = narrow.join_asof(spans, left_on="_last", right_on="_from", by="site", check_sortedness=False)
    inside = pl.when(pl.col("_until") > pl.col("start")).then("_flag").alias("mark_flag")
    return minutes.with_columns(joined.select("_row", inside).sort("_row")["mark_flag"])


def marked_hours(marks: pl.DataFrame, hours: pl.DataFrame) -> pl.DataFrame:
    """The site and start of hours that a mark of any kind touches, with `mark`: its codes joined by commas.

    hours: site, start; marks reach no further than its first and last hour.
    """
    first, last = hours["start"].min(), hours["start"].max()
    cut = (
        marks.lazy()
        .filter(pl.col("until") > pl.col("start"))
        .with_columns(
            _from=pl.max_horizontal(pl.col("start").dt.truncate("1h"), pl.lit(first)),
            _until=pl.min_horizontal("until", pl.lit(last) + pl.duration(hours=1)),
        )
    )
    cut = cut.filter(pl.col("_from") < pl.col("_until"))
    each = cut.select(
        "site", "code", start=pl.datetime_ranges("_from", "_until", "1h", closed="left", time_unit="us")
    ).explode("start", empty_as_null=False)
    return each.group_by("site", "start").agg(mark=pl.col("code").unique().sort().str.join(",")).collect()
