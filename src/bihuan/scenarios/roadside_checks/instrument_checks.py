"""The checks of the instruments themselves: what they say may not be the vehicles'."""

from datetime import timedelta

import polars as pl

from bihuan.domain.checks import check, finding, findings
from bihuan.domain.timeaxis import day_start
from bihuan.domain.vehicles.roadside.instruments import drifts, stuck, valid_shares
from bihuan.scenarios.roadside_checks.registers import POINT
from bihuan.scenarios.roadside_checks.tables import Road

BASIS = "HJ 845-2017 质量控制（条款待核）；自有方法"
NAMES = {"co": "CO", "co2": "CO2", "hc": "HC", "no": "NO", "opacity": "不透光烟度"}
DAY = timedelta(days=1)


@check(
    "sensing.stuck",
    title="遥感设备数值恒定",
    basis=BASIS,
    severity="moderate",
    looks_at="road",
    facet="instrument",
)
def stands_still(road: Road, *, least: int = 30) -> pl.DataFrame:
    """The same value, not zero, for `least` vehicles or more in a row at a lane (own method). Returns FINDINGS; magnitude = vehicles."""
    return findings(
        finding(
            (POINT, r["site"]), (r["start"], r["until"] + timedelta(minutes=1)), f"{NAMES[r['item']]} 连续 {r['n']} 辆车都是 {r['value']:g}", {"车道": r["lane"]},
            item=r["item"], magnitude=float(r["n"]), unit="辆",
        ) for r in stuck(road.recent, least).iter_rows(named=True)
    )  # fmt: skip


@check(
    "sensing.few_valid",
    title="遥感有效率低",
    basis=BASIS,
    severity="minor",
    looks_at="road",
    facet="instrument",
)
def few_valid(road: Road, *, least: int = 100, share: float = 40.0) -> pl.DataFrame:
    """A day on which less than `share` % of `least` or more records in dry weather were valid (own method). Returns FINDINGS; magnitude = share [%]."""
    rows = valid_shares(road.recent).filter(pl.col("n") >= least, pl.col("share") * 100 < share)
    return findings(
        finding((POINT, r["site"]), (day_start(r["day"]), day_start(r["day"] + DAY)), f"{r['n']} 条记录只有 {r['share'] * 100:.0f}% 有效", {}, item="valid", magnitude=r["share"] * 100, unit="%")
        for r in rows.iter_rows(named=True)
    )  # fmt: skip


@check(
    "sensing.drift",
    title="遥感设备偏离其他点位",
    basis=BASIS,
    severity="minor",
    looks_at="road",
    facet="instrument",
)
def drift(road: Road, *, least: int = 20, times: float = 3.0, days: int = 3) -> pl.DataFrame:
    """The day's median of diesel vehicles is `times` x that of the other points, or as much below, on `days` days or more in a row of those looked at (own method).

    Only days with `least` valid diesel records at three points or more. Returns FINDINGS; magnitude = ratio of the last day.
    """
    high, low = pl.col("ratio") >= times, pl.col("ratio") <= 1 / times
    rows = drifts(road.recent, least=least).with_columns(
        way=pl.when(high).then(1).when(low).then(-1).otherwise(0)
    )
    same = pl.all_horizontal(pl.col(c) == pl.col(c).shift() for c in ("site", "item", "way"))
    runs = rows.with_columns(run=(~same.fill_null(value=False)).cum_sum()).filter(pl.col("way") != 0)
    found = runs.group_by("site", "item", "run").agg(
        pl.col("day").first(),
        pl.col("ratio", "median", "others").last(),
        end=pl.col("day").last(),
        n=pl.len(),
    )
    return findings(
        finding(
            (POINT, r["site"]), (day_start(r["day"]), day_start(r["end"] + DAY)), f"柴油车 {NAMES[r['item']]} 中位数连续 {r['n']} 天是其他点位的 {r['ratio']:.2f} 倍",
            {"中位数": r["median"], "其他点位": r["others"]}, item=r["item"], magnitude=r["ratio"], unit="×",
        ) for r in found.filter(pl.col("n") >= days).sort("site", "item").iter_rows(named=True)
    )  # fmt: skip


CHECKS = (stands_still, few_valid, drift)
