"""What comes out against what the process does: load, flow, temperature, concentration."""

from datetime import timedelta

import polars as pl

from bihuan.domain.emissions.checks.frames import FLOOR, activity, hours_of
from bihuan.domain.emissions.tables import POLLUTANTS, Stacks
from bihuan.domain.outlets.checks.frames import (
    KEY,
    LABEL,
    findings,
    hours_long,
    lasting,
    local_day,
    long,
    number,
    runs,
    usual_before,
)
from bihuan.domain.timeaxis import HOUR

DAY = timedelta(days=1)


def _with_load(stacks: Stacks) -> pl.DataFrame:
    """Wide unmarked hours in which the load is known."""
    return hours_of(stacks, (*POLLUTANTS, "flow", "o2")).filter(pl.col("load").is_not_null())


def _daily_correlation(rows: pl.DataFrame, least_hours: int, least_range: float) -> pl.DataFrame:
    """Days on which the load ranges over `least_range` %: site, item, start, step, n, r; rows: long with `load`."""
    days = rows.group_by(*KEY, local_day()).agg(
        n=pl.len(),
        range=pl.col("load").max() - pl.col("load").min(),
        r=pl.corr("value", "load"),
    )
    moved = (pl.col("n") >= least_hours) & (pl.col("range") >= least_range) & pl.col("r").is_not_nan()
    return days.filter(moved).with_columns(step=pl.lit(DAY)).sort(*KEY, "start")


def flow_without_load(
    stacks: Stacks, *, most: float = 0.2, least_hours: int = 12, least_range: float = 20.0
) -> pl.DataFrame:
    """On a day when the load ranges over `least_range` %, the hourly flow does not follow it: correlation below `most`.

    Source: own method after published cases (flow made up). Returns FINDINGS; magnitude = 1 - correlation.
    """
    rows = long(_with_load(stacks), {"flow": pl.col("flow")}, "load")
    days = _daily_correlation(rows, least_hours, least_range).filter(pl.col("r") < most)
    found = runs(days, pl.col("r").min(), pl.col("range").max())
    title = pl.format(
        "负荷变化 {} 个百分点而流量不随之变化（相关系数 {}），[days] 天", number("range", 0), number("r", 2)
    )
    return findings(
        found,
        title=title,
        magnitude=1 - pl.col("r"),
        unit="",
        evidence={"相关系数": "r", "负荷变化": "range", "天数": "n"},
    )


def flow_low(
    stacks: Stacks,
    *,
    share: float = 0.7,
    least_hours: int = 3,
    history_hours: int = 24,
    least_load: float = 40.0,
) -> pl.DataFrame:
    """Flow per load is below `share` of its usual (upper third) for `least_hours`: the amounts are so made smaller.

    Only hours with a load above `least_load` %. Source: own method after published cases (velocity coefficient changed).
    Returns FINDINGS; magnitude = missing of the usual [%].
    """
    hours = _with_load(stacks).filter(pl.col("load") >= least_load, pl.col("flow").is_not_null())
    hours = hours.with_columns(ratio=pl.col("flow") / pl.col("load")).with_columns(
        usual=pl.col("ratio").quantile(2 / 3).over("site"), hours=pl.len().over("site")
    )
    low = (pl.col("ratio") < share * pl.col("usual")) & (pl.col("hours") >= history_hours)
    found = runs(
        hours.filter(low), pl.col("flow", "load").mean(), pl.col("usual").first(), by=("site",), bridge=HOUR
    ).filter(lasting(timedelta(hours=least_hours)))
    expected = pl.col("usual") * pl.col("load")
    portion = 100 * pl.col("flow") / expected
    title = pl.format(
        "标干流量 {} m³/h，为负荷 {} % 时平常 {} 的 {} %，持续 [hours] 小时",
        number("flow", 0), number("load", 0), number(expected, 0), number(portion, 0),
    )  # fmt: skip
    return findings(
        found.with_columns(item=pl.lit("flow")), title=title, magnitude=100 - portion, unit="%",
        evidence={"流量": "flow", "平常流量": expected, "负荷": "load"},
    )  # fmt: skip


def relation_lost(
    stacks: Stacks,
    *,
    usual: float = 0.85,
    most: float = 0.1,
    least_days: int = 3,
    least_hours: int = 12,
    least_range: float = 20.0,
) -> pl.DataFrame:
    """A concentration that usually rises with the load (median daily correlation `usual` or more) stops doing so.

    Source: own method. Returns FINDINGS; magnitude = loss of correlation.
    """
    rows = long(_with_load(stacks), {p: pl.col(p) for p in POLLUTANTS}, "load")
    days = _daily_correlation(rows, least_hours, least_range).with_columns(
        usual=pl.col("r").median().over(KEY), days=pl.len().over(KEY)
    )
    lost = (pl.col("r") < most) & (pl.col("usual") >= usual) & (pl.col("days") >= least_days)
    found = runs(days.filter(lost), pl.col("r").min(), pl.col("usual").first())
    title = pl.format(
        "{}不再随负荷变化：相关系数 {}，平常 {}，[days] 天", LABEL, number("r", 2), number("usual", 2)
    )
    return findings(
        found,
        title=title,
        magnitude=pl.col("usual") - pl.col("r"),
        unit="",
        evidence={"相关系数": "r", "平常": "usual", "天数": "n"},
    )


def emission_without_load(
    stacks: Stacks, *, idle: float = 5.0, flow_share: float = 0.5, least_hours: int = 2
) -> pl.DataFrame:
    """The load signal says standstill while flow (`flow_share` of the rated or usual) and temperature are as in work.

    Source: own method after published cases (production hidden). Returns FINDINGS; magnitude = length [h].
    """
    hours = _with_load(stacks)
    usual = pl.coalesce("rated_flow", pl.col("flow").quantile(0.95).over("site"))
    warm = pl.col("temp") >= pl.col("temp").median().over("site") - 15
    busy = (pl.col("flow") >= flow_share * usual) & warm & (pl.col("load") < idle)
    found = runs(hours.filter(busy), pl.col("load", "flow", "temp", "nox").mean(), by=("site",))
    title = pl.format(
        "负荷 {} % 而流量 {} m³/h、烟温 {} °C 如常，持续 [hours] 小时",
        number("load"), number("flow", 0), number("temp"),
    )  # fmt: skip
    return findings(
        found.filter(lasting(timedelta(hours=least_hours))),
        title=title, magnitude=hours_long(), unit="h",
        evidence={"负荷": "load", "流量": "flow", "烟温": "temp", "氮氧化物": "nox"},
    )  # fmt: skip


def cold_flow(
    stacks: Stacks, *, flow_share: float = 0.5, cold: float = 35.0, drop: float = 15.0, least_hours: int = 2
) -> pl.DataFrame:
    """Flow as in work, but gas below `cold` °C and `drop` °C under its usual temperature: the probe sees other air.

    Source: own method. Returns FINDINGS; magnitude = below the usual [°C].
    """
    hours = hours_of(stacks, ("flow",)).with_columns(usual=pl.col("temp").median().over("site"))
    rated = pl.coalesce("rated_flow", pl.col("flow").quantile(0.95).over("site"))
    odd = (
        (pl.col("flow") >= flow_share * rated)
        & (pl.col("temp") < cold)
        & (pl.col("temp") < pl.col("usual") - drop)
    )
    found = runs(hours.filter(odd), pl.col("flow", "temp").mean(), pl.col("usual").first(), by=("site",))
    title = pl.format(
        "流量 {} m³/h 而烟温仅 {} °C，平常 {} °C，持续 [hours] 小时",
        number("flow", 0), number("temp"), number("usual"),
    )  # fmt: skip
    return findings(
        found.filter(lasting(timedelta(hours=least_hours))).with_columns(item=pl.lit("temp")),
        title=title, magnitude=pl.col("usual") - pl.col("temp"), unit="°C",
        evidence={"流量": "flow", "烟温": "temp", "平常烟温": "usual"},
    )  # fmt: skip


def sudden_low(
    stacks: Stacks,
    *,
    share: float = 0.6,
    sigmas: float = 4.0,
    least_hours: int = 3,
    history_hours: int = 24,
    least_activity: float = 30.0,
) -> pl.DataFrame:
    """A measured concentration falls below `share` of its usual before (upper third) while the process goes on as before.

    The fall also is `sigmas` times the usual change from hour to hour, and happens at once, from the two hours before to
    its first: gas that wanders down for half a day has not been tampered with. The process is as before when activity is at
    least 80 % of its median. A changed coefficient or a sample let past the probe looks like this, better treatment too.
    Source: own method. Returns FINDINGS; magnitude = missing of the usual [%].
    """
    hours = hours_of(stacks, (*POLLUTANTS, "flow")).with_columns(activity=activity())
    middle = pl.col("activity").median().over("site")
    working = hours.filter(pl.col("activity") >= least_activity, pl.col("activity") >= 0.8 * middle)
    rows = long(working, {p: pl.col(p) for p in POLLUTANTS}, "activity").filter(pl.col("value") > 0)
    log = pl.col("value").log()
    rows = rows.with_columns(
        usual=usual_before("value", 2 / 3, history_hours, KEY),
        sigma=1.4826 * log.diff().abs().median().over(KEY),
    )
    rows = rows.with_columns(
        before=pl.max_horizontal(pl.col("value").shift(n).over(KEY) for n in (1, 2)),
        fall=pl.col("usual").log() - log,
    )
    low = (
        (pl.col("value") < share * pl.col("usual"))
        & (pl.col("fall") > sigmas * pl.col("sigma"))
        & (pl.col("usual") > 2 * FLOOR)
    )
    found = runs(
        rows.filter(low),
        pl.col("value", "activity").mean(),
        pl.col("usual", "before", "sigma").first(),
        pl.col("value").first().alias("after"),
        bridge=HOUR,
    ).filter(pl.col("before").log() - pl.col("after").log() > sigmas * pl.col("sigma"))
    portion = 100 * pl.col("value") / pl.col("usual")
    title = pl.format(
        "{}降到 {} mg/m³，为平常 {} 的 {} %，而负荷 {} % 未降，持续 [hours] 小时",
        LABEL, number("value"), number("usual"), number(portion, 0), number("activity", 0),
    )  # fmt: skip
    return findings(
        found.filter(lasting(timedelta(hours=least_hours))),
        title=title, magnitude=100 - portion, unit="%",
        evidence={"均值": "value", "平常": "usual", "负荷": "activity", "小时数": "n"},
    )  # fmt: skip
