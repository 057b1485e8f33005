"""The ranking and the coverage as tables that are taken away."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bihuan.english import Written
from bihuan.kit.tables import Table, table
from bihuan.scenarios.road_dust.models import Segment
from bihuan.scenarios.road_dust.view import Line
from bihuan.scenarios.road_dust.words import GRADES, WORK


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def ranking(lines: Iterable[Line]) -> Table:
    """All segments of a month; those of too few passes say so."""
    return table(
        {
            "路段编码": lambda x: Written(x.segment.pk),
            "路段": lambda x: Written(x.segment.name),
            "区划": lambda x: Written(x.segment.region.name),
            "责任单位": lambda x: Written(str(x.segment.organisation or "")),
            "道路等级": lambda x: x.segment.get_kind_display(),
            "倒数名次": lambda x: x.rank or "次数太少",
            "参评路段数": lambda x: x.found.get("of"),
            "比全网高（µg/m³）": lambda x: _rounded(x.found.get("excess"), 1),
            "通过次数": lambda x: x.found.get("passes", 0),
            "通过天数": lambda x: x.found.get("days", 0),
            "名次占比": lambda x: _rounded(x.found.get("share"), 3),
            "上月名次占比": lambda x: _rounded(x.before.get("share"), 3),
            "积尘负荷（g/m²）": lambda x: _rounded(x.silt, 3),
            "积尘分级": lambda x: GRADES[x.grade] if x.grade else "",
            "尘土残存量（g/m²）": lambda x: x.sample.dirt if x.sample else None,
            "采样日期": lambda x: x.sample.day if x.sample else None,
            "模拟": lambda x: "模拟" if x.segment.simulated else "",
        },
        lines,
    )


def coverage(rows: Sequence[tuple[Segment, Mapping[str, Any]]]) -> Table:
    """Planned and done by segment and kind of work."""
    return table(
        {
            "路段编码": lambda x: Written(x[0].pk),
            "路段": lambda x: Written(x[0].name),
            "责任单位": lambda x: Written(str(x[0].organisation or "")),
            "作业": lambda x: WORK[x[1]["kind"]],
            "计划面积（m²）": lambda x: _rounded(x[1]["planned"], 0),
            "完成面积（m²）": lambda x: _rounded(x[1]["done"], 0),
            "车速不明面积（m²）": lambda x: _rounded(x[1]["unverified"], 0),
            "车速超限面积（m²）": lambda x: _rounded(x[1]["fast"], 0),
            "记录条数": lambda x: x[1]["rows"],
            "完成率": lambda x: _rounded(x[1]["share"], 3),
            "模拟": lambda x: "模拟" if x[0].simulated else "",
        },
        rows,
    )
