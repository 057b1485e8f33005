"""Workbooks: the table of some months, the 清洁运输统计表 as it is imported, the trucks to replace."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from bihuan.domain.vehicles.clean.columns import STAGE_COLUMNS, WAYS_OF, summed
from bihuan.domain.vehicles.clean.tonnes import CLEAN_MODES, MODES
from bihuan.domain.vehicles.fuels import FUELS
from bihuan.domain.vehicles.plates import COLOURS
from bihuan.domain.vehicles.stages import TITLES
from bihuan.domain.vehicles.traffic.factors import POLLUTANTS
from bihuan.domain.vehicles.traffic.factors import TITLES as NAMES
from bihuan.english import Written
from bihuan.kit.registers.cells import written
from bihuan.kit.tables import Sheet, Table, table
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.clean_transport.registers import REPORTS
from bihuan.scenarios.clean_transport.view import BY, Line, Whole, since_words

MET = {True: "达到", False: "未达到", None: "不能确定"}
FUEL_WORDS = {name: fuel.title for name, fuel in FUELS.items()}
UNKNOWN_CARGO, CARGO_LETTERS = "不明", 60


def tonnes(value: float | None) -> float | None:
    """As a cell of a workbook has it: to the kilogram."""
    return None if value is None else round(value, 3)


def met_words(line: Line) -> str:
    """Whether a row reaches its goal, in words; empty without a goal."""
    return MET[line.met] if line.goal else ""


def sheets(whole: Whole) -> list[Sheet]:
    """The table with its total, the road by fuel, and what asks for which share."""
    by_goal = {
        _("行业"): lambda g: g[0].industry, _("绩效分级"): lambda g: g[0].grade, _("目标（%）"): lambda g: float(g[0].percent),
        _("国六计入"): lambda g: _("是") if g[0].six else _("否"), _("自"): lambda g: since_words(g[0]), _("依据"): lambda g: g[0].source,
        _("可信程度"): lambda g: g[0].mark, _("单位数"): lambda g: g[1],
    }  # fmt: skip
    return [
        Sheet(_("清洁运输"), _lines(whole)),
        Sheet(_("公路按燃料"), _fuels(whole.fuels)),
        Sheet(_("目标"), table(by_goal, whole.goals)),
    ]


def _sum(name: str) -> Any:
    return lambda line: tonnes(line.sums[name]) if line.weighed else None


def _lines(whole: Whole) -> Table:
    columns: dict[str, Any] = {_(BY[whole.by]): lambda x: Written(x.name) if x.unit else x.name}
    if whole.by == "unit":
        columns |= {
            _("编码"): lambda x: x.unit.pk if x.unit else "", _("区划"): lambda x: Written(x.unit.region.name) if x.unit else "",
            _("行业"): lambda x: Written(x.unit.industry) if x.unit else "", _("绩效分级"): lambda x: x.unit.grade if x.unit else "",
        }  # fmt: skip
    columns[_("合计（t）")] = _sum("total")
    columns |= {f"{_(MODES[mode])}（t）": _sum(mode) for mode in CLEAN_MODES}
    columns |= {f"{_(title)}（t）": _sum(name) for name, title in STAGE_COLUMNS.items()}
    columns |= {
        _("未称重车次"): lambda x: None if x.silent else x.sums["unweighed"], _("清洁运输比例"): lambda x: x.without_six, _("清洁运输比例（国六计入）"): lambda x: x.with_six,
    }  # fmt: skip
    if whole.by == "unit":
        columns |= {
            _("目标（%）"): lambda x: float(x.goal.percent) if x.goal else None, _("结论"): met_words,
            _("模拟"): lambda x: "模拟" if x.unit and x.unit.simulated else "",
        }  # fmt: skip
    return table(columns, [*whole.lines, whole.total])


def _fuels(rows: Sequence[dict[str, Any]]) -> Table:
    columns: dict[str, Any] = {_("燃料"): lambda r: fuel_words(r["fuel"])}
    columns |= {f"{_(title)}（t）": lambda r, n=name: tonnes(r[n]) for name, title in STAGE_COLUMNS.items()}
    columns |= {_("合计（t）"): lambda r: tonnes(r["total"]), _("未称重车次"): lambda r: r["unweighed"]}
    return table(columns, rows)


def fuel_words(fuel: str | None) -> str:
    """A fuel in words."""
    return FUEL_WORDS[fuel] if fuel else "不明"


def stage_words(stage: str | None) -> str:
    """A stage in words."""
    return TITLES[stage] if stage else "不明"


def official(whole: Whole) -> Table:
    """The 清洁运输统计表 of what gates and batches told, a row for each unit, month, direction and goods; the register of reports takes it in as it is."""
    simulated = {u.pk: u.simulated for u in whole.units}
    named = whole.loads.with_columns(pl.col("cargo").fill_null(UNKNOWN_CARGO).str.head(CARGO_LETTERS))
    rows = summed(named, "unit", "month", "direction", "cargo").to_dicts()
    return Table(
        [Written(REPORTS.head_of(name)) for name in REPORTS.named],
        [[_official(name, row, simulated) for name in REPORTS.named] for row in rows],
    )


def _official(name: str, row: dict[str, Any], simulated: dict[str, bool]) -> Any:
    if name in WAYS_OF or name == "total":
        return tonnes(row[name])
    given = {
        "unit": row["unit"], "year": row["month"].year, "month": row["month"].month, "unweighed": row["unweighed"], "remark": "",
        "cargo": row["cargo"],
    }  # fmt: skip
    if name in given:
        value = given[name]
        return Written(value) if isinstance(value, str) else value
    value = simulated[row["unit"]] if name == "simulated" else row[name]
    return Written(written(REPORTS, name, value))


def trucks(rows: pl.DataFrame, units: dict[str, VehicleUser]) -> Table:
    """The trucks to replace, with what a month of theirs let out; empty where nobody knows."""
    columns: dict[str, Any] = {
        _("用车单位"): lambda r: Written(units[r["unit"]].name), _("号牌"): lambda r: Written(r["plate"]),
        _("号牌颜色"): lambda r: COLOURS.get(r["colour"] or "", ""), _("燃料"): lambda r: fuel_words(r["fuel"]),
        _("排放阶段"): lambda r: stage_words(r["stage"]), _("物料名称"): lambda r: Written(r["cargo"] or ""), _("车次"): lambda r: r["visits"],
        _("净重合计（t）"): lambda r: tonnes(r["tonnes"]), _("未称重车次"): lambda r: r["unweighed"], _("行驶里程（km）"): lambda r: r["km"],
    }  # fmt: skip
    columns |= {f"{NAMES[p]}（kg）": lambda r, p=p: tonnes(r[f"{p}_kg"]) for p in POLLUTANTS}
    columns[_("模拟")] = lambda r: "模拟" if units[r["unit"]].simulated else ""
    return table(columns, rows.iter_rows(named=True))
