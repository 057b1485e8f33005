"""The checks of roads: what of a month that is over is wrong on a segment, and water on freezing roads."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl

from bihuan.domain.checks import check, finding, findings
from bihuan.domain.road_dust.coverage import WATERING
from bihuan.domain.timeaxis import CST, INSTANT, next_month

OWN_METHOD = "自有方法"
METHOD = "道路扬尘走航评价通行做法（原文待核）；自定限值"
NEAR = pl.Schema({"segment": pl.String(), "why": pl.String()})
"""What lies at a segment that may bring dirt onto it, in words."""
WATERED = pl.Schema({"segment": pl.String(), "start": INSTANT, "method": pl.String(), "temp": pl.Float64()})
"""Work of the log with the temperature of its hour [°C]."""
KINDS = {"sweeping": "机扫", "washing": "冲洗"}
HOUR = timedelta(hours=1)


def _finding(
    segment: str, begin: datetime, end: datetime, title: str, evidence: dict[str, Any], **more: Any
) -> dict[str, Any]:
    return finding(("road_segment", segment), (begin, end), title, evidence, **more)


def _ends(month: date) -> tuple[datetime, datetime]:
    return datetime.combine(month, time(), CST), datetime.combine(next_month(month), time(), CST)


def _worst(scores: pl.DataFrame, share: float, least_ranked: int) -> pl.DataFrame:
    return scores.filter("enough", pl.col("share") <= share, pl.col("of") >= least_ranked)


@check(
    "roads.dirty",
    title="路段连续两月偏脏",
    basis=METHOD,
    severity="moderate",
    looks_at="scores",
    facet="dirt",
)
def dirty(
    scores: pl.DataFrame,
    near: pl.DataFrame,
    watered: pl.DataFrame,
    covered: pl.DataFrame,
    *,
    share: float = 0.2,
    least_ranked: int = 10,
) -> pl.DataFrame:
    """Among the dirtiest `share` of the ranked segments (own choice: a fifth) in two months in a row, of `least_ranked` or more. SCORES, NEAR, WATERED, COVERED -> FINDINGS; magnitude = percentage points below the share."""
    worst = _worst(scores, share, least_ranked)
    before = worst.select(
        "segment", month=pl.col("month").dt.offset_by("1mo"), rank_before="rank", of_before="of"
    )
    found = worst.join(before, on=["segment", "month"])
    return findings(
        _finding(
            r["segment"], *_ends(r["month"]), f"{r['month']:%Y-%m} 道路扬尘倒数第 {r['rank']}（共 {r['of']}），上月倒数第 {r['rank_before']}（共 {r['of_before']}）",
            {"比全网高": f"{r['excess']:.1f} µg/m³", "通过次数": r["passes"], "通过天数": r["days"]}, magnitude=(share - r["share"]) * 100, unit="%",
        )
        for r in found.iter_rows(named=True)
    )  # fmt: skip


@check(
    "roads.near_source",
    title="偏脏路段旁有扬尘来源",
    basis=OWN_METHOD,
    severity="moderate",
    looks_at="scores",
    facet="dirt",
)
def near_source(
    scores: pl.DataFrame,
    near: pl.DataFrame,
    watered: pl.DataFrame,
    covered: pl.DataFrame,
    *,
    share: float = 0.1,
    least_ranked: int = 10,
) -> pl.DataFrame:
    """Among the dirtiest `share` of the last month that is over (own choice: a tenth), with a building site or a truck route at it. Returns FINDINGS; magnitude = excess [µg/m³]."""
    found = _worst(scores.filter(pl.col("month") == pl.col("month").max()), share, least_ranked).join(
        near, on="segment"
    )
    return findings(
        _finding(
            r["segment"], *_ends(r["month"]), f"{r['month']:%Y-%m} 道路扬尘倒数第 {r['rank']}（共 {r['of']}），旁有{r['why']}",
            {"比全网高": f"{r['excess']:.1f} µg/m³", "可能来源": r["why"]}, magnitude=r["excess"], unit="µg/m³",
        )
        for r in found.iter_rows(named=True)
    )  # fmt: skip


@check(
    "roads.cold_water",
    title="低温洒水",
    basis="当地城市道路清扫保洁标准（3 °C 以下不洒水，条款待核）",
    severity="moderate",
    looks_at="watered",
)
def cold_water(
    scores: pl.DataFrame,
    near: pl.DataFrame,
    watered: pl.DataFrame,
    covered: pl.DataFrame,
    *,
    below: float = 3.0,
) -> pl.DataFrame:
    """Washing or fog on a segment in an hour below `below` [°C]; not where the temperature is not known. Returns FINDINGS, one for each segment and day; magnitude = degrees below it."""
    cold = watered.filter(pl.col("method").is_in(WATERING), pl.col("temp") < below)
    day = pl.col("start").dt.convert_time_zone("Asia/Shanghai").dt.date()
    found = cold.group_by("segment", day=day).agg(
        pl.col("start").min(), last=pl.col("start").max(), temp=pl.col("temp").min(), times=pl.len()
    )
    return findings(
        _finding(
            r["segment"], r["start"], r["last"] + HOUR, f"{r['day']} 气温 {r['temp']:.1f} °C 时洒水 {r['times']} 次",
            {"最低气温": f"{r['temp']:.1f} °C", "次数": r["times"]}, magnitude=below - r["temp"], unit="°C",
        )
        for r in found.iter_rows(named=True)
    )  # fmt: skip


@check(
    "roads.uncovered",
    title="保洁作业没有达到计划",
    basis="作业计划；自定限值",
    severity="minor",
    looks_at="covered",
)
def uncovered(
    scores: pl.DataFrame,
    near: pl.DataFrame,
    watered: pl.DataFrame,
    covered: pl.DataFrame,
    *,
    least: float = 0.8,
) -> pl.DataFrame:
    """The area done in a month below `least` of what was planned (own choice: 80 %), or no row of the log at all. What was swept at an unknown speed is counted for the unit. Returns FINDINGS, one for each segment, month and kind; magnitude = percentage points that lack, null without a log."""
    return findings(_uncovered(covered, least))


def _uncovered(covered: pl.DataFrame, least: float) -> Iterator[dict[str, Any]]:
    for r in covered.iter_rows(named=True):
        kind, begin, end = KINDS[r["kind"]], *_ends(r["month"])
        evidence = {"计划面积": f"{r['planned']:.0f} m²"}
        if not r["rows"]:
            title = f"{r['month']:%Y-%m} 没有{kind}作业记录"
            yield _finding(r["segment"], begin, end, title, evidence, item=r["kind"])
            continue
        best = (r["done"] + r["unverified"]) / r["planned"]
        if best < least:
            title = f"{r['month']:%Y-%m} {kind}完成计划的 {best * 100:.0f}%"
            evidence |= {"完成面积": f"{r['done']:.0f} m²", "车速超限面积": f"{r['fast']:.0f} m²"}
            yield _finding(
                r["segment"],
                begin,
                end,
                title,
                evidence,
                item=r["kind"],
                magnitude=(least - best) * 100,
                unit="%",
            )


CHECKS = (dirty, near_source, cold_water, uncovered)
