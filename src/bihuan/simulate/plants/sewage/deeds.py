"""Frauds and faults at sewage outlets, written from published cases (自动监测数据弄虚作假典型案例) and from the process.

Published cases have: the sampling pipe in a bottle or a tank of clean water, tap water led into the sampling well, values
held or capped in the logger, a range that cannot show an exceedance, the flow meter lowered or switched off, a slope
changed, calibration at the hours of bad water.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from bihuan.simulate.plants.calendar import local_day, minute_of
from bihuan.simulate.plants.deeds.catalogue import Deed, Kind
from bihuan.simulate.plants.deeds.effects import Values, during
from bihuan.simulate.plants.noise import MINUTES, Array
from bihuan.simulate.plants.sewage.physics import water
from bihuan.simulate.plants.sewage.register import Sewer

KINDS: dict[str, Kind] = {
    "clean_water": Kind("采样管插入清水", True, 1.8),
    "dilution_tank": Kind("采样井注入清水稀释", True, 1.9),
    "held": Kind("数据恒定不变", True, 1.5),
    "clipped": Kind("数据封顶于限值之下", True),
    "small_range": Kind("分析仪量程设置过小", True),
    "slope": Kind("擅自修改分析仪斜率", True, 1.8),
    "flow_low": Kind("流量计示值调低", True),
    "flow_zero": Kind("排放时流量计断开、示值为零", True),
    "night_calibration": Kind("每晚以校准标识掩盖超标", True, hours=(22, 3)),
    "amount_low": Kind("排放量与流量乘浓度不符", True),
    "day_low": Kind("日均值低于各小时均值", True, 1.3),
    "stuck": Kind("采样泵停转、示值不再更新", False),
    "upset": Kind("处理系统异常导致超标", False),
    "ammonia_wrong": Kind("氨氮分析仪示值失真", False),
    "impossible_temperature": Kind("水温测量失效", False),
    "acid": Kind("中和失效、pH 超出范围", False),
    "clock_drift": Kind("数采仪时钟偏差", False),
    "late": Kind("数据迟报", False),
    "missing": Kind("数据缺失", False),
    "offline": Kind("数采仪离线", False),
}
CLEAN = {"cod": 6.0, "nh3n": 0.06, "tp": 0.02, "tn": 1.1}
"""Tap water as these analysers read it [mg/L]."""
DILUTED, SLOPE, FLOW_LOW, SMALL_RANGE, CLIP, HELD = 0.32, 0.5, 0.5, 0.9, 0.95, 0.62
AMOUNT_LOW, DAY_LOW = 0.6, 0.75
AIMED = {"clipped": 1.3, "small_range": 1.3, "night_calibration": 1.4, "upset": 1.6}
"""What the worst pollutant comes to behind these, as a share of its limit."""
DAYS = (2, 5)
SHORT = {"offline": (0.3, 2.0), "late": (0.5, 2.0), "missing": (1.0, 3.0)}
DAY = timedelta(days=1)
MARGIN = 2 * DAY
TRIES = 8


@dataclass(frozen=True)
class SewageDeed(Deed):
    """One fraud or fault at one sewage outlet; `item` is the pollutant it is about."""

    @property
    def of_kind(self) -> Kind:
        """What it is."""
        return KINDS[self.kind]


def _times(sewer: Sewer, deed: Deed) -> float:
    """The concentrations behind a deed as a multiple of the usual: who hides an exceedance has one."""
    if deed.kind not in AIMED:
        return deed.of_kind.stress
    usual = sewer.kind.usual
    worst = usual[deed.item] if deed.kind == "small_range" else max(usual.values())
    return AIMED[deed.kind] / worst


def stress_of(sewer: Sewer, deeds: Sequence[Deed], time: np.ndarray) -> Values:
    """Concentrations as multiples of the usual."""
    stress: Values = {}
    for deed in deeds:
        times = _times(sewer, deed)
        if times != 1:
            when = during(deed, time)
            for item in sewer.items:
                stress[item] = np.where(when, times, stress.get(item, np.ones(len(time))))
    return stress


def on_water(deeds: Sequence[Deed], time: np.ndarray, values: Values, noise: Array) -> Values:
    """Water as it reaches the analyser. noise: unit noise that makes no two samples alike."""
    out = dict(values)
    for deed in deeds:
        when = during(deed, time)
        for item in CLEAN.keys() & values.keys():
            if deed.kind == "clean_water":
                out[item] = np.where(when, CLEAN[item] * (1 + 0.1 * noise), out[item])
            elif deed.kind == "dilution_tank":
                out[item] = np.where(when, out[item] * DILUTED, out[item])
        if deed.kind == "acid":
            out["ph"] = np.where(when, 4.7 + 0.2 * noise, out["ph"])
    return out


def on_results(sewer: Sewer, deeds: Sequence[Deed], time: np.ndarray, values: Values, noise: Array) -> None:
    """What is done to a sample's result before it is shown; values: results by item at the samples' times."""
    for deed in deeds:
        when = during(deed, time)
        if deed.kind == "slope":
            values[deed.item][when] *= SLOPE
        elif deed.kind == "ammonia_wrong" and "tn" in values:
            values["nh3n"][when] = 1.6 * values["tn"][when]
        for item in sewer.items if deed.kind == "clipped" else ():
            top = CLIP * sewer.limits[item] * (1 - 0.008 * np.abs(noise))
            values[item][when] = np.minimum(values[item], top)[when]


def on_shown(sewer: Sewer, deeds: Sequence[Deed], time: np.ndarray, values: Values) -> None:
    """What is done to the values that the analysers and meters show."""
    for deed in deeds:
        when = during(deed, time)
        if deed.kind == "held":
            for item in sewer.items:
                values[item][when] = HELD * sewer.limits[item]
        elif deed.kind == "small_range":
            values[deed.item][when] = np.minimum(values[deed.item], SMALL_RANGE * sewer.limits[deed.item])[
                when
            ]
        elif deed.kind == "flow_low":
            values["water_flow"][when] *= FLOW_LOW
        elif deed.kind == "flow_zero":
            values["water_flow"][when] = 0.0
        elif deed.kind == "impossible_temperature":
            values["water_temp"][when] = 86.5


def range_of(sewer: Sewer, item: str, at: datetime, deeds: Sequence[Deed]) -> float:
    """Upper end of the range as it is set at an instant."""
    small = any(
        d.site == sewer.site and d.kind == "small_range" and d.item == item and d.start <= at < d.until
        for d in deeds
    )
    return SMALL_RANGE * sewer.limits[item] if small else sewer.span[item]


def possible(kind: str, sewer: Sewer) -> bool:
    """Whether an outlet can have it."""
    return kind != "ammonia_wrong" or "tn" in sewer.items


def plan(
    sewers: Sequence[Sewer], start: datetime, until: datetime, *, seed: int, share: float
) -> tuple[SewageDeed, ...]:
    """Deeds of a share of the outlets, one each, inside [start, until); as even over the kinds as the outlets allow."""
    rng = random.Random(f"sewage deeds/{seed}")
    waiting: list[str] = []
    made = []
    for sewer in rng.sample(list(sewers), round(share * len(sewers))):
        if not any(possible(kind, sewer) for kind in waiting):
            waiting = [*waiting, *rng.sample(sorted(KINDS), len(KINDS))]
        kind = next(k for k in waiting if possible(k, sewer))
        waiting.remove(kind)
        made.append(_deed(sewer, kind, start, until, rng))
    return tuple(sorted(made, key=lambda d: (d.site, d.start)))


def _deed(sewer: Sewer, kind: str, start: datetime, until: datetime, rng: random.Random) -> SewageDeed:
    """Somewhere in the span, where its first day has the most discharge: nobody cheats where nothing flows."""
    days = rng.uniform(*SHORT.get(kind, DAYS))
    free = max((until - start - MARGIN) / DAY - days, 0.0)
    begins = [start + MARGIN + timedelta(hours=round(rng.uniform(0, free) * 24)) for _ in range(TRIES)]
    begin = max(begins, key=lambda b: _discharge(sewer, b))
    item = "cod" if kind == "small_range" else rng.choice(sewer.items)
    return SewageDeed(sewer.site, kind, begin, min(begin + timedelta(hours=round(days * 24)), until), item)


def _discharge(sewer: Sewer, begin: datetime) -> float:
    """Share of the six hours from an instant in which water flows."""
    day = local_day(begin)
    first = minute_of(begin) - (day.toordinal() - 1) * MINUTES
    return float(water(sewer, day).flows[first : first + 360].mean())
