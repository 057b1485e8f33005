"""The list of outlets as a table, and the month report as an Excel workbook."""

import io
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from bihuan.domain.outlets.ledger import LEDGER, by_enterprise
from bihuan.domain.timeaxis import CST
from bihuan.english import joined, unofficial
from bihuan.kit.tables import Table, add_headed, add_records, table
from bihuan.printable import Book
from bihuan.scenarios.plant_emissions.media import LABELS, MEDIA, SEWAGE
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.states import Standing, Value

COUNTED = {
    "kg": "排放量 kg", "kg_measured": "其中实测 kg", "kg_substituted": "其中替代 kg", "hours": "应计小时",
    "hours_stopped": "停运小时", "valid_hours": "有效小时", "hours_substituted": "替代小时",
    "hours_missing": "无法计量小时", "over_hours": "超标小时", "over_days": "超标天",
}  # fmt: skip
MEANS = {"mean": "均值 mg/m³", "mean_zs": "折算均值 mg/m³", "valid_days": "有效天", "valid_month": "有效月"}
SEWAGE_HEADS = ("日均值月均 mg/L", "水量 m³")
WHO = ("企业", "排放口", "编码", "污染物", "排放口数", "模拟", "是", "否")
RATES = {"capture": "有效捕集率 %", "transmission": "传输率 %", "ultra_low_share": "超低达标率 %"}


def standings_table(standings: Iterable[Standing], kind: str, findings: Mapping[str, int]) -> Table:
    """Outlets of a kind, a row for each, as the list shows them; `findings`: how many are open, by the outlet's code."""
    columns: dict[str, Callable[[Standing], Any]] = {
        "状态": lambda s: s.label,
        "企业": lambda s: s.outlet.emitter.name,
        "企业编码": lambda s: s.outlet.emitter.code,
        "排放口": lambda s: s.outlet.name,
        "编码": lambda s: s.outlet.code,
        "区县": lambda s: s.outlet.emitter.region.name,
        "小时": lambda s: s.hour,
    }
    for item in MEDIA[kind].pollutants:
        columns |= _columns_of(item, kind)
    return table(
        columns
        | {
            "今日有效小时": lambda s: s.valid,
            "今日应有小时": lambda s: s.owed,
            "标记": lambda s: s.mark,
            "未办结发现": lambda s: findings.get(s.outlet.code, 0),
            "最后收到": lambda s: s.heard and f"{s.heard.astimezone(CST):%Y-%m-%d %H:%M:%S}",
            "模拟": lambda s: "是" if s.outlet.simulated else "",
        },
        standings,
    )


def _columns_of(item: str, kind: str) -> dict[str, Callable[[Standing], Any]]:
    """Value, limit and flag of a pollutant."""
    medium, limit = MEDIA[kind], "日限值" if kind == SEWAGE else "限值"

    def of(s: Standing) -> Value | None:
        return next((v for v in s.values if v.item == item), None)

    def rounded(s: Standing) -> float | None:
        value = of(s)
        return None if value is None or value.value is None else round(value.value, 2)

    def in_force(s: Standing) -> float | None:
        value = of(s)
        return None if value is None else value.limit or value.ultra_low

    def flag(s: Standing) -> str:
        value = of(s)
        return value.flag if value else ""

    return {
        f"{LABELS[item]} {medium.unit}": rounded,
        f"{LABELS[item]}{limit} {medium.unit}": in_force,
        f"{LABELS[item]}标识": flag,
    }


def as_excel(taken: Table, head: str) -> bytes:
    """The list as a workbook of one sheet."""
    memory = io.BytesIO()
    with Book(memory) as book:
        add_headed(book, "排放口", head, taken)
    return memory.getvalue()


def hours_sheet(head: str, rows: list[dict[str, Any]]) -> bytes:
    """The hours of an outlet's month as a workbook of one sheet."""
    memory = io.BytesIO()
    with Book(memory) as book:
        add_records(book, "逐小时排放量", head, rows)
    return memory.getvalue()


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def outlet_rows(rows: pl.DataFrame, outlets: Mapping[str, Outlet]) -> list[dict[str, Any]]:
    """LEDGER of a month as people read it."""
    return [_ledger(r, outlets[r["site"]]) for r in rows.iter_rows(named=True)]


def _ledger(r: dict[str, Any], outlet: Outlet) -> dict[str, Any]:
    head = {
        "企业": outlet.emitter.name,
        "排放口": outlet.name,
        "编码": outlet.code,
        "污染物": LABELS[r["item"]],
    }
    return (
        head
        | _counted(r)
        | {
            "均值 mg/m³": None if r["mean"] is None else round(r["mean"], 2),
            "折算均值 mg/m³": None if r["mean_zs"] is None else round(r["mean_zs"], 2),
            "有效天": r["valid_days"],
            "有效月": "是" if r["valid_month"] else "否",
            RATES["ultra_low_share"]: _percent(r["ultra_low_share"]),
            "模拟": "是" if outlet.simulated else "",
        }
    )


def sewage_rows(rows: pl.DataFrame, outlets: Mapping[str, Outlet]) -> list[dict[str, Any]]:
    """SEWAGE_LEDGER of a month as people read it."""
    return [_sewage(r, outlets[r["site"]]) for r in rows.iter_rows(named=True)]


def _sewage(r: dict[str, Any], outlet: Outlet) -> dict[str, Any]:
    """A line: no limit judges an hour of sewage, and nothing is converted."""
    row = _ledger(r, outlet)
    row["日均值月均 mg/L"] = row.pop("均值 mg/m³")
    row["水量 m³"] = None if r["volume"] is None else round(r["volume"], 1)
    return {
        k: v
        for k, v in row.items()
        if k not in ("折算均值 mg/m³", RATES["ultra_low_share"], COUNTED["over_hours"])
    }


def _counted(r: dict[str, Any]) -> dict[str, Any]:
    numbers = {
        title: round(r[name], 1) if isinstance(r[name], float) else r[name] for name, title in COUNTED.items()
    }
    return numbers | {RATES[name]: _percent(r[name]) for name in ("capture", "transmission")}


def sewage_enterprises(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Sewage by enterprise; no limit judges an hour of it."""
    return [{k: v for k, v in row.items() if k != COUNTED["over_hours"]} for row in enterprise_rows(rows)]


def enterprise_rows(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """The same by enterprise."""
    columns = list(LEDGER)
    return [
        {
            "企业": r["enterprise"],
            "排放口数": r["outlets"],
            "污染物": LABELS[r["item"]],
        }
        | _counted(r)
        for r in by_enterprise(rows.select(columns)).iter_rows(named=True)
    ]


def month_report(
    month: date,
    known: datetime,
    rows: pl.DataFrame,
    sewage: pl.DataFrame,
    outlets: Mapping[str, Outlet],
    marks: list[dict[str, Any]],
) -> bytes:
    """Four sheets: by enterprise, by outlet, marks, and what the numbers mean; two more where there is sewage."""
    simulated = any(o.simulated for o in outlets.values())
    head = f"{month:%Y年%m月}排放月报{'（模拟）' if simulated else ''}，按 {known.astimezone(CST):%Y-%m-%d %H:%M} 已收到的数据"
    first = joined(unofficial() and f"{unofficial()}.", head)
    memory = io.BytesIO()
    with Book(memory) as book:
        add_records(book, "按企业", first, enterprise_rows(rows))
        add_records(book, "按排放口", head, outlet_rows(rows, outlets))
        if sewage.height:
            add_records(book, "污水按企业", head, sewage_enterprises(sewage))
            add_records(book, "污水按排放口", head, sewage_rows(sewage, outlets))
        add_records(book, "标记", head, marks)
        meaning = (*MEANING, *SEWAGE_MEANING) if sewage.height else MEANING
        add_records(book, "说明", head, [{"说明": line} for line in meaning])
    return memory.getvalue()


SEWAGE_MEANING = (
    "污水小时值取本小时内出数的水样结果（分析仪约每小时采样一次，分钟值为保持值）；pH、水温、流量取分钟均值。停排小时不要求数据。",
    "污水日均值 = Σ(小时浓度 × 小时流量) / Σ小时流量；有效小时不少于应有小时的 75 % 时有效（HJ 356-2019 第 7 章，条款待核）；按日均值判定达标，小时值只作预警。",
    "污水排放量 = 浓度 × 流量；无效或缺失的浓度、流量取此前等时长有效数据的算术均值（HJ 356-2019 第 8 章，条款待核），只用于排放量。",
)

MEANING = (
    "小时均值由平台按分钟数据计算：有效分钟不少于 45 的小时有效（HJ 75-2017，条款待核）。",
    "排放量 = 标态干基实测浓度 × 标干流量，逐小时累加；折算浓度只用于判定达标。",
    "替代只用于排放量：按捕集率和缺失时长，用此前 180、720 或 2160 个有效小时的最大排放量（HJ 75-2017 第 12 章，条款待核）。",
    "捕集率不足 75 % 的季度不作替代，计入“无法计量小时”，须按手工监测或核算办法计量。",
    "超标小时只计有效且未标记的小时；超低达标率 = 不高于超低限值的小时 / 有效未标记小时，月内须达到 95 %。",
    "质控不合格的失控时段（自上次合格至下次合格）数据无效：不计有效小时、超标小时和超低达标率，排放量按替代计算（HJ 75-2017，条款待核）。",
    "排放口联网前的小时不计入应计小时。",
)
