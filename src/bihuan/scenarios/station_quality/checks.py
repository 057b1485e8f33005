"""The checks of this scenario: pure functions of domain/quality with their basis and severity."""

from dataclasses import replace
from functools import wraps
from typing import Any

import polars as pl

from bihuan.domain import quality
from bihuan.domain.checks import Check, check

GASES = "HJ 818-2018（气态污染物运行与质控；条款待核）"
PARTICLES = "HJ 817-2018（颗粒物运行与质控；条款待核）"
OWN = "自有方法"
INTERFERENCE = "环境监测数据弄虚作假行为判定及处理办法（2015）；自有方法，仅为线索"

_OF_VALUES: tuple[Check, ...] = (
    check(
        "air.range",
        title="超出仪器量程",
        basis=f"HJ 654、HJ 653 量程（条款待核）；{OWN}",
        severity="moderate",
    )(quality.beyond_range),
    check("air.stuck", title="数值长时间不变", basis=f"{PARTICLES}；{GASES}；{OWN}", severity="moderate")(
        quality.stuck
    ),
    check("air.spike", title="孤立突变", basis=f"{GASES}；{OWN}", severity="minor", cause="weather")(
        quality.spike
    ),
    check("air.pm_inversion", title="PM2.5 高于 PM10", basis=PARTICLES, severity="minor", cause="weather")(
        quality.pm_inversion
    ),
    check(
        "air.deviation",
        title="单因子偏离周边",
        basis=f"{GASES}；{OWN}",
        severity="moderate",
        cause="weather",
    )(quality.neighbour_deviation),
    check("air.sudden_drop", title="局地骤降", basis=INTERFERENCE, severity="serious")(quality.sudden_drop),
    check("air.cut_off", title="削顶", basis=INTERFERENCE, severity="serious")(quality.cut_off),
)
_OF_GAPS: tuple[Check, ...] = (
    check(
        "air.site_gap",
        title="点位或因子缺数",
        basis=f"HJ 655-2013 数据传输（条款待核）；{OWN}",
        severity="minor",
        facet="arrival",
        cause="line",
    )(quality.site_gap),
    check("air.network_gap", title="全网缺数", basis=OWN, severity="minor", facet="arrival", cause="line")(
        quality.network_gap
    ),
)


def _of_values(check: Check) -> Check:
    """The check as it is called: what is not there says nothing about a value, so outages do not matter to it."""

    @wraps(check.run)
    def run(
        hours: pl.DataFrame, sites: pl.DataFrame, outages: pl.DataFrame, **parameters: Any
    ) -> pl.DataFrame:
        return check.run(hours, sites, **parameters)

    return replace(check, run=run)


CHECKS = (*map(_of_values, _OF_VALUES), *_OF_GAPS)
