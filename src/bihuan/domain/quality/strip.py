"""The quality strip: what became of each hour of a site, as one word."""

from datetime import datetime, timedelta

import polars as pl

from bihuan.domain.quality.decisions import EXCLUDE, decided_hours
from bihuan.domain.quality.frames import items_in
from bihuan.domain.timeaxis import INSTANT

STATES = ("valid", "doubtful", "excluded", "missing")
WEEK = 7 * 24


def _doubted(findings: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """site, start, item of hours under a finding on which nobody has decided yet (item "" = the whole site)."""
    about = (
        findings.filter(pl.col("target_kind") == "site") if "target_kind" in findings.columns else findings
    )
    spread = pl.datetime_ranges(
        pl.col("start").dt.truncate("1h"), pl.col("until"), "1h", closed="left", time_unit="us"
    )
    hours = about.select(pl.col("target").alias("site"), "item", spread.alias("start"))
    open_ = hours.explode("start", empty_as_null=False)
    return open_.join(decided, on=["site", "item", "start"], how="anti").select("site", "start").unique()


def quality_strip(
    hours: pl.DataFrame,
    findings: pl.DataFrame,
    decisions: pl.DataFrame,
    *,
    until: datetime,
    length: int = WEEK,
) -> pl.DataFrame:
    """A cell for each site of `hours` and each of the `length` hours before `until` (exclusive): site, start, state.

    missing: no value at all; excluded: a reviewer's decision in force excludes at least one item; doubtful: a finding
    covers the hour and nobody has decided on its item; valid: none of these. hours: as received (decisions not
    applied). findings: target, item, start, until (FINDINGS). decisions: see `decisions`.
    """
    last = until.replace(minute=0, second=0, microsecond=0)
    axis = pl.datetime_range(last - timedelta(hours=length), last, "1h", closed="left", eager=True).cast(
        INSTANT
    )
    grid = hours.select("site").unique(maintain_order=True).join(axis.alias("start").to_frame(), how="cross")
    there = hours.filter(pl.any_horizontal(pl.col(i).is_not_null() for i in items_in(hours)))
    decided = decided_hours(decisions)
    out = decided.filter(pl.col("verdict") == EXCLUDE)
    marked = grid
    for name, frame in (("_there", there), ("_out", out), ("_doubt", _doubted(findings, decided))):
        keys = (
            frame.select("site", pl.col("start").cast(INSTANT))
            .unique()
            .with_columns(pl.lit(True).alias(name))
        )
        marked = marked.join(keys, on=["site", "start"], how="left", maintain_order="left")
    state = (
        pl.when(pl.col("_there").is_null()).then(pl.lit("missing"))
        .when("_out").then(pl.lit("excluded"))
        .when("_doubt").then(pl.lit("doubtful"))
        .otherwise(pl.lit("valid"))
    )  # fmt: skip
    return marked.select("site", "start", state=state)
