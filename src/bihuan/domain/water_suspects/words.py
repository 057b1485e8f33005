"""The evidence about a suspect in sentences, each with its factor, from a row of `suspects`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bihuan.domain.quantities import LONG
from bihuan.domain.timeaxis import CST

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Evidence:
    """One piece: what it is about, how much more often it is seen where the suspect is the source, and what it is in words."""

    title: str
    factor: float
    sentence: str


def evidence(row: Row) -> tuple[Evidence, ...]:
    """All pieces about a suspect, in one order; a factor of 1 says nothing for or against it."""
    return (
        Evidence("时间", row["by_time"], _time(row)),
        Evidence("污染物", row["by_pollutant"], _pollutant(row)),
        Evidence("在线监测", row["by_logger"], _logger(row)),
        Evidence("稀释", row["by_dilution"], _dilution(row)),
        Evidence("其他断面", row["by_sections"], _sections(row)),
    )


def _time(row: Row) -> str:
    span = f"{_moment(row['released_from'])} 至 {_moment(row['released_until'])}"
    way = f"水流到断面约 {row['hours']:.1f} 小时（{row['distance_km']:.1f} 千米），对应的排放时段为 {span}"
    return f"{way}；从这么远来，浓度应升得更慢" if row["by_time"] < 1 else way


def _pollutant(row: Row) -> str:
    if not row["named"]:
        return "没有登记污染物，不作比较"
    if row["alike"] is None:
        return "没有可与登记的污染物比较的升高项目"
    if not row["shared"]:
        return "登记的污染物与升高的项目没有相同的"
    return f"登记的污染物含升高的{_names(row['shared'])}，组成相似度 {row['alike']:.2f}"


def _names(codes: Sequence[str]) -> str:
    return "、".join(_name(code) for code in codes)


def _name(code: str) -> str:
    return LONG[code].chinese if code in LONG else code


def _logger(row: Row) -> str:
    if row["hours_due"] is None:
        return "没有在线监测数据"
    if row["rose"]:
        unit = LONG[row["item"]].unit if row["item"] in LONG else ""
        high = f"该时段在线{_name(row['item'])}最高 {row['value']:.4g} {unit}，为平时的 {row['value'] / row['usual']:.1f} 倍"
        return f"{high}；其余 {row['hours_out']} 小时里这样的升高有 {row['runs_out']} 次"
    if row["by_logger"] > 1:
        return f"该时段 {row['hours_due']:.0f} 小时在线数据只有 {row['hours_in']} 小时"
    return f"该时段 {row['hours_in']} 小时在线数据未见升高"


def _dilution(row: Row) -> str:
    if row["multiple"] is None:
        return "流量或浓度没有登记，只按距离估计"
    times = max(row["multiple"], 0.01)
    return (
        f"要造成这样的升高，排放须为平时的 {times:.0f} 倍"
        if times >= 10
        else f"要造成这样的升高，排放须为平时的 {times:.2g} 倍"
    )


def _sections(row: Row) -> str:
    if row["clean"]:
        return f"水流经过的 {row['clean']} 个断面同期未见升高"
    if row["elsewhere"]:
        return f"同期升高的 {row['elsewhere']} 个上游断面不在其下游"
    if row["risen"]:
        return f"水流经过的 {row['risen']} 个断面同期也升高"
    return "其间没有可比较的断面"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(CST):%-m月%-d日 %H:%M}"
