"""Values against the plant and against each other: flow without samples' leave, flow lowered, impossible pairs, ranges."""

from datetime import timedelta

import polars as pl

from bihuan.domain.outlets.checks.frames import (
    KEY,
    LABEL,
    UNIT,
    findings,
    hours_long,
    lasting,
    number,
    runs,
    with_limit,
)
from bihuan.domain.sewage.checks.frames import FLOW, complete_hours, minutes_of, wide_minutes
from bihuan.domain.sewage.compliance import of_day
from bihuan.domain.sewage.tables import POLLUTANTS, Sewers
from bihuan.domain.timeaxis import HOUR

TEMPERATURE = (0.0, 60.0)
"""What sewage at an outlet can have [°C] (own choice, wide)."""


def flow_zero(sewers: Sewers, *, least_hours: float = 3.0, least_results: int = 3) -> pl.DataFrame:
    """The flow reads zero for `least_hours` while the analysers bring `least_results` new results: water is there.

    A standard during calibration is no result.

    Source: own method after published cases (flow meter switched off). Returns FINDINGS; magnitude = length [h].
    """
    flagged = pl.any_horizontal((pl.col(f"{p}_flag") != "N").fill_null(False) for p in POLLUTANTS)
    wide = wide_minutes(sewers).filter(~flagged).sort("site", "start")
    some = [p for p in POLLUTANTS if wide[p].count()]
    changed = [(pl.col(p) != pl.col(p).shift()).over("site").fill_null(False) for p in some]
    rows = wide.with_columns(new=pl.any_horizontal(changed) if changed else pl.lit(False)).filter(
        ~pl.col("flows")
    )
    found = runs(rows, pl.col("new").sum().alias("results"), by=("site",), bridge=2 * HOUR).filter(
        lasting(timedelta(hours=least_hours)), pl.col("results") >= least_results
    )
    title = pl.format("流量为零 [hours] 小时，其间分析仪仍出 {} 个新结果，疑似流量计断开", "results")
    return findings(
        found.with_columns(item=pl.lit(FLOW)), title=title, magnitude=hours_long(), unit="h",
        evidence={"小时": hours_long(), "新结果": "results"},
    )  # fmt: skip


def flow_low(sewers: Sewers, *, share: float = 0.7, hours: int = 4) -> pl.DataFrame:
    """The flow of discharge has fallen below `share` of the usual one for `hours`: both of the hours a day before and of
    the median of the 24 h before. The first 24 h of a look are only compared with.

    Source: own method after published cases (flow meter lowered). Returns FINDINGS; magnitude = the fall [%].
    """
    made = minutes_of(sewers, (FLOW,)).group_by("site", pl.col("start").dt.truncate("1h")).agg(
        pl.col("value").median(), seen=pl.col("step").sum()
    )  # fmt: skip
    rows = made.filter(pl.col("seen") >= timedelta(minutes=20)).sort("site", "start")
    before = rows.select("site", pl.col("start") + timedelta(days=1), yesterday="value")
    usual = pl.col("value").rolling_median(24, min_samples=10).shift(1).over("site")
    rows = rows.join(before, on=["site", "start"], how="left", maintain_order="left").with_columns(
        usual=usual, step=pl.lit(HOUR)
    )
    first = pl.col("start").min().over("site")
    rows = rows.with_columns(usual=pl.col("usual").cum_max().over("site"), old=pl.col("start") - first)
    low = (
        (pl.col("old") >= timedelta(days=1))
        & (pl.col("value") < share * pl.col("usual"))
        & (pl.col("yesterday").is_null() | (pl.col("value") < share * pl.col("yesterday")))
    )
    found = runs(rows.filter(low), pl.col("value", "usual").median(), by=("site",), bridge=5 * HOUR)
    fall = 100 * (1 - pl.col("value") / pl.col("usual"))
    title = pl.format(
        "[start] 起流量只有平常的 {} %（{} m³/h，平常 {}）",
        number(100 - fall, 0),
        number("value"),
        number("usual"),
    )
    return findings(
        found.filter(pl.col("n") >= hours).with_columns(item=pl.lit(FLOW)),
        title=title, magnitude=fall, unit="%", evidence={"流量": "value", "平常": "usual", "小时数": "n"},
    )  # fmt: skip


def ammonia_above_nitrogen(sewers: Sewers, *, times: float = 1.15, least_hours: int = 3) -> pl.DataFrame:
    """Ammonia nitrogen above `times` the total nitrogen, which contains it, for `least_hours` hours.

    Source: definition; own slack for two analysers. Returns FINDINGS; magnitude = ammonia as times the total.
    """
    both = complete_hours(sewers).filter("valid_nh3n", "valid_tn", pl.col("nh3n") > times * pl.col("tn"))
    found = runs(both, pl.col("nh3n", "tn").mean(), by=("site",), bridge=HOUR).filter(
        pl.col("n") >= least_hours
    )
    ratio = pl.col("nh3n") / pl.col("tn")
    title = pl.format(
        "氨氮 {} mg/L 高于总氮 {} mg/L，持续 [hours] 小时，两者必有一误", number("nh3n", 2), number("tn", 2)
    )
    return findings(
        found.with_columns(item=pl.lit("nh3n")), title=title, magnitude=ratio, unit="倍",
        evidence={"氨氮": "nh3n", "总氮": "tn", "小时数": "n"},
    )  # fmt: skip


def impossible_temperature(sewers: Sewers, *, least_minutes: int = 30) -> pl.DataFrame:
    """A water temperature that sewage cannot have (`TEMPERATURE`) for `least_minutes`.

    Source: own bounds. Returns FINDINGS; magnitude = how far out [°C].
    """
    low, high = TEMPERATURE
    off = pl.max_horizontal(low - pl.col("value"), pl.col("value") - high)
    rows = minutes_of(sewers, ("water_temp",)).with_columns(off=off).filter(pl.col("off") > 0)
    found = runs(rows, pl.col("value", "off").get(pl.col("off").arg_max()))
    title = pl.format(f"水温 {{}} °C，超出可能范围 {low:g}～{high:g}，持续 [hours] 小时", number("value"))
    return findings(
        found.filter(lasting(timedelta(minutes=least_minutes))),
        title=title, magnitude=pl.col("off"), unit="°C", evidence={"最远值": "value", "记录数": "n"},
    )  # fmt: skip


def over_range(sewers: Sewers, *, least_minutes: int = 60) -> pl.DataFrame:
    """Values at the top of the analyser's range, or flagged T, for `least_minutes`.

    Source: HJ 355-2019, HJ 212 (flag T); own threshold. Returns FINDINGS; magnitude = length [min].
    """
    wide = wide_minutes(sewers).filter("flows")
    pieces = [
        wide.select(
            "site", "start", "step", item=pl.lit(p), value=p, flagged=pl.col(f"{p}_flag").eq_missing("T")
        )
        for p in POLLUTANTS
    ]
    rows = pl.concat(pieces).join(sewers.spans, on=list(KEY), how="left")
    beyond = rows.filter(pl.col("flagged") | (pl.col("value") >= pl.col("high")))
    found = runs(beyond, pl.col("value").max(), pl.col("high").first(), bridge=HOUR).filter(
        lasting(timedelta(minutes=least_minutes))
    )
    length = (pl.col("until") - pl.col("start")).dt.total_minutes()
    title = pl.format("{}达到量程上限 {} {}，持续 [minutes] 分钟", LABEL, number("high", 2), UNIT)
    return findings(
        found,
        title=title,
        magnitude=length,
        unit="min",
        evidence={"最高": "value", "量程上限": "high", "记录数": "n"},
    )


def range_too_small(sewers: Sewers, *, least: float = 1.0) -> pl.DataFrame:
    """The range ends below `least` times the day's limit: an exceedance could not be shown.

    Source: HJ 355-2019, setting of the range (clause not checked). Returns FINDINGS; magnitude = limit as times the range.
    """
    times = sewers.minutes.group_by("site").agg(pl.col("start").min(), until=pl.col("start").max() + HOUR)
    rows = with_limit(sewers.spans.join(times, on="site"), of_day(sewers.limits))
    small = rows.filter(pl.col("high") < least * pl.col("limit"))
    title = pl.format(
        "{}量程上限 {} mg/L，低于日限值 {}，超标测不出", LABEL, number("high", 2), number("limit", 2)
    )
    return findings(
        small, title=title, magnitude=pl.col("limit") / pl.col("high"), unit="倍",
        evidence={"量程上限": "high", "限值": "limit", "依据": "basis"},
    )  # fmt: skip
