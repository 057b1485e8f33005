"""Registers, files and people for the tests of registers: the stations of a city, and a bureau that fills them in."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from bihuan.kit.registers.actions import apply
from bihuan.kit.registers.declared import SUBJECT, Column, Register
from bihuan.kit.registers.exchange import keep, plan_of
from bihuan.kit.registers.plan import Plan
from bihuan.kit.registers.writing import Act
from bihuan.registry.models import Measure, Organisation, Person, Region, Site

SITES = Register(
    "stations",
    Site,
    "监测点位",
    (*SUBJECT, *map(Column, ("rank", "city", "evaluated", "neighbour"))),
    target="site",
)
REGIONS = Register("regions", Region, "区划", tuple(map(Column, ("code", "name", "parent", "geometry"))))
UNITS = Register(
    "units", Organisation, "单位", tuple(map(Column, ("name", "kind", "region", "simulated"))), ("name",)
)
MEASURES = Register(
    "measures",
    Measure,
    "减排措施",
    (
        *map(Column, ("emitter", "level", "pollutant", "text")),
        Column("kg_per_day", unit="kg/d", low=0),
        Column("basis"),
    ),
    ("emitter", "level", "pollutant"),
)
GOOD = {"编码": "S1", "名称": "桃北中学", "区划": "140321", "经度": "113.6", "纬度": "37.8", "级别": "国控"}
BUILDER = Act(None, "建库", operator="root")


def csv_file(folder: Path, rows: Sequence[Mapping[str, str]], name: str = "表.csv") -> Path:
    """A file as an office writes it: heads of the first row, a line for each row."""
    heads = list(rows[0])
    lines = [",".join(heads)] + [",".join(row.get(h, "") for h in heads) for row in rows]
    path = folder / name
    path.write_text("\n".join(lines) + "\n", "utf-8-sig")
    return path


def excel_file(folder: Path, rows: Iterable[Sequence[Any]], name: str = "表.xlsx") -> Path:
    """A workbook with cells of any kind."""
    path = folder / name
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("点位")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def planned(register: Register, path: Path, by: Person | None = None, **how: Any) -> Plan:
    """The plan of a file, kept first."""
    return plan_of(register, keep(path), by, **how)


def imported(register: Register, path: Path, by: Person | None = None, reason: str = "导入") -> Plan:
    """The plan of a file, applied."""
    plan = planned(register, path, by)
    apply(plan, Act(by, reason, operator="" if by else "root", file=plan.file))
    return plan


def problems(plan: Plan) -> list[tuple[int, str, str, str]]:
    """Row, column, value and why of all that is refused."""
    return [(r.row, r.column, r.value, r.reason) for r in plan.report().refused]
