"""The checks of sites: limits, work at night, watering that was not, and peaks at stations with those from whom they may have come."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from bihuan.domain.checks import check, finding, findings
from bihuan.domain.dust.attribution import apart, bearing_and_metres
from bihuan.domain.dust.limits import LENGTHS, OVER, Rule, days
from bihuan.domain.timeaxis import CST, local_date
from bihuan.scenarios.dust_sites.judging import AVERAGED, ITEMS, LIMIT, NAMES, STOP, Judged, by_rule
from bihuan.scenarios.dust_sites.registers import MONITOR, SITE
from bihuan.scenarios.dust_sites.runs import runs, shown
from bihuan.scenarios.dust_sites.suspects import answer_of, around, peak_at, told_shares, wind_at
from bihuan.scenarios.dust_sites.tables import Dust

LAW = "大气污染防治法第六十九条、第一百一十五条（2026-08-15 起见生态环境法典，条款待核）"
OURS = "自有方法"
NIGHT = "环境噪声污染防治和扬尘管理通行要求：夜间（22 时至次日 6 时）施工须经批准（条款待核）；自有方法"
UNIT = "µg/m³"


@check("dust.stop", title="达到停工限值", basis=f"{LAW}；各地停工规定，见 domain/dust/limits.csv", severity="serious", looks_at="dust", facet="dust", raises=True)  # fmt: skip
def stop(dust: Dust) -> pl.DataFrame:
    """Means at which work that makes dust has to stop at once (limits.csv, grade stop), one finding for each stretch of a monitor. Returns FINDINGS; magnitude = highest [µg/m³]."""
    return findings(row for one in by_rule(dust) if one.rule.grade == STOP for row in _stretches(one))


def _stretches(one: Judged) -> Iterator[dict[str, Any]]:
    rule, over = one.rule, one.rows.filter(pl.col("state") == OVER)
    found = runs(
        over,
        ["site", "monitor"],
        pl.col("over").max().alias("top"),
        pl.col("background").mean(),
        step=LENGTHS[rule.averaging],
    )
    for r in found.iter_rows(named=True):
        title = f"{NAMES[rule.item]} {AVERAGED[rule.averaging]}均值达到停工限值 {rule.limit:g} {UNIT} 共 [hours] 小时，最高 {shown(r['top'])}"
        evidence = {
            "监测点": r["monitor"],
            "最高": r["top"],
            "停工限值": rule.limit,
            "县区背景": r["background"],
            "限值依据": rule.source,
        }
        yield finding(
            (SITE, r["site"]),
            (r["start"], r["until"]),
            title,
            evidence,
            item=ITEMS[rule.item],
            magnitude=r["top"],
            unit=UNIT,
        )


@check("dust.over_limit", title="工地扬尘超过限值", basis=f"{LAW}；各地工地扬尘标准，见 domain/dust/limits.csv", severity="moderate", looks_at="dust",
       facet="dust", explained_by=("dust.fog",))  # fmt: skip
def over_limit(dust: Dust) -> pl.DataFrame:
    """More means above a standard in a day than it allows (limits.csv, grade limit): one finding for each site, item and day. Returns FINDINGS; magnitude = times."""
    return findings(row for one in by_rule(dust) if one.rule.grade == LIMIT for row in _days_over(one))


def _days_over(one: Judged) -> Iterator[dict[str, Any]]:
    rule = one.rule
    worst = days(one.rows, rule).filter(~pl.col("met"))
    over = (
        one.rows.filter(pl.col("state") == OVER)
        .with_columns(day=local_date())
        .join(worst, on=["monitor", "day"])
    )
    of = over.group_by("site", "monitor", "day").agg(
        pl.col("start").min(), until=pl.col("start").max() + LENGTHS[rule.averaging], times=pl.col("times").first(), top=pl.col("over").max(),
        background=pl.col("background").mean(),
    )  # fmt: skip
    first = of.sort("times", "top", descending=True).unique(
        ["site", "day"], keep="first", maintain_order=True
    )
    for r in first.iter_rows(named=True):
        yield _day_over(rule, r)


def _day_over(rule: Rule, r: dict[str, Any]) -> dict[str, Any]:
    what = "与县区背景之差" if rule.minus_background else "均值"
    title = (
        f"{NAMES[rule.item]} {AVERAGED[rule.averaging]}{what}一天 {r['times']} 次超过 {rule.limit:g} {UNIT}"
        f"（允许 {rule.allowed} 次），最高 {shown(r['top'])}"
    )
    evidence = {"监测点": r["monitor"], "超过次数": r["times"], "允许次数": rule.allowed, "最高": r["top"], "限值": rule.limit,
                "县区背景": r["background"], "限值依据": rule.source}  # fmt: skip
    return finding(
        (SITE, r["site"]),
        (r["start"], r["until"]),
        title,
        evidence,
        item=ITEMS[rule.item],
        magnitude=float(r["times"]),
        unit="次",
    )


@check(
    "dust.night_work", title="疑似夜间施工", basis=NIGHT, severity="serious", looks_at="dust", facet="dust"
)
def night_work(
    dust: Dust,
    *,
    above: float = 60.0,
    times: float = 1.5,
    least_hours: int = 2,
    reach_km: float = 3.0,
    rise: float = 20.0,
    most_humidity: float = 90.0,
) -> pl.DataFrame:
    """PM10 at a site at night (22:00 to 06:00) `above` µg/m³ and `times` x the county's background for `least_hours` or more, without a permit (own method).

    Not where the air is nearer to fog than `most_humidity` [%], nor in a sand-dust period, nor where no background is known. Places downwind within `reach_km`
    [km] that rose by `rise` µg/m³ or more against the background in the same hours are named. Returns FINDINGS; magnitude = mean excess [µg/m³].
    """
    night = pl.col("start").dt.convert_time_zone("Asia/Shanghai").dt.hour()
    excess = pl.col("pm10") - pl.col("background")
    rows = dust.compared(dust.hours).filter(
        pl.col("site").is_not_null(), (night >= 22) | (night < 6), ~pl.col("dust"), excess >= above,
        pl.col("pm10") >= times * pl.col("background"), pl.col("humidity").fill_null(0) <= most_humidity,
    )  # fmt: skip
    rows = _without_permit(rows.with_columns(excess=excess), dust.permits)
    found = runs(
        rows,
        ["site", "monitor"],
        pl.col("excess").mean(),
        pl.col("pm10").max(),
        pl.col("background").mean(),
        bridge=1,
    )
    worst = found.filter(pl.col("n") >= least_hours).sort("excess", descending=True)
    kept = worst.unique(["site", "start"], keep="first", maintain_order=True)
    return findings(_night(dust, r, reach_km, rise) for r in kept.iter_rows(named=True))


def _without_permit(rows: pl.DataFrame, permits: pl.DataFrame) -> pl.DataFrame:
    """Hours during which no permit of the site was in force."""
    held = rows.select("site", "start").unique().join(permits, on="site")
    held = held.filter(
        pl.col("since") < pl.col("start") + pl.duration(hours=1), pl.col("until") > pl.col("start")
    )
    return rows.join(held, on=["site", "start"], how="anti")


def _night(dust: Dust, r: dict[str, Any], reach_km: float, rise: float) -> dict[str, Any]:
    downwind = list(_downwind(dust, r, reach_km, rise))
    first = f"，下风向 {downwind[0][0]} 同时升高 {shown(downwind[0][1])}" if downwind else ""
    title = f"夜间 PM10 [hours] 小时高于县区背景，平均高 {shown(r['excess'])} {UNIT}{first}"
    evidence = {
        "监测点": r["monitor"], "最高": r["pm10"], "县区背景": r["background"], "平均高出": r["excess"],
        "下风向": [f"{name}，升高 {shown(risen)}，相距 {metres / 1000:.1f} km" for name, risen, metres in downwind],
        "风": _wind_told(dust, r["start"], r["until"]),
    }  # fmt: skip
    return finding(
        (SITE, r["site"]),
        (r["start"], r["until"]),
        title,
        evidence,
        item="pm10",
        magnitude=r["excess"],
        unit=UNIT,
    )


def _wind_told(dust: Dust, start: datetime, until: datetime) -> str:
    wind = wind_at(dust, start, until)
    return f"{wind.direction:.0f}°，{wind.speed:.1f} m/s" if wind else "没有风的数据"


def _downwind(
    dust: Dust, r: dict[str, Any], reach_km: float, rise: float
) -> Iterator[tuple[str, float, float]]:
    """Places behind the site as the wind blows that rose with it: name, how much, how far [m]; the most first."""
    wind = wind_at(dust, r["start"], r["until"])
    if wind is None or not wind.tells:
        return
    site = dust.monitors.filter(pl.col("monitor") == r["monitor"]).row(0, named=True)
    found = []
    for place in around(dust, r["monitor"], r["start"], r["until"]).iter_rows(named=True):
        bearing, metres = bearing_and_metres(site["lon"], site["lat"], place["lon"], place["lat"])
        behind = apart(bearing, wind.direction + 180) <= 45
        if behind and metres <= reach_km * 1000 and place["risen"] >= rise:
            found.append((place["name"], place["risen"], metres))
    yield from sorted(found, key=lambda row: -row[1])


@check("dust.dry_watering", title="洒水记录与湿度不符", basis=OURS, severity="minor", looks_at="dust")
def dry_watering(
    dust: Dust, *, least_rise: float = 2.0, least_minutes: int = 10, already: float = 85.0
) -> pl.DataFrame:
    """A watering of `least_minutes` or more by cannon or fence spray during which, and 15 minutes after, the site's humidity rose by less than `least_rise` [%] (own method).

    Only where 5-minute means of humidity are there before and during it, and the air was drier than `already` [%]. Returns FINDINGS; magnitude = rise [%].
    """
    long_enough = pl.col("until") - pl.col("since") >= timedelta(minutes=least_minutes)
    claimed = dust.waterings.filter(long_enough, pl.col("way").is_in(["cannon", "fence"]))
    known = dust.blocks.join(dust.monitors.select("monitor", "site"), on="monitor").filter(
        pl.col("humidity").is_not_null()
    )
    pairs = claimed.join(known.select("site", "start", "humidity"), on="site")
    quarter = timedelta(minutes=15)
    before = (pl.col("start") >= pl.col("since") - 2 * quarter) & (pl.col("start") < pl.col("since"))
    during = (pl.col("start") >= pl.col("since")) & (pl.col("start") < pl.col("until") + quarter)
    rises = pairs.group_by("site", "since", "until", "way").agg(
        before=pl.col("humidity").filter(before).mean(), top=pl.col("humidity").filter(during).max()
    )
    dry = rises.filter(pl.col("before") < already, pl.col("top") - pl.col("before") < least_rise)
    return findings(_dry(r) for r in dry.iter_rows(named=True))


def _dry(r: dict[str, Any]) -> dict[str, Any]:
    rise = r["top"] - r["before"]
    title = f"记录 {r['since'].astimezone(CST):%H:%M} 起洒水 [minutes] 分钟，监测点湿度只变化 {rise:+.1f} 个百分点"
    evidence = {
        "此前湿度": r["before"],
        "期间最高湿度": r["top"],
        "方式": {"cannon": "雾炮", "fence": "围挡喷淋"}[r["way"]],
    }
    return finding(
        (SITE, r["site"]), (r["since"], r["until"]), title, evidence, item="a01002", magnitude=rise, unit="%"
    )


@check("dust.spike", title="PM10 突升", basis=OURS, severity="moderate", looks_at="dust")
def spike(
    dust: Dust, *, above: float = 80.0, times: float = 1.8, most_humidity: float = 90.0
) -> pl.DataFrame:
    """PM10 of a station, or of a place around sites, `above` µg/m³ and `times` x the median of all others of the city in the hour, and over its own mean of the three hours before by as much.

    Not in a sand-dust period nor in air nearer to fog than `most_humidity`. Names the sites from which it may have come, or that nobody is known (own method).
    Returns FINDINGS; magnitude = how far above the others [µg/m³].
    """
    rows = _around(dust)
    median = pl.col("pm10").median().over("start")
    before = pl.col("pm10").shift(1).rolling_mean(3, min_samples=2).over("key", order_by="start")
    humid = dust.hours.group_by("start").agg(damp=pl.col("humidity").median())
    rows = rows.join(humid, on="start", how="left").with_columns(
        others=median, before=before, of=pl.len().over("start")
    )
    high = rows.filter(
        pl.col("of") >= 3, pl.col("pm10") - pl.col("others") >= above, pl.col("pm10") >= times * pl.col("others"),
        pl.col("pm10") - pl.col("before") >= above / 2, pl.col("damp").fill_null(0) <= most_humidity, ~pl.col("dust"),
    )  # fmt: skip
    found = runs(
        high.with_columns(excess=pl.col("pm10") - pl.col("others")),
        ["kind", "key", "lon", "lat"],
        pl.col("excess").max(),
        pl.col("pm10").max(),
    )
    return findings(_spike(dust, r) for r in found.iter_rows(named=True))


def _around(dust: Dust) -> pl.DataFrame:
    """kind, key, region, lon, lat, start, pm10, dust of stations and places around sites."""
    stations = dust.stations.with_columns(
        dust=dust.in_dust("county", "start"), kind=pl.lit("site"), key=pl.col("station")
    )
    around = (
        dust.compared(dust.hours)
        .filter(pl.col("site").is_null())
        .join(dust.monitors.select("monitor", "lon", "lat"), on="monitor")
    )
    around = around.with_columns(kind=pl.lit(MONITOR), key=pl.col("monitor"))
    names = ["kind", "key", "lon", "lat", "start", "pm10", "dust"]
    return pl.concat([stations.select(names), around.select(names)]).filter(pl.col("pm10").is_not_null())


def _spike(dust: Dust, r: dict[str, Any]) -> dict[str, Any]:
    answer = answer_of(
        dust,
        peak_at(dust, r["key"], r["lon"], r["lat"], r["start"], r["until"], r["excess"]),
        r["start"],
        r["until"],
    )
    shares, lacks = told_shares(answer, dict(dust.sites.select("site", "name").iter_rows()))
    title = f"PM10 突升至 {shown(r['pm10'])} {UNIT}，比其他点位高 {shown(r['excess'])}，首要嫌疑：{shares[0] if shares else '没有已知来源'}"
    evidence = {"最高": r["pm10"], "高出": r["excess"], "嫌疑": shares, "缺少": lacks}
    return finding(
        (r["kind"], r["key"]),
        (r["start"], r["until"]),
        title,
        evidence,
        item="pm10",
        magnitude=r["excess"],
        unit=UNIT,
    )


CHECKS = (stop, over_limit, night_work, dry_watering, spike)
