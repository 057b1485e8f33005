"""What changed behind the values: parameters, numbers sent again, the logger's clock."""

from datetime import timedelta

import polars as pl

from bihuan.domain.outages import joined, touched_hours
from bihuan.domain.outlets.checks.frames import (
    LABEL,
    findings,
    moment,
    number,
    runs,
)
from bihuan.domain.outlets.tables import Watched
from bihuan.domain.timeaxis import HOUR

AUTOMATIC = "自动.*(?:校准|校零|校标|标定)"
"""Log text of the calibration that the analyser does by itself, every day."""


def parameter_changed(
    watched: Watched, *, least_share: float = 0.02, before_hours: int = 24, after_hours: int = 24
) -> pl.DataFrame:
    """A parameter of the analyser is another than in its last report, and neither log nor device mark says why.

    A change below `least_share` of the old value (or of 1) is the automatic calibration's, so a log entry of that kind
    explains no larger one. Another log entry or a device mark from the last report with the old value (or `before_hours`
    before the new) until `after_hours` after the new does.
    Source: marking rules and published cases (changed slopes); clause not checked. Returns FINDINGS; magnitude = change [%].
    """
    key = ["site", "item", "name"]
    reports = watched.parameters.sort(*key, "at").with_columns(
        old=pl.col("value").shift().over(key), was=pl.col("at").shift().over(key)
    )
    scale = pl.max_horizontal(pl.col("old").abs(), pl.lit(1.0))
    moved = (pl.col("value") - pl.col("old")).abs() > least_share * scale
    changed = reports.filter(moved).with_row_index("_row")
    since = pl.max_horizontal(pl.col("was"), pl.col("at") - timedelta(hours=before_hours))
    changed = changed.with_columns(start=since, _late=pl.col("at") + timedelta(hours=after_hours))
    device = watched.marks.filter(pl.col("kind") == "device")
    written = (pl.col("text").str.strip_chars() != "") & ~pl.col("text").str.contains(AUTOMATIC)
    reasons = pl.concat(
        [
            watched.logs.filter(written).select("site", begin="at", end="at"),
            device.select("site", begin="start", end="until"),
        ]
    )
    explained = changed.join(reasons, on="site").filter(
        pl.col("begin") <= pl.col("_late"), pl.col("end") >= pl.col("start")
    )
    found = changed.join(explained.select("_row").unique(), on="_row", how="anti").with_columns(until="at")
    share = 100 * (pl.col("value") - pl.col("old")) / scale
    title = pl.format(
        "{}参数“{}”由 {} 改为 {}（{} 上报），前后无说明它的日志，也无标记",
        LABEL, "name", number("old", 4), number("value", 4), moment("at"),
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=share.abs(), unit="%",
        evidence={"参数": "name", "原值": "old", "新值": "value", "原值上报": moment("was")},
    )  # fmt: skip


def corrected(watched: Watched) -> pl.DataFrame:
    """Numbers that really changed (1 % and 0.1), with `what` (the column) and `item` (the quantity), `step` of the period."""
    lengths = {"minute": timedelta(minutes=1), "hour": HOUR, "day": timedelta(days=1)}
    moved = (pl.col("last") - pl.col("first")).abs() > 0.01 * pl.col("first").abs() + 0.1
    return (
        watched.corrections.filter(moved)
        .with_columns(
            what="item",
            item=pl.col("item").str.strip_suffix("_zs"),
            step=pl.col("period").replace_strict(lengths, return_dtype=pl.Duration("us")),
        )
        .join(watched.outlets.select("site", "ref_o2"), on="site")
    )


PERIOD = pl.col("period").replace_strict({"minute": "分钟值", "hour": "小时值", "day": "日均值"})


def resent(watched: Watched, *, least: int = 1) -> pl.DataFrame:
    """Values were sent again with other numbers (by more than 1 % and 0.1), `least` of them within a period.

    Source: HJ 212 (a resend repeats the packet); own threshold. Returns FINDINGS; magnitude = number of values.
    """
    rows = corrected(watched)
    plain = rows.filter(pl.col("what") == pl.col("item"))
    rows = pl.concat([plain, rows.join(plain, on=["site", "item", "period", "start"], how="anti")])
    by = ("site", "item", "period")
    found = runs(
        rows, pl.col("first", "last").mean(), pl.col("last_received").max(), by=by, bridge=HOUR
    ).filter(pl.col("n") >= least)
    title = pl.format(
        "{} 个{}{}重传后数值不同：均值由 {} 变为 {}，末次 {} 收到",
        "n", LABEL, PERIOD, number("first", 2), number("last", 2), moment("last_received"),
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=pl.col("n"), unit="个",
        evidence={"个数": "n", "首传均值": "first", "末传均值": "last"},
    )  # fmt: skip


def clock(
    watched: Watched, *, ahead_s: float = 60.0, behind_s: float = 600.0, least_hours: int = 3
) -> pl.DataFrame:
    """The logger's clock is `ahead_s` ahead of the receipt, or `behind_s` behind it, for `least_hours` in a row.

    Behind can also be a slow line. Hours in which senders catch up after an outage of ours are left out. Source: HJ 212 (clock set by the platform, CN 1012/1013); own thresholds. Returns
    FINDINGS; magnitude = drift [s].
    """
    free = watched.arrivals.join(touched_hours(joined(watched.outages)), on="start", how="anti")
    rows = free.filter((pl.col("behind") < -ahead_s) | (pl.col("behind") > behind_s)).with_columns(
        step=pl.lit(HOUR), fast=pl.col("behind") < 0
    )
    found = runs(rows, pl.col("behind").median(), pl.col("fast").first(), by=("site",), same=("fast",))
    way = pl.when("fast").then(pl.lit("快")).otherwise(pl.lit("慢"))
    title = pl.format("数采仪时钟{} {} 秒，持续 [hours] 小时", way, number(pl.col("behind").abs(), 0))
    return findings(
        found.filter(pl.col("n") >= least_hours),
        title=title, magnitude=pl.col("behind").abs(), unit="s", evidence={"收到减发出（秒）": "behind", "小时数": "n"},
    )  # fmt: skip
