"""The checks of this scenario, one finding for each cause and month: a park without treatment or monitoring, outlets over their limits, a river that is worse
behind the park, rain outlets with water on dry days, water that is unaccounted for, rounds that are late.

A finding of a month ends with the beginning of its last day: adjoining months are matters of their own.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import starmap
from typing import Any

import polars as pl

from bihuan.domain.checks import check, finding, findings
from bihuan.domain.quantities import LONG
from bihuan.domain.standards.surface_water import ROMAN
from bihuan.domain.timeaxis import CST, INSTANT, next_month
from bihuan.scenarios.industrial_parks.days import FLOW
from bihuan.scenarios.industrial_parks.figures import (
    DIRECT,
    INFLOW,
    MAIN,
    RAIN,
    Compared,
    Gap,
    compared,
    exceeded,
    flows,
    gaps,
    nodes,
    over,
)  # fmt: skip
from bihuan.scenarios.industrial_parks.registers import SITE, TARGET

PARKS = pl.Schema(
    {
        "park": pl.String(),
        "way": pl.String(),
        "linked": pl.String(),
        "actual": pl.Float64(),
        "registered": pl.Float64(),
        "unknown": pl.Int64(),
        "now": INSTANT,
    }
)
"""registered: water of the enterprises whose amount is known [m³/d], null without any; unknown: how many go to the works and have none registered."""
SEEN = pl.Schema({"site": pl.String(), "at": INSTANT})
"""When somebody saw water in a rain outlet and no rain had fallen lately."""
ROUNDS = pl.Schema(
    {"park": pl.String(), "round": pl.Int64(), "title": pl.String(), "until": pl.Date(), "left": pl.Int64()}
)
"""Rounds that run, by park: how many of its objects are not inspected yet."""
LAW = "水污染防治法第四十五条（2026-08-15 起见生态环境法典，条款待核）；水污染防治行动计划（国发〔2015〕17号）工业集聚区（条款待核）"
LIMITS = "排口登记的限值及其依据；水污染防治法第十条（2026-08-15 起见生态环境法典，条款待核）"
OURS = "自有方法"
WORDS = {"members": "企业排水合计", INFLOW: "处理设施进水", MAIN: "总排口出水"}
DAY = timedelta(days=1)


def _table(rows: Iterable[dict[str, Any]], parks: pl.DataFrame) -> pl.DataFrame:
    """FINDINGS of some rows, none of which lasts longer than until now."""
    found = findings(rows)
    if found.is_empty():
        return found
    latest = pl.max_horizontal(pl.lit(parks["now"][0], INSTANT), pl.col("start") + pl.duration(hours=1))
    return found.with_columns(until=pl.min_horizontal("until", latest))


def month_span(month: date) -> tuple[datetime, datetime]:
    """A month without its last day."""
    return datetime.combine(month, time(), CST), datetime.combine(next_month(month) - DAY, time(), CST)


def _this_month(parks: pl.DataFrame) -> date:
    """The month that runs."""
    now: datetime = parks["now"][0]
    return now.astimezone(CST).date().replace(day=1)


def _shown(value: float, unit: str = "") -> str:
    return f"{value:.4g} {unit}".strip()


@check(
    "park.untreated",
    title="园区没有集中处理或自动监测没有联网",
    basis=LAW,
    severity="serious",
    looks_at="parks",
)
def untreated(
    parks: pl.DataFrame, sites: pl.DataFrame, days: pl.DataFrame, months: pl.DataFrame, seen: pl.DataFrame,
    rounds: pl.DataFrame, *, least_water: float = 0.0,
) -> pl.DataFrame:  # fmt: skip
    """A park that lets out more than `least_water` [m³/d] (as registered, stated or measured) and has no central treatment, or whose works are not linked.

    PARKS, SITES, DAYS, MONTHS, SEEN, ROUNDS. Where nobody has said whether it is linked, nothing is said. Returns FINDINGS, one for each
    park; magnitude = water [m³/d].
    """
    outlets = sites.filter(pl.col("role").is_in([MAIN, DIRECT])).select("site", "park")
    flow = flows(months).join(outlets, on="site").group_by("site", "park").agg(pl.col("water").max())
    measured = flow.group_by("park").agg(measured=pl.col("water").sum())
    water = pl.max_horizontal("actual", "registered", "measured").fill_null(0)
    wet = parks.join(measured, on="park", how="left").with_columns(water=water)
    return _table(_lacking(wet.filter(pl.col("water") > least_water)), parks)


def _lacking(parks: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for park in parks.iter_rows(named=True):
        now = park["now"].astimezone(CST)
        span, water = (
            (now.replace(day=1, hour=0, minute=0, second=0, microsecond=0), now),
            _shown(park["water"], "m³/d"),
        )
        evidence = {
            "申报水量": park["actual"],
            "企业登记水量": park["registered"],
            "实测排水": park["measured"],
        }
        size: dict[str, Any] = {"magnitude": park["water"], "unit": "m³/d"}
        if park["way"] in ("none", "direct"):
            yield finding(
                (TARGET, park["park"]),
                span,
                f"有污水排放（{water}），没有污水集中处理设施",
                evidence,
                item="treatment",
                **size,
            )
        elif park["way"] == "own" and park["linked"] == "no":
            yield finding(
                (TARGET, park["park"]),
                span,
                f"有污水排放（{water}），自动监测没有联网",
                evidence,
                item="online",
                **size,
            )


@check(
    "park.over_limit",
    title="园区排口超过限值",
    basis=LIMITS,
    severity="serious",
    looks_at="parks",
    facet="park_limit",
)
def over_limit(
    parks: pl.DataFrame, sites: pl.DataFrame, days: pl.DataFrame, months: pl.DataFrame, seen: pl.DataFrame,
    rounds: pl.DataFrame, *, least_days: int = 1,
) -> pl.DataFrame:  # fmt: skip
    """`least_days` or more days of a month above the registered limit of an item, or the mean of the month.

    Takes what `untreated` takes. A sample of a moment counts as its day and is named as such. Returns FINDINGS, one for each outlet, item
    and month; magnitude = the highest multiple of the limit beyond it.
    """
    beyond = over(days, months, sites).filter(exceeded())
    beyond = beyond.filter((pl.col("times") >= least_days) | (pl.col("times") == 0))
    known = beyond.join(sites.select("site", "basis"), on="site")
    return _table(map(_too_much, known.iter_rows(named=True)), parks)


def _too_much(row: dict[str, Any]) -> dict[str, Any]:
    quantity, month, times = LONG[row["quantity"]], f"{row['month']:%Y-%m}", row["times"]
    limit, mean = (_shown(row[key], quantity.unit) for key in ("limit", "mean"))
    worst = row["worst"] if times else row["mean"]
    if not times:
        title = f"{quantity.chinese} {month} 月均值 {mean}，超过限值 {limit}"
    elif row["samples"] == times:
        title = f"{quantity.chinese} {month} 瞬时样 {times} 天超过限值 {limit}，最高 {_shown(worst, quantity.unit)}，月均值 {mean}"
    else:
        title = f"{quantity.chinese} {month} 日均值 {times} 天超过限值 {limit}，最高 {_shown(worst, quantity.unit)}，月均值 {mean}"
    evidence = {
        "限值": row["limit"], "限值依据": row["basis"], "超限天数": times, "其中瞬时样": row["samples"], "最高": worst, "月均值": row["mean"],
    }  # fmt: skip
    size: dict[str, Any] = {
        "item": row["quantity"],
        "magnitude": worst / row["limit"] - 1 if row["limit"] else None,
        "unit": "倍",
    }
    return finding((SITE, row["site"]), month_span(row["month"]), title, evidence, **size)


@check(
    "park.downstream",
    title="园区下游水质劣于上游对照",
    basis=f"GB 3838-2002；{OURS}",
    severity="serious",
    looks_at="parks",
)
def downstream(
    parks: pl.DataFrame, sites: pl.DataFrame, days: pl.DataFrame, months: pl.DataFrame, seen: pl.DataFrame,
    rounds: pl.DataFrame, *, least_classes: int = 1, least_days: int = 10,
) -> pl.DataFrame:  # fmt: skip
    """A station downstream `least_classes` or more classes worse in a month than the control upstream, by the items that both have.

    Takes what `untreated` takes. Of the month that runs, only when both have values of `least_days`. How much comes from the reach itself and from
    others on it is not known. Returns FINDINGS, one for each station and month; magnitude = classes.
    """
    if parks.is_empty():
        return _table([], parks)
    running = _this_month(parks)
    worse = [
        found
        for found in compared(months, sites)
        if found.steps >= least_classes and (found.month < running or found.days >= least_days)
    ]
    return _table(map(_behind, worse), parks)


def _behind(found: Compared) -> dict[str, Any]:
    names = "、".join(worse.name for worse in found.worse)
    above, below = (f"{ROMAN[n - 1]}类" for n in (found.above, found.below))
    title = f"{found.month:%Y-%m} 水质{below}，上游对照{above}，变差的项目：{names}"
    evidence: dict[str, Any] = {"上游对照": "、".join(found.controls)}
    evidence |= {w.name: f"{_shown(w.above)} → {_shown(w.below, w.unit)}" for w in found.worse}
    evidence["河段自身和其他来水的影响"] = "未知"
    size: dict[str, Any] = {"magnitude": float(found.steps), "unit": "类"}
    return finding((SITE, found.site), month_span(found.month), title, evidence, **size)


@check("park.dry_flow", title="园区雨水排口晴天有水", basis=LAW, severity="serious", looks_at="parks")
def dry_flow(
    parks: pl.DataFrame, sites: pl.DataFrame, days: pl.DataFrame, months: pl.DataFrame, seen: pl.DataFrame,
    rounds: pl.DataFrame, *, steady_days: int = 10,
) -> pl.DataFrame:  # fmt: skip
    """Somebody saw water in a rain outlet though no rain had fallen lately, or it was measured to flow on `steady_days` days in a row or more, as no rain lasts.

    Takes what `untreated` takes. Returns FINDINGS, one for each outlet and month; magnitude = how often it was seen, else days in a row.
    """
    rain = sites.filter(pl.col("role") == RAIN)
    times = seen.join(rain, on="site", how="semi").group_by("site", _month_of_moment()).agg(
        times=pl.len().cast(pl.Int64), last=pl.col("at").max()
    )  # fmt: skip
    wet = days.filter(pl.col("quantity") == FLOW, pl.col("value") > 0, ~pl.col("sample"))
    steady = _steady(wet.join(rain, on="site", how="semi"), steady_days)
    both = times.join(steady, on=["site", "month"], how="full", coalesce=True)
    rows = both.select("site", "month", "times", "last", "days").iter_rows()
    return _table(starmap(_wet_when_dry, rows), parks)


def _month_of_moment() -> pl.Expr:
    return pl.col("at").dt.convert_time_zone("Asia/Shanghai").dt.date().dt.truncate("1mo").alias("month")


def _steady(wet: pl.DataFrame, least: int) -> pl.DataFrame:
    """site, month, days: the longest run of days that touches the month, of runs of `least` days or more."""
    place = pl.col("day").rank("ordinal").over("site").cast(pl.Int64)
    runs = wet.with_columns(run=pl.col("day") - pl.duration(days=place)).with_columns(
        days=pl.len().over("site", "run").cast(pl.Int64)
    )
    month = pl.col("day").dt.truncate("1mo").alias("month")
    return runs.filter(pl.col("days") >= least).group_by("site", month).agg(pl.col("days").max())


def _wet_when_dry(
    site: str, month: date, times: int | None, last: datetime | None, days: int | None
) -> dict[str, Any]:
    if times and last:
        title = f"{month:%Y-%m} 无降雨时检查 {times} 次有水排出，最近 {last.astimezone(CST):%Y-%m-%d %H:%M}"
    else:
        title = f"{month:%Y-%m} 连续 {days} 天有水排出"
    size: dict[str, Any] = {"magnitude": float(times or days or 0), "unit": "次" if times else "天"}
    return finding((SITE, site), month_span(month), title, {"检查次数": times, "连续有水天数": days}, **size)


@check("park.balance", title="园区水量不平衡", basis=OURS, severity="moderate", looks_at="parks")
def balance(
    parks: pl.DataFrame, sites: pl.DataFrame, days: pl.DataFrame, months: pl.DataFrame, seen: pl.DataFrame,
    rounds: pl.DataFrame, *, beyond: float = 0.3, least_days: int = 10,
) -> pl.DataFrame:  # fmt: skip
    """More than the share `beyond` of a month's water is unaccounted for between enterprises, works and outlet, or between two of these where the third is not known.

    Takes what `untreated` takes. Of the month that runs, only with `least_days` of flow. Returns FINDINGS, one for each park, month and pair; magnitude =
    share [%]. Rain, losses and water used again are not taken off.
    """
    if parks.is_empty():
        return _table([], parks)
    running, flow = _this_month(parks), flows(months)
    flow = flow.filter((pl.col("month") < running) | (pl.col("days") >= least_days))
    found = []
    for park in parks.filter(pl.col("way") == "own").iter_rows(named=True):
        roles = dict(sites.filter(pl.col("park") == park["park"]).select("site", "role").iter_rows())
        of = flow.filter(pl.col("site").is_in(list(roles)))
        known = park["registered"] if not park["unknown"] else None
        for (month,), rows in of.group_by("month"):
            there = nodes(known, dict(rows.select("site", "water").iter_rows()), roles)
            found += [(park["park"], month, gap) for gap in gaps(there) if gap.share > beyond]
    return _table(starmap(_unclosed, found), parks)


def _unclosed(park: str, month: date, gap: Gap) -> dict[str, Any]:
    first, second = ((WORDS[n.key], _shown(n.water, "m³/d")) for n in (gap.first, gap.second))
    title = f"{month:%Y-%m} {first[0]} {first[1]}，{second[0]} {second[1]}，相差 {gap.share:.0%}"
    evidence = {first[0]: gap.first.water, second[0]: gap.second.water, "雨水入渗、损失和回用": "未扣除"}
    size: dict[str, Any] = {
        "item": f"{gap.first.key}-{gap.second.key}",
        "magnitude": 100 * gap.share,
        "unit": "%",
    }
    return finding((TARGET, park), month_span(month), title, evidence, **size)


@check("park.round_late", title="园区检查逾期", basis=OURS, severity="minor", looks_at="parks")
def round_late(
    parks: pl.DataFrame, sites: pl.DataFrame, days: pl.DataFrame, months: pl.DataFrame, seen: pl.DataFrame,
    rounds: pl.DataFrame, *, grace_days: int = 0,
) -> pl.DataFrame:  # fmt: skip
    """A round whose last day is over by more than `grace_days` whole days, with objects of the park that nobody inspected.

    Takes what `untreated` takes. Returns FINDINGS, one for each park and round; magnitude = days over.
    """
    late = rounds.join(parks.select("park", "now"), on="park")
    today = pl.col("now").dt.convert_time_zone("Asia/Shanghai").dt.date()
    late = late.with_columns(days=(today - pl.col("until")).dt.total_days())
    late = late.filter(pl.col("days") > grace_days, pl.col("left") > 0)
    return _table(map(_late, late.iter_rows(named=True)), parks)


def _late(row: dict[str, Any]) -> dict[str, Any]:
    span = datetime.combine(row["until"] + DAY, time(), CST), row["now"]
    title = f"检查轮次“{row['title']}”应于 {row['until']} 前完成，还有 {row['left']} 处没有检查"
    size: dict[str, Any] = {"item": f"round{row['round']}", "magnitude": float(row["days"]), "unit": "天"}
    return finding(
        (TARGET, row["park"]), span, title, {"未检查": row["left"], "期限": str(row["until"])}, **size
    )


CHECKS = (untreated, over_limit, downstream, dry_flow, balance, round_late)
