"""Values against what the instrument and the duct allow: range (量程), physics, rated flow."""

from dataclasses import replace
from datetime import timedelta
from math import inf

import polars as pl

from bihuan.domain.emissions.checks.frames import activity, hours_of, minutes_of
from bihuan.domain.emissions.tables import FLAGGED, POLLUTANTS, Stacks
from bihuan.domain.outlets.checks.frames import (
    KEY,
    LABEL,
    UNIT,
    findings,
    hourly,
    lasting,
    normal,
    number,
    outside,
    runs,
    with_limit,
    with_outlet,
)
from bihuan.domain.timeaxis import HOUR

POSSIBLE = {
    "o2": (0.0, 21.5),
    "velocity": (0.0, 50.0),
    "temp": (-20.0, 600.0),
    "pressure": (-15.0, 15.0),
    "humidity": (0.1, 50.0),
}
"""What a stack at work can have, in the units of the tables (own choice, wide); no flue gas is without any water."""


def over_range(stacks: Stacks, *, least_minutes: int = 10) -> pl.DataFrame:
    """Unmarked values at the top of the instrument's range or flagged T, `least_minutes` together.

    Source: HJ 76-2017 (flag over range, clause not checked). Returns FINDINGS; magnitude = length [min].
    """
    wide = with_outlet(outside(stacks.minutes, stacks.marks), stacks, "interval")
    lowest = dict(stacks.spans.group_by("item").agg(pl.col("high").min()).iter_rows())
    pieces = []
    for item in FLAGGED:
        flag, high = pl.col(f"{item}_flag"), lowest.get(item, inf)
        highest = wide.filter((flag == "T") | (normal(item) & (pl.col(item) >= high)))
        step = pl.duration(minutes="interval")
        pieces.append(
            highest.select(
                "site", "start", item=pl.lit(item), value=item, flagged=flag.eq_missing("T"), step=step
            )
        )
    rows = pl.concat(pieces).join(stacks.spans, on=list(KEY), how="left")
    beyond = rows.filter(pl.col("flagged") | (pl.col("value") >= pl.col("high")))
    found = runs(beyond, pl.col("value").max(), pl.col("high").first(), bridge=timedelta(minutes=10)).filter(
        lasting(timedelta(minutes=least_minutes))
    )
    length = (pl.col("until") - pl.col("start")).dt.total_minutes()
    top = (
        pl.when(pl.col("high").is_null())
        .then(pl.lit("T 标识"))
        .otherwise(pl.format("量程上限 {} {}", number("high"), UNIT))
    )
    title = pl.format("{}达到{}，持续 [minutes] 分钟", LABEL, top)
    return findings(
        found, title=title, magnitude=length, unit="min",
        evidence={"最高": "value", "量程上限": "high", "记录数": "n"},
    )  # fmt: skip


def _spans(stacks: Stacks) -> pl.DataFrame:
    """Ranges of pollutants whose outlet sends, with the hourly limit: site, item, start, until, high, limit, basis."""
    times = (
        with_outlet(stacks.minutes.select("site", "start"), stacks, "interval")
        .group_by("site")
        .agg(pl.col("start").min(), until=(pl.col("start") + pl.duration(minutes="interval")).max())
    )
    sending = stacks.spans.join(times, on="site", maintain_order="left")
    return with_limit(sending, hourly(stacks))


def span_too_small(stacks: Stacks, *, least: float = 1.0) -> pl.DataFrame:
    """The range ends below `least` times the hourly limit: an exceedance could not be shown.

    Source: HJ 75-2017, setting of the range (clause not checked; 2 to 3 times the limit is usual). Returns FINDINGS;
    magnitude = limit as times the range.
    """
    small = _spans(stacks).filter(pl.col("high") < least * pl.col("limit"))
    times = pl.col("high") / pl.col("limit")
    title = pl.format(
        "{}量程上限 {} mg/m³，只有限值 {} 的 {} 倍，超标测不出",
        LABEL,
        number("high"),
        number("limit"),
        number(times, 2),
    )
    return findings(
        small,
        title=title,
        magnitude=1 / times,
        unit="倍",
        evidence={"量程上限": "high", "限值": "limit", "依据": "basis"},
    )


def span_too_wide(stacks: Stacks, *, most: float = 10.0, used_share: float = 0.1) -> pl.DataFrame:
    """The range is above `most` times the hourly limit and 99 % of the values lie in its lowest `used_share`.

    Source: HJ 75-2017, setting of the range (clause not checked); own thresholds. Returns FINDINGS; magnitude = range
    as times the limit.
    """
    wide = _spans(stacks).filter(pl.col("high") > most * pl.col("limit"))
    minutes = minutes_of(stacks, POLLUTANTS).join(wide, on=list(KEY), how="semi")
    used = minutes.group_by(KEY).agg(p99=pl.col("value").quantile(0.99), n=pl.len().cast(pl.Int64))
    found = wide.join(used, on=list(KEY)).filter(pl.col("p99") < used_share * pl.col("high"))
    times = pl.col("high") / pl.col("limit")
    title = pl.format(
        "{}量程上限 {} mg/m³，为限值 {} 的 {} 倍，99 % 的值低于 {}",
        LABEL, number("high"), number("limit"), number(times), number("p99"),
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=times, unit="倍",
        evidence={"量程上限": "high", "限值": "limit", "99 % 分位": "p99", "记录数": "n"},
    )  # fmt: skip


def impossible(stacks: Stacks, *, least_minutes: int = 30) -> pl.DataFrame:
    """Oxygen, velocity, temperature, pressure or humidity outside what a stack at work can have, for `least_minutes`.

    Source: own bounds (`POSSIBLE`). Returns FINDINGS; magnitude = how far out, in its unit.
    """
    working = stacks.minutes.filter(pl.col("flow_flag").ne_missing("F"))
    bounds = pl.DataFrame(
        [(i, low, high) for i, (low, high) in POSSIBLE.items()],
        schema={"item": pl.String, "least": pl.Float64, "most": pl.Float64},
        orient="row",
    )
    rows = (
        minutes_of(replace(stacks, minutes=working), POSSIBLE)
        .join(bounds, on="item")
        .with_columns(
            off=pl.max_horizontal(pl.col("least") - pl.col("value"), pl.col("value") - pl.col("most"))
        )
    )
    worst = pl.col("off").arg_max()
    found = runs(
        rows.filter(pl.col("off") > 0), pl.col("value", "off").get(worst), pl.col("least", "most").first()
    )
    title = pl.format(
        "{} {} {}，超出可能范围 {}～{}，持续 [hours] 小时",
        LABEL, number("value"), UNIT, number("least"), number("most"),
    )  # fmt: skip
    found = found.filter(lasting(timedelta(minutes=least_minutes)))
    return findings(
        found, title=title, magnitude=pl.col("off"), unit="",
        evidence={"最远值": "value", "下限": "least", "上限": "most", "记录数": "n"},
    ).with_columns(unit=UNIT)  # fmt: skip


def oversaturated(
    stacks: Stacks, *, times: float = 1.25, points: float = 1.5, degrees: float = 3.0, least_hours: int = 3
) -> pl.DataFrame:
    """More water than gas of that temperature can hold, even if both instruments are as wrong as they may be.

    A moisture meter may be wrong by a quarter of what is there, or `points` % where that is more, a thermometer by
    `degrees` °C (HJ 75-2017, accuracy at acceptance, clauses not checked). Saturation by the Magnus formula at 101.325 kPa;
    below 100 °C. Source: own method. Returns FINDINGS; magnitude = humidity as times the saturation.
    """

    def saturation(t: pl.Expr) -> pl.Expr:
        return 100 * 0.6112 * (17.62 * t / (243.12 + t)).exp() / 101.325

    t = pl.col("temp")
    hours = hours_of(stacks, ("flow",)).with_columns(saturated=pl.when(t < 100).then(saturation(t)))
    most = pl.when(t < 100).then(saturation(t + degrees))
    over = pl.col("humidity") > pl.max_horizontal(times * most, most + points)
    found = runs(
        hours.filter(over, activity() >= 30),
        pl.col("humidity", "temp", "saturated").mean(),
        by=("site",),
        bridge=HOUR,
    ).with_columns(item=pl.lit("humidity"))
    ratio = pl.col("humidity") / pl.col("saturated")
    title = pl.format(
        "烟气湿度 {} %，高于 {} °C 时的饱和湿度 {} %，持续 [hours] 小时",
        number("humidity"), number("temp"), number("saturated"),
    )  # fmt: skip
    return findings(
        found.filter(lasting(timedelta(hours=least_hours))),
        title=title, magnitude=ratio, unit="倍",
        evidence={"湿度": "humidity", "温度": "temp", "饱和湿度": "saturated"},
    )  # fmt: skip


def flow_beyond_rated(stacks: Stacks, *, times: float = 1.3, least_hours: int = 1) -> pl.DataFrame:
    """Flow above `times` the rated flow of the outlet for `least_hours` valid hours.

    Source: own threshold; rated flow from the register. Returns FINDINGS; magnitude = times the rated flow.
    """
    hours = hours_of(stacks, ("flow",)).filter(pl.col("flow") > times * pl.col("rated_flow"))
    found = runs(hours, pl.col("flow").max(), pl.col("rated_flow").first(), by=("site",))
    ratio = pl.col("flow") / pl.col("rated_flow")
    title = pl.format(
        "标干流量 {} m³/h，为额定 {} 的 {} 倍，持续 [hours] 小时",
        number("flow", 0), number("rated_flow", 0), number(ratio, 2),
    )  # fmt: skip
    return findings(
        found.filter(pl.col("n") >= least_hours).with_columns(item=pl.lit("flow")),
        title=title, magnitude=ratio, unit="倍", evidence={"最高流量": "flow", "额定流量": "rated_flow", "小时数": "n"},
    )  # fmt: skip
