"""The checks of plant emissions with their legal basis and severity."""

from bihuan.domain.checks import Check
from bihuan.domain.emissions.checks import arrival, limits

OWN = "自有方法"
MARKING = "《污染物排放自动监测设备标记规则》（条款待核）"
LIMIT = f"排放限值所列标准；HJ 75-2017 有效均值（条款待核）；{MARKING}"
ULTRA_LOW = "超低排放意见：月内 95 % 以上小时均值达标（条款待核）"
CAPTURE = "HJ 75-2017 缺失数据处理，有效数据捕集率（条款待核）"

CHECKS: tuple[Check, ...] = tuple(
    Check(f"cems.{key}", title, basis, severity, "stacks", run)
    for key, title, basis, severity, run in (
        ("limits.hour_over", "小时均值超标", LIMIT, "serious", limits.hour_over),
        ("limits.day_over", "日均值超标", LIMIT, "serious", limits.day_over),
        ("limits.ultra_low_hour", "小时均值超超低限值", ULTRA_LOW, "moderate", limits.ultra_low_hour),
        ("limits.ultra_low_share", "超低排放月达标率不足", ULTRA_LOW, "moderate", limits.ultra_low_share),
        ("limits.likely_hour", "本小时可能超标（预警）", OWN, "minor", limits.likely_hour),
        ("arrival.offline", "数采仪离线", "HJ 212 数据传输；HJ 75-2017（条款待核）", "moderate", arrival.offline),
        ("arrival.late", "数据迟到", f"HJ 212 数据传输；{OWN}", "minor", arrival.late),
        ("arrival.transmission", "传输率不足", "自动监控传输有效率考核（条款待核）", "moderate", arrival.transmission),
        ("arrival.capture_low", "有效数据捕集率偏低", CAPTURE, "minor", arrival.capture_low),
        ("arrival.capture_invalid", "有效数据捕集率不足", CAPTURE, "moderate", arrival.capture_invalid),
        ("arrival.few_minutes", "小时有效分钟不足", "HJ 75-2017 有效小时均值（条款待核）", "minor", arrival.few_minutes),
    )
)  # fmt: skip
