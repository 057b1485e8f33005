"""Has the forecast got worse, or its input become unlike what the model was fitted on?"""

import math
from dataclasses import dataclass

import numpy as np
import polars as pl

WORSE, LEAST_PAIRS, LEAST_HOURS = 1.30, 200, 200
SHIFTED, BEFORE_DAYS = 0.80, 30
"""Our settings. Over 33 weeks of 2019 at Yangquan and its neighbours, 14 days against the 30 days before had a stability
index of 0.14 to 0.23 in the median and 0.3 to 0.8 in one week of ten; the 0.25 of credit scoring would cry wolf."""
BINS = 10


@dataclass(frozen=True)
class Drift:
    """One item over the last days: `ratio` = recent RMSE / validation RMSE, `shift` = stability index of the input.

    None where there was too little to compare. `text` is the finding in Chinese.
    """

    item: str
    n: int
    rmse: float | None
    validation: float | None
    ratio: float | None
    shift: float | None
    worse: bool
    shifted: bool
    text: str


def stability_index(before: pl.Series, recent: pl.Series, *, bins: int = BINS) -> float | None:
    """Population stability index of two samples: sum of (r - b) ln(r / b) over bins of equal share of `before`.

    0 = alike (Siddiqi 2006, Credit Risk Scorecards); shares have half a value added so that an empty bin stays finite.
    None with fewer than LEAST_HOURS values on either side.
    """
    old, new = (s.drop_nulls().drop_nans().to_numpy() for s in (before, recent))
    if min(len(old), len(new)) < LEAST_HOURS:
        return None
    edges = np.unique(np.quantile(old, np.linspace(0, 1, bins + 1)[1:-1]))
    b, r = (
        np.bincount(np.searchsorted(edges, v, side="right"), minlength=len(edges) + 1) + 0.5
        for v in (old, new)
    )
    b, r = b / b.sum(), r / r.sum()
    return float(np.sum((r - b) * np.log(r / b)))


def drift(
    item: str,
    label: str,
    recent: pl.DataFrame,
    validation: float | None,
    inputs_before: pl.Series,
    inputs_recent: pl.Series,
    *,
    days: int = 14,
    before: int = BEFORE_DAYS,
    worse: float = WORSE,
    shifted: float = SHIFTED,
    least: int = LEAST_PAIRS,
) -> Drift:
    """Compare the pairs of the last `days` of one item (mean, observed) with the model's validation RMSE.

    label: the item's name for people. inputs_*: measured hourly values of the `before` days that the model was
    fitted on last, and of the last `days` after them. worse, shifted: where the finding is raised; our settings.
    """
    n = recent.height
    error = recent["mean"] - recent["observed"]
    rmse = math.sqrt(float((error**2).to_numpy().mean())) if n >= least else None
    ratio = rmse / validation if rmse is not None and validation else None
    shift = stability_index(inputs_before, inputs_recent)
    is_worse, is_shifted = ratio is not None and ratio > worse, shift is not None and shift > shifted
    text = f"{label}：{_score_text(days, n, rmse, validation, ratio, is_worse, least)}；{_input_text(shift, is_shifted, before)}。"
    return Drift(item, n, rmse, validation, ratio, shift, is_worse, is_shifted, text)


def _score_text(
    days: int,
    n: int,
    rmse: float | None,
    validation: float | None,
    ratio: float | None,
    worse: bool,
    least: int,
) -> str:
    if rmse is None:
        return f"近 {days} 天可评的小时只有 {n} 个（至少 {least} 个），不作判断"
    if ratio is None or validation is None:
        return f"近 {days} 天均方根误差 {rmse:.1f}（{n} 个小时），模型没有留下检验误差，无从比较"
    said = f"近 {days} 天均方根误差 {rmse:.1f}，是检验时 {validation:.1f} 的 {ratio:.2f} 倍（{n} 个小时）"
    return f"{said}，明显变差，建议重新训练并核查输入" if worse else f"{said}，没有明显变差"


def _input_text(shift: float | None, shifted: bool, before: int) -> str:
    if shift is None:
        return "输入太少，分布不作比较"
    said = f"实测分布与此前 {before} 天相比的稳定性指数为 {shift:.2f}"
    return f"{said}，变化很大（天气、季节或仪器变化都会如此）" if shifted else f"{said}，在平常的变化之内"
