"""Heavy pollution ahead, as a finding about the region."""

import json
from datetime import date, timedelta
from typing import Any

import polars as pl

from bihuan.domain.checks import FINDINGS, check
from bihuan.domain.timeaxis import day_start


@check(
    "heavy_pollution.forecast",
    title="预报重污染",
    basis="大气污染防治法第九十四条、第九十五条；HJ 633 表 2（重度及以上：日 AQI 大于 200）",
    severity="serious",
    looks_at="forecast",
)
def heavy_days_ahead(days: pl.DataFrame, *, probability: float = 0.5) -> pl.DataFrame:
    """The forecast run gives level 5 or 6 at least `probability` on one or more days in a row, for a city.

    days: the days of one forecast run (site, date, item, p5, p6, q10, q50, q90); sites `city:<region code>` count.
    """
    chance = pl.col("p5") + pl.col("p6")
    bad = days.filter(pl.col("item") == "aqi", pl.col("site").str.starts_with("city:")).with_columns(
        chance=chance
    )
    bad = bad.filter(pl.col("chance") >= probability).sort("site", "date")
    new_run = (pl.col("date").diff().over("site") != timedelta(days=1)).fill_null(True)
    groups = bad.with_columns(run=new_run.cum_sum()).partition_by("run", maintain_order=True)
    return pl.DataFrame([_finding(g.to_dicts()) for g in groups], schema=FINDINGS, orient="row")


def _finding(days: list[dict[str, Any]]) -> dict[str, Any]:
    first, last = days[0]["date"], days[-1]["date"]
    worst = max(days, key=lambda d: float(d["q50"]))
    evidence = {
        _day(d["date"]): f"AQI {d['q10']:.0f}–{d['q90']:.0f}, 重度及以上概率 {d['chance']:.0%}" for d in days
    }
    return {
        "target_kind": "region",
        "target": worst["site"].removeprefix("city:"),
        "start": day_start(first),
        "until": day_start(last + timedelta(days=1)),
        "item": "",
        "magnitude": round(float(worst["q50"]), 0),
        "unit": "AQI",
        "title": f"预计{_said(days, worst)}",
        "evidence": json.dumps(evidence, ensure_ascii=False),
        "phrase": None,
    }


def _said(days: list[dict[str, Any]], worst: dict[str, Any]) -> str:
    """The whole span, its worst day, and the highest chance of all its days."""
    chance = f"{max(float(d['chance']) for d in days):.0%}"
    first, last = (_day(days[k]["date"]) for k in (0, -1))
    if first == last:
        return f"{first}重度及以上污染，AQI 中位数 {worst['q50']:.0f}，概率 {chance}"
    return f"{first}至{last}重度及以上污染，{_day(worst['date'])}最重，AQI 中位数 {worst['q50']:.0f}，概率最高 {chance}"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


CHECKS = (heavy_days_ahead,)
