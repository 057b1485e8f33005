"""The checks of machines: what was seen on site, and stages that cannot be."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import polars as pl

from bihuan.domain.checks import check, finding, findings
from bihuan.domain.timeaxis import INSTANT

SEEN = pl.Schema(
    {
        "answer": pl.Int64(), "machine": pl.String(), "region": pl.String(), "at": INSTANT, "label": pl.String(), "engine": pl.String(),
        "registered": pl.String(), "swapped": pl.Boolean(), "smoke": pl.Float64(), "limit": pl.Float64(), "stage": pl.String(), "barred": pl.String(),
        "least": pl.String(),
        "site": pl.String(),
    }
)  # fmt: skip
"""Sightings. machine: null where none was matched; registered: its engine number; barred: names of zones in which it may not work; smoke, limit [1/m]."""
STAGES = pl.Schema(
    {"machine": pl.String(), "stage": pl.String(), "made": pl.Date(), "lowest": pl.String(), "at": INSTANT}
)
"""Machines whose registered stage is lower than what could be made on their day; lowest: what could."""
OWN_METHOD = "自有方法"
WORDS = {"1": "国一", "2": "国二", "3": "国三", "4": "国四"}
HOUR = timedelta(hours=1)
LAW = "大气污染防治法第五十一条、第五十六条、第六十一条（2026-08-15 起见生态环境法典，条款待核）"


def _finding(r: dict[str, Any], title: str, evidence: dict[str, Any], **more: Any) -> dict[str, Any]:
    kind, target, item = (
        ("nonroad_machine", r["machine"], "")
        if r["machine"]
        else ("region", r["region"], f"answer-{r['answer']}")
    )
    return finding((kind, target), (r["at"], r["at"] + HOUR), title, evidence, **{"item": item, **more})


def _where(r: dict[str, Any]) -> str:
    return f"{r['site']}：" if r["site"] else ""


def _each(
    seen: pl.DataFrame, where: pl.Expr, made: Callable[[dict[str, Any]], dict[str, Any]]
) -> pl.DataFrame:
    return findings(made(r) for r in seen.filter(where).iter_rows(named=True))


@check(
    "machines.unlabelled",
    title="机械没有环保标牌或标牌未登记",
    basis=LAW,
    severity="moderate",
    looks_at="seen",
    facet="label",
)
def unlabelled(seen: pl.DataFrame, stages: pl.DataFrame) -> pl.DataFrame:
    """A machine at work without a label, or with one that no registered machine has. SEEN, STAGES -> FINDINGS, one for each sighting, about the region."""
    return _each(seen, pl.col("machine").is_null(), lambda r: _finding(
        r, f"{_where(r)}作业机械标牌 {r['label']} 没有登记" if r["label"] else f"{_where(r)}作业机械没有环保标牌", {"发动机号": r["engine"] or "没有读到"},
    ))  # fmt: skip


@check("machines.zone", title="控制区内使用禁用机械", basis=LAW, severity="serious", looks_at="seen")
def zone(seen: pl.DataFrame, stages: pl.DataFrame) -> pl.DataFrame:
    """A machine at work in a zone of low emission whose stage may not. Electric ones may; of an unknown stage nothing is said. Returns FINDINGS."""
    return _each(seen, pl.col("barred") != "", lambda r: _finding(
        r, f"{WORDS[r['stage']]}机械在{r['barred']}使用，该区要求{WORDS[r['least']]}及以上", {"标牌": r["label"]},
    ))  # fmt: skip


@check(
    "machines.swapped",
    title="套用其他机械的标牌",
    basis=LAW,
    severity="serious",
    looks_at="seen",
    facet="label",
)
def swapped(seen: pl.DataFrame, stages: pl.DataFrame) -> pl.DataFrame:
    """The engine number that was read is another than that of the machine to which the label belongs; look-alike characters are the same. Returns FINDINGS."""
    return _each(seen, pl.col("swapped"), lambda r: _finding(
        r, f"标牌 {r['label']} 的机械发动机号 {r['engine']} 与登记的 {r['registered']} 不符", {"登记的发动机号": r["registered"], "现场的发动机号": r["engine"]},
    ))  # fmt: skip


@check(
    "machines.smoke",
    title="机械排气烟度超标",
    basis="GB 36886-2018（数值待核）",
    severity="serious",
    looks_at="seen",
)
def smoke(seen: pl.DataFrame, stages: pl.DataFrame) -> pl.DataFrame:
    """Smoke above the limit of class, power and date; of an unknown stage or power above the laxest. Returns FINDINGS; magnitude = smoke [1/m]."""
    return _each(seen, pl.col("smoke") > pl.col("limit"), lambda r: _finding(
        r, f"排气烟度 {r['smoke']:.2f} m⁻¹，超过限值 {r['limit']:.2f} m⁻¹", {"排放阶段": WORDS.get(r["stage"], "不清楚，按最宽限值")}, magnitude=r["smoke"], unit="1/m",
    ))  # fmt: skip


@check(
    "machines.stage",
    title="排放阶段与出厂日期不符",
    basis="GB 20891-2014（日期为推断）",
    severity="minor",
    looks_at="stages",
)
def stage(seen: pl.DataFrame, stages: pl.DataFrame) -> pl.DataFrame:
    """A registered stage lower than what could be made on the day that is registered; a higher one was bought early and is nothing. Returns FINDINGS."""
    return findings(
        _finding(
            r | {"region": None, "answer": None},
            f"{r['made']} 出厂却登记为{WORDS[r['stage']]}，当时至少应为{WORDS[r['lowest']]}（推断）",
            {"出厂日期": f"{r['made']}"},
        )
        for r in stages.iter_rows(named=True)
    )


CHECKS = (unlabelled, zone, swapped, smoke, stage)
