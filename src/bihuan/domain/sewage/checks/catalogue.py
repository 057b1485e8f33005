"""The checks of sewage with their basis and severity: the only list of them."""

from collections.abc import Callable
from typing import Any

import polars as pl

from bihuan.domain.checks import Check, belong, check
from bihuan.domain.outlets.checks import arrival, history
from bihuan.domain.sewage.checks import limits, process, recomputed, shape

OWN = "自有方法"
FRAUD = f"自动监测数据弄虚作假典型案例；{OWN}，仅为线索"
LIMIT = "排放限值所列标准（日均值）；HJ 356-2019 第 7 章 有效日均值（条款待核）"
SENT = f"HJ 212 数据传输；{OWN}"
RUNNING = f"HJ 355-2019 运行维护（条款待核）；{OWN}"
AMOUNT = "HJ 356-2019 排放量计算（条款待核）"

Rule = Callable[..., pl.DataFrame]

_ROWS: tuple[tuple[str, Rule, str, str, str], ...] = (
    ("limits.day_over", limits.day_over, "日均值超标", LIMIT, "serious"),
    ("limits.hour_over", limits.hour_over, "小时值高于日限值（预警）", OWN, "minor"),
    ("limits.likely_day", limits.likely_day, "今日可能超标（预警）", OWN, "minor"),
    ("limits.ph_outside", limits.ph_outside, "pH 超出范围", "排放限值所列标准", "moderate"),
    ("limits.day_invalid", limits.day_invalid, "有效小时不足 75 %", "HJ 356-2019 第 7 章 有效日均值（条款待核）", "moderate"),
    ("arrival.offline", arrival.offline, "数采仪离线", SENT, "moderate"),
    ("arrival.late", arrival.late, "数据迟到", SENT, "minor"),
    ("arrival.transmission", arrival.transmission, "传输率不足", "自动监控传输有效率考核（条款待核）", "moderate"),
    ("shape.constant", shape.constant, "数值跨多次采样不变", FRAUD, "serious"),
    ("shape.no_sample", shape.no_sample, "超过采样间隔没有新结果", RUNNING, "moderate"),
    ("shape.clipped", shape.clipped, "限值下削顶", FRAUD, "serious"),
    ("shape.clean_water", shape.clean_water, "接近清水", FRAUD, "serious"),
    ("shape.step_down", shape.step_down, "全部污染物同时骤降", FRAUD, "moderate"),
    ("shape.zero", shape.zero, "排放时数据为零或负", "HJ 356-2019 第 6 章（条款待核）；自有阈值", "moderate"),
    ("process.flow_zero", process.flow_zero, "有水样而流量为零", FRAUD, "serious"),
    ("process.flow_low", process.flow_low, "流量比平常低", FRAUD, "moderate"),
    ("process.ammonia_above_nitrogen", process.ammonia_above_nitrogen, "氨氮高于总氮", OWN, "moderate"),
    ("process.impossible_temperature", process.impossible_temperature, "水温不可能", OWN, "moderate"),
    ("range.over_range", process.over_range, "超量程", RUNNING, "moderate"),
    ("range.too_small", process.range_too_small, "量程过小", RUNNING, "moderate"),
    ("recomputed.hour_mean", recomputed.hour_mean, "小时值与分钟不符", SENT, "serious"),
    ("recomputed.day_mean", recomputed.day_mean, "日均值与小时不符", LIMIT, "moderate"),
    ("recomputed.amount", recomputed.amount, "排放量与浓度、流量不符", AMOUNT, "moderate"),
    ("marks.no_standard", recomputed.no_standard, "校准期间不见标液", FRAUD, "serious"),
    ("marks.too_long", recomputed.too_long, "校准或维护过久", RUNNING, "moderate"),
    ("history.parameter_changed", history.parameter_changed, "参数变更无记录", FRAUD, "serious"),
    ("history.resent", history.resent, "重传数值不同", SENT, "moderate"),
    ("history.clock", history.clock, "数采仪时钟偏差", "HJ 212 时钟设置；自有阈值", "minor"),
)  # fmt: skip

OFFLINE = ("sewage.arrival.offline", "sewage.arrival.late")
BELONGING: dict[str, dict[str, Any]] = {
    **belong("limits.day_over", "limits.ph_outside", facet="exceedance"),
    **belong("limits.hour_over", "limits.likely_day", facet="exceedance", explained_by=("sewage.limits.day_over",)),
    **belong("arrival.offline", facet="arrival", cause="line"),
    **belong("arrival.late", facet="arrival", cause="line", explained_by=OFFLINE[:1]),
    **belong("arrival.transmission", "limits.day_invalid", facet="arrival", cause="line", explained_by=OFFLINE),
    **belong("shape.no_sample", facet="arrival", explained_by=OFFLINE),
    **belong("shape.constant", facet="no life in the values", explained_by=("sewage.shape.no_sample",)),
    **belong("shape.clipped", "shape.clean_water", "shape.step_down", "shape.zero", "range.over_range", "range.too_small", facet="shown too low"),
    **belong("process.flow_zero", "process.flow_low", facet="flow"),
    **belong("process.ammonia_above_nitrogen", "process.impossible_temperature", facet="instrument"),
    **belong("recomputed.hour_mean", "recomputed.day_mean", "recomputed.amount", facet="arithmetic", explained_by=("sewage.history.clock",)),
    **belong("marks.no_standard", "marks.too_long", facet="absence marked"),
    **belong("history.resent", facet="sent again", explained_by=OFFLINE),
}  # fmt: skip
"""What findings of a check belong together with, as in emissions/checks/catalogue.py."""

CHECKS: tuple[Check, ...] = tuple(
    check(
        f"sewage.{key}", title=title, basis=basis, severity=severity, looks_at="sewers", **BELONGING.get(key, {})
    )(run)
    for key, run, title, basis, severity in _ROWS
)  # fmt: skip
