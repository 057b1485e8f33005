"""The frauds and faults, written from published cases (生态环境部 and provincial notices of 自动监测数据弄虚作假) and from the process."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bihuan.simulate.plants.register import Outlet


@dataclass(frozen=True)
class Kind:
    """stress: the emission behind it as a multiple of the usual (why someone would do it). can: outlets where it is possible.

    hours: begin and end in hours of the local day when it is done each day; None: all the time.
    """

    label: str
    fraud: bool
    stress: float = 1.0
    hours: tuple[int, int] | None = None
    can: Callable[[Outlet], bool] = field(default=lambda _: True)


def _converted(outlet: Outlet) -> bool:
    return outlet.process.ref_o2 is not None


def _lean(outlet: Outlet) -> bool:
    """Converted, with oxygen well below that of air."""
    return outlet.process.ref_o2 is not None and outlet.process.o2 < 16


def _denitrified(outlet: Outlet) -> bool:
    return "nox" in outlet.limits and outlet.process.raw["nox"] > 2 * outlet.limits["nox"]


def _around_the_clock(outlet: Outlet) -> bool:
    return outlet.process.pattern not in ("day_shift", "two_shifts")


KINDS: dict[str, Kind] = {
    "constant": Kind("数据恒定不变", True, 1.3),
    "low_variance": Kind("数据在固定值附近微小波动（软件模拟）", True, 1.4),
    "replay": Kind("重放历史数据", True, 1.5),
    "clipped": Kind("数据封顶于限值之下", True, 2.0),
    "small_span": Kind("分析仪量程设置过小", True, 2.0),
    "oxygen_low": Kind("压低含氧量读数以降低折算浓度", True, 1.4, can=_lean),
    "dilution": Kind("采样管路掺入空气稀释", True, 1.6, can=_lean),
    "night_dilution": Kind("深夜稀释样气", True, 1.8, (23, 5), can=lambda o: _lean(o) and _around_the_clock(o)),
    "reagent_off": Kind("停喷还原剂而氮氧化物示值仍低", True, 1.0, can=_denitrified),
    "zeros": Kind("生产期间数据为零", True),
    "night_calibration": Kind("每晚以校准标识掩盖超标", True, 2.2, (22, 1), can=_around_the_clock),
    "false_maintenance": Kind("以设备维护标记掩盖超标", True, 2.2, (13, 19)),
    "false_start": Kind("长期以启炉标记掩盖超标", True, 1.9),
    "wrong_conversion": Kind("折算浓度计算错误", True, 1.2, can=_converted),
    "amount_low": Kind("排放量与流量乘浓度不符", True),
    "flow_low": Kind("流量与流速不符", True),
    "slope": Kind("擅自修改分析仪斜率", True, 1.5),
    "twin": Kind("复制另一排放口数据", True, 1.4),
    "hour_low": Kind("小时值低于分钟均值", True, 1.4),
    "day_low": Kind("日排放量小于各小时之和", True),
    "resend": Kind("超标小时值补发时被改小", True, 1.9),
    "sample_leak": Kind("采样管路漏气", False, can=_lean),
    "stuck": Kind("分析仪示值卡死", False),
    "impossible_temperature": Kind("烟温测量失效", False),
    "impossible_humidity": Kind("湿度测量失效", False),
    "clock_drift": Kind("数采仪时钟偏差", False),
    "late": Kind("数据迟报", False),
    "missing": Kind("数据缺失", False),
    "offline": Kind("数采仪离线", False),
    "treatment_failure": Kind("治理设施故障导致超标", False),
}  # fmt: skip


@dataclass(frozen=True)
class Deed:
    """One fraud or fault at one outlet, from `start` until `until` (exclusive, UTC).

    item: the pollutant it is about. other: the outlet whose values are copied.
    """

    site: str
    kind: str
    start: datetime
    until: datetime
    item: str = "pm"
    other: str | None = None

    @property
    def of_kind(self) -> Kind:
        """What it is."""
        return KINDS[self.kind]
