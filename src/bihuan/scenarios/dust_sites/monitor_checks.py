"""The checks of monitors: whether what they tell can be believed. Their findings are about the monitor and are one matter."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl

from bihuan.domain.checks import check, finding, findings
from bihuan.domain.outages import explained_time, joined
from bihuan.domain.places.geodesy import distance
from bihuan.domain.timeaxis import CST
from bihuan.scenarios.dust_sites.registers import MONITOR, SITE
from bihuan.scenarios.dust_sites.runs import runs, shown
from bihuan.scenarios.dust_sites.tables import Dust

OURS = "自有方法"
RULE = "各地建设工程扬尘在线监测技术规范通行要求（条款待核）；自有方法"
FACET = "instrument"
UNIT = "µg/m³"
LOCAL_HOUR = pl.col("start").dt.convert_time_zone("Asia/Shanghai").dt.hour()


def _of_sites(dust: Dust) -> pl.DataFrame:
    """Hours of monitors at sites, compared with their county."""
    return dust.compared(dust.hours).filter(pl.col("site").is_not_null())


@check(
    "dust.order", title="颗粒物大小次序颠倒", basis=RULE, severity="moderate", looks_at="dust", facet=FACET
)
def order(dust: Dust, *, share: float = 0.05, above: float = 5.0, least_hours: int = 3) -> pl.DataFrame:
    """PM2.5 above PM10, or PM10 above TSP, by more than `share` and `above` µg/m³ for `least_hours` or more. Returns FINDINGS; magnitude = largest difference [µg/m³]."""
    rows = []
    for small, large, name in (("pm25", "pm10", "PM2.5 高于 PM10"), ("pm10", "tsp", "PM10 高于 TSP")):
        gap = pl.col(small) - pl.col(large)
        wrong = dust.hours.with_columns(gap=gap).filter(
            pl.col("gap") > above, pl.col("gap") > share * pl.col(large)
        )
        found = runs(
            wrong,
            ["monitor"],
            pl.col("gap").max(),
            pl.col(small).max().alias("one"),
            pl.col(large).max().alias("two"),
        )
        for r in found.filter(pl.col("n") >= least_hours).iter_rows(named=True):
            title = f"{name} 连续 [hours] 小时，最多高 {shown(r['gap'])} {UNIT}"
            evidence = {"较细颗粒最高": r["one"], "较粗颗粒最高": r["two"]}
            rows.append(_about(r, title, evidence, item=small, magnitude=r["gap"], unit=UNIT))
    return findings(rows)


@check("dust.stuck", title="监测值不变", basis=RULE, severity="moderate", looks_at="dust", facet=FACET)
def stuck(dust: Dust, *, least_hours: int = 3, low: float = 20.0, low_hours: int = 12) -> pl.DataFrame:
    """PM10 the same for `least_hours` or more, below `low` µg/m³ for `low_hours`. Returns FINDINGS; magnitude = length [h]."""
    value = pl.col("pm10").round(1)
    rows = dust.hours.filter(pl.col("pm10").is_not_null()).with_columns(at=value)
    found = runs(rows, ["monitor", "at"]).filter(
        pl.col("n") >= pl.when(pl.col("at") < low).then(low_hours).otherwise(least_hours)
    )
    return findings(
        _about(
            r,
            f"PM10 连续 [hours] 小时停在 {r['at']:g} {UNIT}",
            {"未变值": r["at"], "小时数": r["n"]},
            item="pm10",
            magnitude=float(r["n"]),
            unit="h",
        )
        for r in found.iter_rows(named=True)
    )


@check(
    "dust.too_low",
    title="监测值长时间低于周边",
    basis=RULE,
    severity="moderate",
    looks_at="dust",
    facet=FACET,
)
def too_low(dust: Dust, *, share: float = 0.7, least_hours: int = 6, windy: float = 3.0) -> pl.DataFrame:
    """PM10 of a site at work below `share` of the county's background for `least_hours` or more between 7:00 and 19:00, with wind of `windy` m/s or more (in the median of all monitors).

    Returns FINDINGS; magnitude = how far below on the mean [%].
    """
    blowing = dust.hours.group_by("start").agg(blown=pl.col("wind").median()).filter(pl.col("blown") >= windy)
    working = dust.sites.filter(pl.col("phase") != "idle").select("site")
    ratio = pl.col("pm10") / pl.col("background")
    day = _of_sites(dust).filter((LOCAL_HOUR >= 7) & (LOCAL_HOUR < 19)).join(working, on="site", how="semi")
    rows = day.join(blowing, on="start").with_columns(ratio=ratio).filter(pl.col("ratio") < share)
    found = runs(
        rows, ["monitor"], pl.col("ratio").mean(), pl.col("pm10").mean(), pl.col("background").mean()
    )
    return findings(_low(r) for r in found.filter(pl.col("n") >= least_hours).iter_rows(named=True))


def _low(r: dict[str, Any]) -> dict[str, Any]:
    below = (1 - r["ratio"]) * 100
    title = f"有风的白天 PM10 连续 [hours] 小时比县区背景低，平均低 {below:.0f}%，疑似采样口被遮挡或喷淋"
    return _about(
        r,
        title,
        {"PM10 平均": r["pm10"], "县区背景": r["background"]},
        item="pm10",
        magnitude=below,
        unit="%",
    )


@check(
    "dust.spray_drop", title="雾炮一开读数骤降", basis=RULE, severity="serious", looks_at="dust", facet=FACET
)
def spray_drop(dust: Dust, *, fall: float = 0.6, share: float = 0.7, least: float = 40.0) -> pl.DataFrame:
    """PM10 in 5-minute means: during a cannon's run below `fall` of the quarter before it and below `share` of the county's background, from `least` µg/m³ on.

    Less dust at the site would come down to the background and not far below it: the water goes to the inlet. Returns FINDINGS; magnitude = fall [µg/m³].
    """
    cannons = dust.waterings.filter(pl.col("way") == "cannon").select("site", "since", "until")
    blocks = dust.compared(dust.blocks).filter(pl.col("site").is_not_null(), pl.col("pm10").is_not_null())
    pairs = cannons.join(blocks.select("site", "monitor", "start", "pm10", "background"), on="site")
    quarter = timedelta(minutes=15)
    before = (pl.col("start") >= pl.col("since") - quarter) & (pl.col("start") < pl.col("since"))
    during = (pl.col("start") >= pl.col("since")) & (pl.col("start") < pl.col("until"))
    sums = pairs.group_by("monitor", "since", "until").agg(
        before=pl.col("pm10").filter(before).mean(), low=pl.col("pm10").filter(during).mean(), background=pl.col("background").filter(during).mean()
    )  # fmt: skip
    low = sums.filter(
        pl.col("low") < fall * pl.col("before"),
        pl.col("low") < share * pl.col("background"),
        pl.col("before") - pl.col("low") >= least,
    )
    return findings(_sprayed(r) for r in low.iter_rows(named=True))


def _sprayed(r: dict[str, Any]) -> dict[str, Any]:
    title = f"{r['since'].astimezone(CST):%H:%M} 雾炮开启后 PM10 由 {shown(r['before'])} 降到 {shown(r['low'])} {UNIT}，低于县区背景 {shown(r['background'])}"
    evidence = {"开启前": r["before"], "期间": r["low"], "县区背景": r["background"]}
    return finding(
        (MONITOR, r["monitor"]),
        (r["since"], r["until"]),
        title,
        evidence,
        item="pm10",
        magnitude=r["before"] - r["low"],
        unit=UNIT,
    )


@check("dust.night_zero", title="夜间读数归零", basis=RULE, severity="moderate", looks_at="dust", facet=FACET)
def night_zero(
    dust: Dust, *, zero: float = 2.0, least_hours: int = 2, background: float = 15.0
) -> pl.DataFrame:
    """PM10 of `zero` µg/m³ or less for `least_hours` or more at night (22:00 to 06:00), where the county has `background` or more and the monitor is never so low by day.

    Returns FINDINGS; magnitude = length [h].
    """
    night = (LOCAL_HOUR >= 22) | (LOCAL_HOUR < 6)
    rows = _of_sites(dust).filter(pl.col("pm10").is_not_null())
    by_day = rows.filter(~night).group_by("monitor").agg(pl.col("pm10").min().alias("least"))
    low = rows.filter(night, pl.col("pm10") <= zero, pl.col("background") >= background).join(
        by_day, on="monitor"
    )
    found = runs(
        low.filter(pl.col("least") > 2 * zero),
        ["monitor"],
        pl.col("background").mean(),
        pl.col("pm10").mean(),
    )
    return findings(
        _about(
            r,
            f"夜间 PM10 [hours] 小时只有 {r['pm10']:.0f} {UNIT}，白天正常",
            {"县区背景": r["background"]},
            item="pm10",
            magnitude=float(r["n"]),
            unit="h",
        )
        for r in found.filter(pl.col("n") >= least_hours).iter_rows(named=True)
    )


@check("dust.fog", title="高湿影响读数", basis=RULE, severity="minor", looks_at="dust", cause="weather")
def fog(dust: Dust, *, humidity: float = 90.0, above: float = 60.0, least_hours: int = 2) -> pl.DataFrame:
    """PM10 `above` µg/m³ over the county's background while the air at the monitor is nearer to fog than `humidity` [%], for `least_hours` or more: drops are counted as dust.

    About the site; what was above a limit meanwhile is its consequence. Returns FINDINGS; magnitude = highest humidity [%].
    """
    over = pl.col("pm10") - pl.col("background") >= above
    rows = _of_sites(dust).filter(pl.col("humidity") > humidity, over)
    found = runs(
        rows, ["site", "monitor"], pl.col("humidity").max(), pl.col("pm10").max(), pl.col("background").mean()
    )
    first = found.filter(pl.col("n") >= least_hours).unique(
        ["site", "start"], keep="first", maintain_order=True
    )
    return findings(_foggy(r) for r in first.iter_rows(named=True))


def _foggy(r: dict[str, Any]) -> dict[str, Any]:
    title = f"相对湿度最高 {r['humidity']:.0f}%，PM10 [hours] 小时偏高，光散射读数不可作为超限依据"
    evidence = {"监测点": r["monitor"], "PM10 最高": r["pm10"], "县区背景": r["background"]}
    return finding(
        (SITE, r["site"]),
        (r["start"], r["until"]),
        title,
        evidence,
        item="a01002",
        magnitude=r["humidity"],
        unit="%",
    )


@check("dust.clock", title="监测设备时钟不准", basis=RULE, severity="minor", looks_at="dust", facet="clock")
def clock(
    dust: Dust, *, late_minutes: float = 15.0, early_minutes: float = 2.0, least: int = 60
) -> pl.DataFrame:
    """Records of minutes of a logger that came before their time by `early_minutes`, or of which the soonest came `late_minutes` after it, over `least` records of the last day.

    A backlog that is sent again makes single records late, a slow clock all. Returns FINDINGS; magnitude = deviation [min].
    """
    day = dust.arrivals.filter(pl.col("start") >= dust.now - timedelta(days=1))
    lag = (pl.col("received") - pl.col("start")).dt.total_seconds() / 60
    found = day.with_columns(lag=lag).group_by("monitor").agg(
        soonest=pl.col("lag").quantile(0.05), middle=pl.col("lag").median(), n=pl.len(), start=pl.col("received").min(), until=pl.col("received").max()
    )  # fmt: skip
    wrong = found.filter(
        pl.col("n") >= least, (pl.col("soonest") >= late_minutes) | (pl.col("middle") <= -early_minutes)
    )
    return findings(_clock(r) for r in wrong.iter_rows(named=True))


def _clock(r: dict[str, Any]) -> dict[str, Any]:
    fast = r["middle"] < 0
    off = abs(r["middle"]) if fast else r["soonest"]
    title = f"数据时间比到达时间{'快' if fast else '慢'} {off:.0f} 分钟以上"
    return _about(
        r,
        title,
        {"记录数": r["n"], "到达与数据时间之差中位数": r["middle"]},
        item="",
        magnitude=off,
        unit="min",
    )


@check("dust.moved", title="监测设备被移动", basis=RULE, severity="serious", looks_at="dust", facet=FACET)
def moved(dust: Dust, *, metres: float = 50.0) -> pl.DataFrame:
    """A monitor that says by its own position (GPS) that it stands `metres` [m] or more from where it is registered. Returns FINDINGS; magnitude = distance [m]."""
    rows = dust.places.join(dust.monitors.select("monitor", here="lon", there="lat"), on="monitor").sort(
        "monitor", "at"
    )
    last = rows.unique("monitor", keep="last", maintain_order=True)
    found = []
    for r in last.iter_rows(named=True):
        away = distance((r["here"], r["there"]), (r["lon"], r["lat"]))
        if away >= metres:
            span = {
                "monitor": r["monitor"],
                "start": r["at"],
                "until": max(dust.now, r["at"] + timedelta(minutes=1)),
            }
            evidence = {
                "登记位置": f"{r['here']:.5f}, {r['there']:.5f}",
                "设备位置": f"{r['lon']:.5f}, {r['lat']:.5f}",
            }
            found.append(
                _about(
                    span, f"设备自报位置离登记位置 {away:.0f} m", evidence, item="", magnitude=away, unit="m"
                )
            )
    return findings(found)


@check(
    "dust.silent",
    title="监测点没有数据",
    basis=RULE,
    severity="minor",
    looks_at="dust",
    facet="arrival",
    cause="line",
)
def silent(dust: Dust, *, hours: float = 12.0) -> pl.DataFrame:
    """A monitor of a site at work without a value of PM10 or TSP for `hours` [h] or more. What came while the centre was down is not counted.

    Returns FINDINGS; magnitude = length [h].
    """
    working = dust.sites.filter(pl.col("phase") != "idle").select("site")
    of = dust.monitors.join(working, on="site", how="semi").select("monitor")
    told = dust.hours.filter(pl.col("pm10").is_not_null() | pl.col("tsp").is_not_null())
    last = told.group_by("monitor").agg(start=pl.col("start").max() + pl.duration(hours=1))
    rows = of.join(last, on="monitor", how="left").with_columns(
        pl.col("start").fill_null(dust.since), until=pl.lit(dust.now)
    )
    ours = explained_time(pl.col("start"), pl.col("until"), joined(dust.outages))
    length = (pl.col("until") - pl.col("start") - ours).dt.total_seconds() / 3600
    found = rows.with_columns(length=length).filter(pl.col("length") >= hours).sort("monitor")
    return findings(
        _about(
            r,
            "连续 [hours] 小时没有颗粒物数据",
            {"小时数": round(r["length"], 1)},
            item="",
            magnitude=r["length"],
            unit="h",
        )
        for r in found.iter_rows(named=True)
    )


def _about(r: dict[str, Any], title: str, evidence: dict[str, Any], **more: Any) -> dict[str, Any]:
    start: datetime = r["start"]
    return finding((MONITOR, r["monitor"]), (start, r["until"]), title, evidence, **more)


CHECKS = (order, stuck, too_low, spray_drop, night_zero, fog, clock, moved, silent)
