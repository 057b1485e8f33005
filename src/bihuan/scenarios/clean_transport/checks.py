"""The checks of clean transport: one finding for a unit and month that is over. What is unknown never makes one."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from bihuan.domain.checks import check, finding, findings
from bihuan.domain.timeaxis import CST, next_month
from bihuan.scenarios.clean_transport.inputs import Clean
from bihuan.scenarios.clean_transport.view import told

OWN_METHOD = "自有方法"
REPORTING = "清洁运输统计表月报要求（条款待核）"
UNIT = "vehicle_user"
CONTENT, ARRIVAL = "transport_content", "transport_arrival"


def _finding(unit: str, month: date, title: str, evidence: dict[str, Any], magnitude: float, size: str) -> dict[str, Any]:  # fmt: skip
    begin, end = (datetime.combine(day, time(), CST) for day in (month, next_month(month)))
    return finding((UNIT, unit), (begin, end), title, evidence, magnitude=magnitude, unit=size)


@check(
    "clean.below_goal",
    title="清洁运输比例低于目标",
    basis="清洁运输比例要求（见依据列，部分条款待核）",
    severity="moderate",
    looks_at="clean",
    facet=CONTENT,
)
def below_goal(clean: Clean, *, least_tonnes: float = 1000.0) -> pl.DataFrame:
    """A share that stays below the strictest goal however the unknown tonnes and trips without weight turn out, from `least_tonnes` [t] on (own choice). FINDINGS; magnitude = percentage points below it."""
    return findings(_below(clean, Decimal(str(least_tonnes))))


def _below(clean: Clean, least: Decimal) -> Iterator[dict[str, Any]]:
    for row in clean.units.filter(pl.col("goal").is_not_null()).iter_rows(named=True):
        share, goal, six = clean.shares.get((row["unit"], row["month"])), row["goal"], row["six"]
        if share is None or share.total < least or share.met(goal, six=six) is not False:
            continue
        _least, most = share.percent(six=six) or (Decimal(0), Decimal(0))
        yield _finding(
            row["unit"], row["month"], f"{row['month']:%Y-%m} 清洁运输比例 {told(share, six=six)}，低于目标 {goal.normalize():f}%",
            {"依据": row["source"], "运输量合计 (t)": float(share.total), "燃料或阶段不明 (t)": float(share.unknown), "未称重车次": share.unweighed},
            float(goal - most), "%",
        )  # fmt: skip


@check(
    "clean.differs",
    title="清洁运输统计表与门禁称重不符",
    basis=OWN_METHOD,
    severity="moderate",
    looks_at="clean",
    facet=CONTENT,
)
def differs(clean: Clean, *, share: float = 0.1, least_tonnes: float = 100.0) -> pl.DataFrame:
    """Reported tonnes that differ from weighed ones by more than `share` of the larger and `least_tonnes` [t] (own choices). One that unweighed trips might explain is none. FINDINGS; magnitude = the difference [%]."""
    gap = (pl.col("reported") - pl.col("weighed")).abs()
    found = clean.differences.filter(pl.col("share") > share, gap > least_tonnes, ~pl.col("open"))
    return findings(
        _finding(
            r["unit"], r["month"], f"{r['month']:%Y-%m} 上报 {r['reported']:.0f} t，称重和批次 {r['weighed']:.0f} t，相差 {r['share'] * 100:.0f}%",
            {"未称重车次": r["unweighed"]}, r["share"] * 100, "%",
        )
        for r in found.iter_rows(named=True)
    )  # fmt: skip


@check(
    "clean.no_evidence",
    title="清洁运输批次没有凭证",
    basis=REPORTING,
    severity="minor",
    looks_at="clean",
)
def no_evidence(clean: Clean, *, least_tonnes: float = 100.0) -> pl.DataFrame:
    """Batches by rail, water, pipeline or belt without a paper, from `least_tonnes` [t] of a month on (own choice). FINDINGS; magnitude = tonnes."""
    bare = (
        clean.batches.filter(~pl.col("evidence"))
        .group_by("unit", "month")
        .agg(pl.col("tonnes").sum(), n=pl.len())
    )
    whole = clean.batches.group_by("unit", "month").agg(of=pl.len())
    found = (
        bare.filter(pl.col("tonnes") >= least_tonnes).join(whole, on=["unit", "month"]).sort("unit", "month")
    )
    return findings(
        _finding(r["unit"], r["month"], f"{r['month']:%Y-%m} {r['n']} 个批次没有凭证，共 {r['tonnes']:.0f} t", {"批次": r["of"]}, r["tonnes"], "t")
        for r in found.iter_rows(named=True)
    )  # fmt: skip


@check(
    "clean.silent",
    title="没有上报清洁运输统计表",
    basis=REPORTING,
    severity="minor",
    looks_at="clean",
    facet=ARRIVAL,
)
def silent(clean: Clean, *, grace_days: int = 10, least_trips: int = 20) -> pl.DataFrame:
    """A month of which a unit reported nothing `grace_days` after its end, while gates or batches told of `least_trips` or more (own choices). FINDINGS; magnitude = trips and batches."""
    seen = clean.loads.group_by("unit", "month").agg(n=(pl.col("trips") + pl.col("unweighed")).sum())
    due = pl.lit(clean.today - timedelta(days=grace_days)) >= pl.col("month").dt.offset_by("1mo")
    found = clean.units.join(seen, on=["unit", "month"]).filter(due, pl.col("n") >= least_trips)
    missing = found.join(clean.reported, on=["unit", "month"], how="anti").sort("unit", "month")
    return findings(
        _finding(r["unit"], r["month"], f"{r['month']:%Y-%m} 没有上报清洁运输统计表", {"称重、未称重车次和批次": r["n"]}, float(r["n"]), "")
        for r in missing.iter_rows(named=True)
    )  # fmt: skip


@check(
    "clean.unweighed",
    title="运输车次没有称重",
    basis="HJ 1321-2023（条款待核）",
    severity="minor",
    looks_at="clean",
)
def unweighed(clean: Clean, *, share: float = 0.2, least_trips: int = 50) -> pl.DataFrame:
    """Trips of which no weight is known: more than `share` of a month of `least_trips` or more (own choices). FINDINGS; magnitude = the share [%]."""
    road = (
        clean.loads.filter(pl.col("mode") == "road")
        .group_by("unit", "month")
        .agg(pl.col("trips", "unweighed").sum())
    )
    part = pl.col("unweighed") / (pl.col("trips") + pl.col("unweighed"))
    found = (
        road.filter(pl.col("trips") + pl.col("unweighed") >= least_trips, part > share)
        .with_columns(part=part)
        .sort("unit", "month")
    )
    return findings(
        _finding(
            r["unit"], r["month"], f"{r['month']:%Y-%m} {r['unweighed']} 车次没有称重，占 {r['part'] * 100:.0f}%，运输量不能确定",
            {"已称重车次": r["trips"]}, r["part"] * 100, "%",
        )
        for r in found.iter_rows(named=True)
    )  # fmt: skip


CHECKS = (below_goal, differs, no_evidence, silent, unweighed)
