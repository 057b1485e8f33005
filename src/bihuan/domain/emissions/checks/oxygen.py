"""Oxygen: it turns a measured concentration into the judged one, so it is what is tampered with.

Pulled down, the converted value falls; air let into the line (O2 up to 20 %) thins every gas. Both show against the
outlet's own relation of oxygen to load.
"""

from datetime import timedelta

import polars as pl

from bihuan.domain.emissions.checks.frames import activity, hours_of, minutes_of
from bihuan.domain.emissions.checks.shape import still, still_findings
from bihuan.domain.emissions.tables import Stacks
from bihuan.domain.outlets.checks.frames import LOCAL, findings, lasting, number, runs, usual_before
from bihuan.domain.timeaxis import HOUR

STEEPEST = -0.3
"""Oxygen falls with load; by not more than this [% O2 per % load] (own bound)."""
LIKE_AIR = 19.0
"""Oxygen from which on an hour says nothing of what is usual [%] (own bound)."""
LAGS = (2, 4, 8)
"""Hours between those whose load and oxygen are compared."""
MOVED = 5.0
"""Change of the load from which on a pair tells about the slope [%]."""


def _slopes(hours: pl.DataFrame) -> pl.DataFrame:
    """Slope of oxygen over activity of each outlet, the median of pairs of hours: site, slope; a step moves few pairs."""
    pairs = [
        hours.select(
            "site",
            d_a=(pl.col("activity") - pl.col("activity").shift(k)).over("site"),
            d_o=(pl.col("o2") - pl.col("o2").shift(k)).over("site"),
        )
        for k in LAGS
    ]
    moved = pl.concat(pairs).filter(pl.col("d_a").abs() >= MOVED)
    slope = (pl.col("d_o") / pl.col("d_a")).median().clip(STEEPEST, 0)
    return moved.group_by("site").agg(slope=slope)


def _against_load(stacks: Stacks, least_activity: float, history_hours: int = 24) -> pl.DataFrame:
    """Working hours with `rest` (oxygen at the outlet's mean activity), its `high` and `low` level before and `sigma` [%].

    The levels are those of the upper and lower third of the earlier hours, without those of gas like air; sigma comes
    from the median change of the rest: a step that lasts for up to two thirds of the hours moves none of them.
    """
    hours = hours_of(stacks, ("o2", "flow")).with_columns(activity=activity())
    hours = hours.filter(
        pl.col("ref_o2").is_not_null(), pl.col("o2").is_not_null(), pl.col("activity") >= least_activity
    )
    hours = hours.join(_slopes(hours), on="site", how="left", maintain_order="left")
    apart = pl.col("activity") - pl.col("activity").mean().over("site")
    hours = hours.with_columns(rest=pl.col("o2") - pl.col("slope").fill_null(0) * apart)
    hours = hours.with_columns(gas=pl.when(pl.col("o2") < LIKE_AIR).then("rest"))
    return hours.with_columns(
        high=usual_before("gas", 2 / 3, history_hours, ["site"]),
        low=usual_before("gas", 1 / 3, history_hours, ["site"]),
        sigma=pl.col("rest").diff().abs().median().over("site"),
    )


def pulled_down(
    stacks: Stacks,
    *,
    points: float = 1.2,
    sigmas: float = 3.0,
    least_hours: int = 2,
    history_hours: int = 24,
    least_activity: float = 30.0,
) -> pl.DataFrame:
    """Oxygen is `points` plus `sigmas` below what the outlet had before at that load, for `least_hours`.

    Source: own method after published cases (oxygen signal changed to lower the converted value). Returns FINDINGS;
    magnitude = mean shortfall [% O2].
    """
    hours = _against_load(stacks, least_activity, history_hours).with_columns(
        short=pl.col("high") - pl.col("rest")
    )
    deep = pl.col("short") > points + sigmas * pl.col("sigma")
    found = runs(
        hours.filter(deep),
        pl.col("short", "o2", "activity").mean(),
        by=("site",),
        bridge=HOUR,
    )
    found = found.filter(lasting(timedelta(hours=least_hours))).with_columns(
        item=pl.lit("o2"), less=100 * pl.col("short") / (21 - pl.col("o2"))
    )
    title = pl.format(
        "含氧量 {} %，比同负荷平常低 {} 个百分点，持续 [hours] 小时，折算值因此偏低约 {} %",
        number("o2"), number("short"), number("less", 0),
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=pl.col("short"), unit="%",
        evidence={"含氧量": "o2", "偏低": "short", "负荷": "activity", "折算值偏低": "less"},
    )  # fmt: skip


def constant(stacks: Stacks, *, least_hours: float = 3.0, least_changes: float = 20.0) -> pl.DataFrame:
    """The same oxygen (below 19 %: not air) for `least_hours`.

    Source: own thresholds after published cases. Returns FINDINGS; magnitude = length [h].
    """
    minutes = minutes_of(stacks, ("o2",)).filter(pl.col("value") < 19)
    return still_findings(still(minutes, least_hours=least_hours, least_changes=least_changes))


def _normal_gas() -> pl.Expr:
    """Temperature and flow are as usual in this hour: the process runs, so the extra air is not its own."""
    warm = pl.col("temp") >= pl.col("temp").median().over("site") - 15
    flowing = pl.col("flow") >= 0.7 * pl.col("flow").median().over("site")
    return warm & flowing


def leak(
    stacks: Stacks,
    *,
    points: float = 2.0,
    sigmas: float = 3.0,
    least_hours: int = 2,
    history_hours: int = 24,
    least_activity: float = 40.0,
) -> pl.DataFrame:
    """Oxygen is `points` plus `sigmas` above what the outlet had before at that load while temperature and flow are as usual.

    Air gets into the sampling line (or is let in). Source: own method after published cases (dilution). Returns
    FINDINGS; magnitude = mean excess [% O2].
    """
    hours = _against_load(stacks, least_activity, history_hours).with_columns(
        excess=pl.col("rest") - pl.col("low")
    )
    high = pl.col("excess") > points + sigmas * pl.col("sigma")
    rows = hours.with_columns(normal=_normal_gas()).filter(high, "normal")
    found = runs(
        rows, pl.col("excess", "o2", "activity", "temp", "flow").mean(), by=("site",), bridge=HOUR
    ).filter(lasting(timedelta(hours=least_hours)))
    title = pl.format(
        "含氧量 {} %，比同负荷平常高 {} 个百分点，而负荷 {} %、烟温 {} °C、流量均正常，持续 [hours] 小时（疑似漏气或稀释）",
        number("o2"), number("excess"), number("activity", 0), number("temp"),
    )  # fmt: skip
    return findings(
        found.with_columns(item=pl.lit("o2")), title=title, magnitude=pl.col("excess"), unit="%",
        evidence={"含氧量": "o2", "偏高": "excess", "负荷": "activity", "烟温": "temp", "流量": "flow"},
    )  # fmt: skip


def night_dilution(
    stacks: Stacks, *, points: float = 1.5, least_nights: int = 2, least_activity: float = 40.0
) -> pl.DataFrame:
    """In each of `least_nights` nights (22 to 6 h) oxygen is `points` above the days around at the same load.

    Source: own method after published cases (air let in at night). Returns FINDINGS; magnitude = mean excess [% O2].
    """
    local = pl.col("start") + LOCAL
    night = (local.dt.hour() >= 22) | (local.dt.hour() < 6)
    hours = _against_load(stacks, least_activity).with_columns(
        night=night, evening=(local - timedelta(hours=12)).dt.date(), step=pl.lit(HOUR)
    )
    days = hours.filter(~pl.col("night")).group_by("site").agg(day=pl.col("rest").median())
    nights = (
        hours.filter("night", _normal_gas())
        .group_by("site", "evening")
        .agg(
            pl.col("start").min(),
            until=pl.col("start").max() + HOUR,
            excess=pl.col("rest").median(),
            n=pl.len(),
        )
        .filter(pl.col("n") >= 4)
        .join(days, on="site")
        .with_columns(excess=pl.col("excess") - pl.col("day"))
        .filter(pl.col("excess") > points)
    )
    found = (
        nights.group_by("site")
        .agg(
            pl.col("start").min(),
            pl.col("until").max(),
            pl.col("excess").mean(),
            pl.col("day").first(),
            nights=pl.len().cast(pl.Int64),
        )
        .filter(pl.col("nights") >= least_nights)
        .with_columns(item=pl.lit("o2"))
    )
    title = pl.format(
        "[start_day]起 [days] 天内的夜间（22 时至 6 时）含氧量比白天同负荷高 {} 个百分点，烟温和流量正常（疑似夜间稀释）",
        number("excess"),
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=pl.col("excess"), unit="%",
        evidence={"夜间偏高": "excess", "白天同负荷含氧量": "day", "夜数": "nights"},
    )  # fmt: skip
