"""The lines of the ledger, and the month report as an Excel workbook."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from bihuan.domain.outlets.ledger import LEDGER, by_enterprise
from bihuan.domain.timeaxis import CST
from bihuan.english import joined, unofficial
from bihuan.kit.tables import Sheet, as_book, records
from bihuan.scenarios.plant_emissions.items import LABELS
from bihuan.scenarios.plant_emissions.medium import Medium
from bihuan.scenarios.plant_emissions.models import Outlet

COUNTED = {
    "kg": "排放量 kg", "kg_measured": "其中实测 kg", "kg_substituted": "其中替代 kg", "hours": "应计小时",
    "hours_stopped": "停运小时", "valid_hours": "有效小时", "hours_substituted": "替代小时",
    "hours_missing": "无法计量小时", "over_hours": "超标小时", "over_days": "超标天",
}  # fmt: skip
MEANS = {"mean": "均值 mg/m³", "mean_zs": "折算均值 mg/m³", "valid_days": "有效天", "valid_month": "有效月"}
WHO = ("企业", "排放口", "编码", "污染物", "排放口数", "模拟", "是", "否")
RATES = {"capture": "有效捕集率 %", "transmission": "传输率 %", "ultra_low_share": "超低达标率 %"}


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def outlet_rows(medium: Medium, rows: pl.DataFrame, outlets: Mapping[str, Outlet]) -> list[dict[str, Any]]:
    """A medium's ledger of a month as people read it."""
    return [medium.line(r, _ledger(r, outlets[r["site"]])) for r in rows.iter_rows(named=True)]


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
            MEANS["mean"]: None if r["mean"] is None else round(r["mean"], 2),
            MEANS["mean_zs"]: None if r["mean_zs"] is None else round(r["mean_zs"], 2),
            MEANS["valid_days"]: r["valid_days"],
            MEANS["valid_month"]: "是" if r["valid_month"] else "否",
            RATES["ultra_low_share"]: _percent(r["ultra_low_share"]),
            "模拟": "是" if outlet.simulated else "",
        }
    )


def _counted(r: dict[str, Any]) -> dict[str, Any]:
    numbers = {
        title: round(r[name], 1) if isinstance(r[name], float) else r[name] for name, title in COUNTED.items()
    }
    return numbers | {RATES[name]: _percent(r[name]) for name in ("capture", "transmission")}


def enterprise_rows(medium: Medium, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """The same by enterprise."""
    columns = list(LEDGER)
    return [
        medium.line(
            r,
            {"企业": r["enterprise"], "排放口数": r["outlets"], "污染物": LABELS[r["item"]]} | _counted(r),
        )
        for r in by_enterprise(rows.select(columns)).iter_rows(named=True)
    ]


def month_report(
    month: date,
    known: datetime,
    ledgers: Sequence[tuple[Medium, pl.DataFrame]],
    outlets: Mapping[str, Outlet],
    marks: list[dict[str, Any]],
) -> bytes:
    """By enterprise and by outlet of each medium that has any, marks, and what the numbers mean."""
    simulated = any(o.simulated for o in outlets.values())
    head = f"{month:%Y年%m月}排放月报{'（模拟）' if simulated else ''}，按 {known.astimezone(CST):%Y-%m-%d %H:%M} 已收到的数据"
    first = joined(unofficial() and f"{unofficial()}.", head)
    sheets = [
        sheet
        for n, (medium, rows) in enumerate(ledgers)
        for sheet in (
            Sheet(f"{medium.sheets}按企业", records(enterprise_rows(medium, rows)), head if n else first),
            Sheet(f"{medium.sheets}按排放口", records(outlet_rows(medium, rows, outlets)), head),
        )
    ]
    meaning = (*(line for medium, _rows in ledgers for line in medium.meaning), *MEANING)
    told = records([{"说明": line} for line in meaning])
    return as_book(*sheets, Sheet("标记", records(marks), head), Sheet("说明", told, head))


MEANING = (
    "质控不合格的失控时段（自上次合格至下次合格）数据无效：不计有效小时、超标小时和超低达标率，排放量按替代计算（HJ 75-2017，条款待核）。",
    "排放口联网前的小时不计入应计小时。",
)
"""What the numbers of every medium mean."""
