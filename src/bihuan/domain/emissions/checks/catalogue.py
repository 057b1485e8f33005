"""The checks of plant emissions with their basis and severity: the only list of them."""

from collections.abc import Callable
from typing import Any

import polars as pl

from bihuan.domain.checks import Check, belong, check
from bihuan.domain.emissions.checks import (
    absences,
    capture,
    copies,
    limits,
    marks,
    oxygen,
    process,
    ranges,
    recomputed,
    resent,
    shape,
)
from bihuan.domain.outlets.checks import arrival, history

OWN = "自有方法"
MARKING = "《污染物排放自动监测设备标记规则》（条款待核）"
FRAUD = f"{MARKING}；{OWN}，仅为线索"
LIMIT = f"排放限值所列标准；HJ 75-2017 有效均值（条款待核）；{MARKING}"
ULTRA_LOW = "超低排放意见：月内 95 % 以上小时均值达标（条款待核）"
CAPTURE = "HJ 75-2017 缺失数据处理，有效数据捕集率（条款待核）"
QUALITY = f"HJ 75-2017 失控时段数据无效（条款待核）；{OWN}，仅为线索"
SPAN = f"HJ 75-2017 量程设置（条款待核）；{OWN}"
SENT = f"HJ 212 数据传输；{OWN}"
CONVERTED = "排放限值所列标准，基准氧含量折算"
AMOUNT = "HJ 75-2017 排放量计算（条款待核）"

Rule = Callable[..., pl.DataFrame]

_ROWS: tuple[tuple[str, Rule, str, str, str], ...] = (
    ("limits.hour_over", limits.hour_over, "小时均值超标", LIMIT, "serious"),
    ("limits.day_over", limits.day_over, "日均值超标", LIMIT, "serious"),
    ("limits.out_of_control_over", limits.out_of_control_over, "失控时段数据超限", QUALITY, "moderate"),
    ("limits.ultra_low_hour", limits.ultra_low_hour, "小时均值超超低限值", ULTRA_LOW, "moderate"),
    ("limits.ultra_low_share", limits.ultra_low_share, "超低排放月达标率不足", ULTRA_LOW, "moderate"),
    ("limits.likely_hour", limits.likely_hour, "本小时可能超标（预警）", OWN, "minor"),
    ("arrival.offline", arrival.offline, "数采仪离线", SENT, "moderate"),
    ("arrival.late", arrival.late, "数据迟到", SENT, "minor"),
    ("arrival.transmission", arrival.transmission, "传输率不足", "自动监控传输有效率考核（条款待核）", "moderate"),
    ("arrival.capture_low", capture.capture_low, "有效数据捕集率偏低", CAPTURE, "minor"),
    ("arrival.capture_invalid", capture.capture_invalid, "有效数据捕集率不足", CAPTURE, "moderate"),
    ("arrival.few_minutes", capture.few_minutes, "小时有效分钟不足", "HJ 75-2017 有效小时均值（条款待核）", "minor"),
    ("shape.constant", shape.constant, "数值长时间不变", FRAUD, "serious"),
    ("shape.low_variance", shape.low_variance, "数值几无波动", FRAUD, "moderate"),
    ("shape.steady_means", shape.steady_means, "小时均值异常平稳", FRAUD, "moderate"),
    ("shape.clipped", shape.clipped, "限值下削顶", FRAUD, "serious"),
    ("shape.zero", shape.zero, "生产时数据为零", FRAUD, "moderate"),
    ("shape.negative", shape.negative, "负值", "HJ 75-2017 零点漂移（条款待核）；自有方法", "minor"),
    ("range.over_range", ranges.over_range, "超量程", "HJ 76-2017 数据标识（条款待核）", "moderate"),
    ("range.span_too_small", ranges.span_too_small, "量程过小", SPAN, "moderate"),
    ("range.span_too_wide", ranges.span_too_wide, "量程过大", SPAN, "minor"),
    ("range.impossible", ranges.impossible, "烟气参数不可能", OWN, "moderate"),
    ("range.oversaturated", ranges.oversaturated, "湿度超过饱和", OWN, "minor"),
    ("range.flow_beyond_rated", ranges.flow_beyond_rated, "流量超过额定", OWN, "moderate"),
    ("oxygen.pulled_down", oxygen.pulled_down, "含氧量偏低（折算值被压低）", FRAUD, "serious"),
    ("oxygen.constant", oxygen.constant, "含氧量长时间不变", FRAUD, "serious"),
    ("oxygen.leak", oxygen.leak, "采样漏气或稀释", FRAUD, "serious"),
    ("oxygen.night_dilution", oxygen.night_dilution, "夜间稀释", FRAUD, "moderate"),
    ("process.flow_without_load", process.flow_without_load, "流量不随负荷", FRAUD, "moderate"),
    ("process.flow_low", process.flow_low, "流量比同负荷平常低", FRAUD, "moderate"),
    ("process.relation_lost", process.relation_lost, "浓度不再随负荷", FRAUD, "minor"),
    ("process.emission_without_load", process.emission_without_load, "无负荷而有排放", FRAUD, "moderate"),
    ("process.cold_flow", process.cold_flow, "有流量而烟温低", FRAUD, "moderate"),
    ("process.sudden_low", process.sudden_low, "负荷未变而浓度骤降", FRAUD, "moderate"),
    ("marks.hides_exceedance", absences.hides_exceedance, "临近超标时校准或维护", MARKING, "serious"),
    ("marks.no_test_gas", absences.no_test_gas, "校准期间不见标气", FRAUD, "serious"),
    ("marks.over_inside", marks.over_inside, "标记期间数据超限", MARKING, "moderate"),
    ("marks.same_hour", absences.same_hour, "每天同一时刻长时间校准或维护", FRAUD, "moderate"),
    ("marks.too_long", absences.too_long, "校准或维护过久", f"HJ 75-2017 维护时间（条款待核）；{OWN}", "minor"),
    ("marks.too_often", absences.too_often, "校准或维护过频", OWN, "minor"),
    ("marks.start_stop", marks.start_stop, "正常生产而标记启停炉", MARKING, "serious"),
    ("marks.stopped_but_running", marks.stopped_but_running, "正常生产而标识停运", MARKING, "serious"),
    ("marks.late", marks.late, "标记迟作", MARKING, "minor"),
    ("recomputed.conversion", recomputed.conversion, "折算值与复算不符", CONVERTED, "serious"),
    ("recomputed.flow", recomputed.flow, "标干流量与流速不符", "HJ 75-2017 标态干流量计算（条款待核）", "moderate"),
    ("recomputed.amount", recomputed.amount, "排放量与浓度、流量不符", AMOUNT, "moderate"),
    ("recomputed.hour_mean", recomputed.hour_mean, "小时均值与分钟不符", "HJ 76-2017 数据采集处理（条款待核）", "serious"),
    ("recomputed.day_mean", recomputed.day_mean, "日均值与小时不符", "HJ 75-2017 有效日均值（条款待核）", "moderate"),
    ("recomputed.day_amount", recomputed.day_amount, "日排放量与小时合计不符", AMOUNT, "moderate"),
    ("history.parameter_changed", history.parameter_changed, "参数变更无记录", FRAUD, "serious"),
    ("history.resent", history.resent, "重传数值不同", SENT, "moderate"),
    ("history.resent_below_limit", resent.resent_below_limit, "超标小时重传后达标", MARKING, "serious"),
    ("copies.copied", copies.copied, "数据复制重放", FRAUD, "serious"),
    ("copies.resembling", copies.resembling, "数据复制后加噪", FRAUD, "serious"),
    ("copies.twins", copies.twins, "两个排放口数据相同", FRAUD, "serious"),
    ("history.clock", history.clock, "数采仪时钟偏差", "HJ 212 时钟设置；自有阈值", "minor"),
)  # fmt: skip

OFFLINE = ("cems.arrival.offline", "cems.arrival.late")
OVER = ("cems.limits.hour_over", "cems.limits.ultra_low_hour")
BELONGING: dict[str, dict[str, Any]] = {
    **belong("limits.hour_over", facet="exceedance"),
    **belong(
        "limits.day_over", "limits.out_of_control_over", "limits.ultra_low_hour", "limits.ultra_low_share",
        "limits.likely_hour", "marks.over_inside", facet="exceedance", explained_by=OVER[:1],
    ),
    **belong("arrival.offline", facet="arrival", cause="line"),
    **belong("arrival.late", facet="arrival", cause="line", explained_by=OFFLINE[:1]),
    **belong(
        "arrival.transmission", "arrival.capture_low", "arrival.capture_invalid", "arrival.few_minutes",
        facet="arrival", cause="line", explained_by=OFFLINE,
    ),
    **belong(
        "shape.constant", "shape.low_variance", "shape.steady_means", "copies.copied", "copies.resembling",
        "copies.twins", "oxygen.constant", facet="no life in the values",
    ),
    **belong("process.relation_lost", facet="no life in the values", explained_by=("cems.shape.constant", "cems.copies.copied")),
    **belong(
        "shape.clipped", "shape.zero", "shape.negative", "process.sudden_low", "oxygen.pulled_down", "oxygen.leak",
        "oxygen.night_dilution", "range.span_too_small", "range.over_range", facet="shown too low",
    ),
    **belong("process.flow_without_load", "process.flow_low", "recomputed.flow", "range.flow_beyond_rated", facet="flow"),
    **belong("recomputed.conversion", "recomputed.amount", "recomputed.hour_mean", "recomputed.day_mean", "recomputed.day_amount", facet="arithmetic", explained_by=("cems.history.clock",)),
    **belong("range.impossible", "range.oversaturated", "process.cold_flow", facet="flue gas"),
    **belong(
        "marks.hides_exceedance", "marks.no_test_gas", "marks.same_hour", "marks.too_long", "marks.too_often",
        "marks.late", facet="absence marked",
    ),
    **belong("marks.start_stop", "marks.stopped_but_running", "process.emission_without_load", facet="stop marked"),
    **belong("history.resent", facet="sent again", explained_by=("cems.history.resent_below_limit", "cems.arrival.late")),
    **belong("history.resent_below_limit", facet="sent again"),
}  # fmt: skip
"""What findings of a check belong together with (`domain.checks.Belonging`); those of a check that is not here, with their own.

A matter is what one look on the spot would settle: a failed treatment shows in all pollutants of its flue at once, so
the limits of all of them are one matter; a broken line shows in whatever is late or missing.
"""

CHECKS: tuple[Check, ...] = tuple(
    check(
        f"cems.{key}", title=title, basis=basis, severity=severity, looks_at="stacks", **BELONGING.get(key, {})
    )(run)
    for key, run, title, basis, severity in _ROWS
)  # fmt: skip
