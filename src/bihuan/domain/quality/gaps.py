"""Gaps: hours that did not come, of one site, of one item, or of all sites of a city at once."""

import polars as pl

from bihuan.domain.checks import no_findings
from bihuan.domain.outages import explained, joined, no_outages
from bihuan.domain.quality.frames import LABEL, as_findings, items_in, run_ids, span
from bihuan.domain.timeaxis import HOUR, INSTANT

NONE = no_outages()


def _cells(hours: pl.DataFrame, sites: pl.DataFrame, grace_hours: int, outages: pl.DataFrame) -> pl.DataFrame:
    """A row for each site and hour of the frame (the newest `grace_hours` left out): city, items, `there`.

    Hours that are missing and ended while the centre itself was down are left out: they may only not have been taken in.
    """
    first, last = hours["start"].min(), hours["start"].max()
    times = pl.datetime_range(pl.lit(first), pl.lit(last), "1h", eager=True).cast(INSTANT)
    times = times.head(max(len(times) - grace_hours, 0))
    grid = sites.select("site", "city").unique("site").join(times.alias("start").to_frame(), how="cross")
    came = hours.with_columns(pl.col("start").cast(INSTANT)).select("site", "start", *items_in(hours))
    there = pl.any_horizontal(pl.col(i).is_not_null() for i in items_in(hours))
    cells = grid.join(came, on=["site", "start"], how="left").with_columns(
        there=there, value=pl.lit(None, pl.Float64)
    )
    return cells.filter(pl.col("there") | ~explained(pl.col("start") + HOUR, joined(outages)))


def _runs(missing: pl.DataFrame, least_hours: int, *more: pl.Expr) -> pl.DataFrame:
    grouped = run_ids(missing.sort("site", "item", "start")).group_by("run").agg(*span(), *more)
    return grouped.filter(pl.col("hours") >= least_hours)


def site_gap(
    hours: pl.DataFrame,
    sites: pl.DataFrame,
    outages: pl.DataFrame = NONE,
    *,
    least_hours: int = 3,
    item_hours: int = 8,
    usual_share: float = 0.5,
    network_share: float = 0.9,
    grace_hours: int = 1,
) -> pl.DataFrame:
    """Hours missing at one site while its city delivers, or one item missing while the site delivers others.

    Site: `least_hours` in a row (item ""); an hour in which `network_share` of the city's sites are missing is the
    network's, not the site's. Item: `item_hours` in a row, and only where the site has the item in `usual_share` of
    the hours it delivers. The newest `grace_hours` are still on their way. sites: site, city; outages: when the centre itself
    was down (domain.outages).
    Source: own method; the national network asks for hourly data (HJ 655, transmission; clause not checked).
    Returns FINDINGS; magnitude = length [h].
    """
    if hours.is_empty():
        return no_findings()
    cells = _cells(hours, sites, grace_hours, outages).with_columns(
        out=1 - pl.col("there").mean().over("city", "start")
    )
    alone = (pl.col("city").is_null() | (pl.col("out") < network_share)) & ~pl.col("there")
    silent = _runs(cells.filter(alone).with_columns(item=pl.lit("")), least_hours)
    items = items_in(hours)
    long = (
        cells.filter("there")
        .drop("value")
        .unpivot(items, index=["site", "start"], variable_name="item", value_name="value")
    )
    usual = pl.col("value").is_not_null().mean().over("site", "item")
    blank = _runs(long.filter(pl.col("value").is_null(), usual >= usual_share), item_hours)
    runs = pl.concat([silent, blank.select(silent.columns)])
    whole = pl.lit("连续 [hours] 小时无数据，同城其他点位正常")
    part = pl.format("{} 连续 [hours] 小时缺测，其他因子正常", LABEL)
    title = pl.when(pl.col("item") == "").then(whole).otherwise(part)
    return as_findings(
        runs, title=title, magnitude=pl.col("hours"), unit=pl.lit("h"), evidence={"小时数": "hours"}
    )


def network_gap(
    hours: pl.DataFrame,
    sites: pl.DataFrame,
    outages: pl.DataFrame = NONE,
    *,
    least_hours: int = 2,
    network_share: float = 0.9,
    grace_hours: int = 1,
) -> pl.DataFrame:
    """Hours in which `network_share` of a city's sites are missing at once: the publisher or the line, no station.

    The target is the city (region). Cities with one site are left to `site_gap`. Hours missing at the end of the
    frame everywhere cannot be seen here: the age of the source says so. sites: site, city. Source: own method.
    Returns FINDINGS; magnitude = length [h].
    """
    if hours.is_empty():
        return no_findings()
    cells = _cells(hours, sites.filter(pl.col("city").is_not_null()), grace_hours, outages)
    everywhere = cells.group_by("start").agg(pl.col("there").any().alias("any_there"))
    cities = cells.group_by("city", "start").agg(
        out=1 - pl.col("there").mean(), stations=pl.len().cast(pl.Int64)
    )
    missing = cities.filter(pl.col("out") >= network_share, pl.col("stations") > 1).join(
        everywhere, on="start"
    )
    missing = missing.with_columns(item=pl.lit(""), site="city", value=pl.lit(None, pl.Float64))
    runs = _runs(
        missing, least_hours, pl.col("stations").first(), (~pl.col("any_there")).all().alias("all_cities")
    )
    one = pl.format("{} 个点位同时无数据 [hours] 小时，疑似传输中断", "stations")
    network = pl.lit("全网同时无数据 [hours] 小时（发布方缺口）")
    return as_findings(
        runs.with_columns(target_kind=pl.lit("region")),
        title=pl.when("all_cities").then(network).otherwise(one),
        magnitude=pl.col("hours"), unit=pl.lit("h"),
        evidence={"小时数": "hours", "点位数": "stations", "全网缺数": "all_cities"},
    )  # fmt: skip
