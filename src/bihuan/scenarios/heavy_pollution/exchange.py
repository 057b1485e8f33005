"""Suggestions, the sums of their reductions and the reduction list as an Excel workbook."""

import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bihuan.domain.timeaxis import CST
from bihuan.english import Written
from bihuan.kit.tables import add_records
from bihuan.printable import Book
from bihuan.registry.models import Measure
from bihuan.scenarios.heavy_pollution.models import POLLUTANTS, Advice, Suggestion
from bihuan.scenarios.heavy_pollution.totals import Total


def suggestion_rows(suggestions: Iterable[Suggestion]) -> list[dict[str, Any]]:
    """One row per suggestion, as the workbook shows it."""
    return [
        {
            "序号": s.rank,
            "单位": s.emitter.name,
            "编码": s.emitter_id,
            "类别": s.emitter.get_kind_display(),
            "区县": s.region.name,
            "行业": s.emitter.industry,
            "绩效分级": s.emitter.grade,
            "级别": s.get_level_display(),
            "措施": Written(s.final_text),
            "主要污染物": s.pollutant_label,
            "减排量 (kg/日)": round(s.final_kg, 1),
            "占同级清单 (%)": None if s.share is None else round(100 * s.share, 2),
            "为什么": s.why,
            "依据": s.basis,
            "状态": s.get_status_display(),
            "理由": Written(s.reason),
            "处理人": str(s.decided_by or ""),
            "处理时间": _time(s.decided_at),
            "问题编号": s.case.number if s.case else "",
            "模拟": "是" if s.simulated else "",
        }
        for s in suggestions
    ]


def list_rows(measures: Iterable[Measure]) -> list[dict[str, Any]]:
    """The reduction list, one row per unit, level and pollutant; guaranteed units are marked."""
    return [
        {
            "编码": m.emitter_id,
            "单位": m.emitter.name,
            "类别": m.emitter.get_kind_display(),
            "区县": m.emitter.region.name,
            "行业": m.emitter.industry,
            "绩效分级": m.emitter.grade,
            "保障类": "是" if m.emitter.guaranteed else "",
            "级别": m.get_level_display(),
            "措施": Written(m.text),
            "污染物": POLLUTANTS.get(m.pollutant, m.pollutant),
            "减排量 (kg/日)": m.kg_per_day,
            "依据": m.basis,
            "模拟": "是" if m.emitter.simulated else "",
        }
        for m in measures
    ]


def workbook(
    advice: Advice | None,
    suggestions: Iterable[Suggestion],
    totals: Iterable[Total],
    measures: Iterable[Measure],
) -> bytes:
    """Three sheets: 管控建议, 减排核算 and 减排清单."""
    memory = io.BytesIO()
    suggested, listed = suggestion_rows(suggestions), list_rows(measures)
    # Sums have no column for it, so the sentence above them says it.
    mark = "（模拟）" if any(row["模拟"] for row in (*suggested, *listed)) else ""
    with Book(memory) as book:
        head = f"{advice.region.name} {_time(advice.issued)} 预报{mark}：{advice.sentence}" if advice else ""
        add_records(book, "管控建议", head, suggested)
        add_records(book, "减排核算", head, [_total_row(t) for t in totals])
        add_records(book, "减排清单", f"登记中的应急减排清单{mark}", listed)
    return memory.getvalue()


def _total_row(total: Total) -> dict[str, Any]:
    return {
        "污染物": total.label,
        "清单合计 (kg/日)": round(total.listed, 1),
        "本次建议 (kg/日)": round(total.suggested, 1),
        "已采纳 (kg/日)": round(total.decided, 1),
        "排放基数 (kg/日)": total.base,
        "清单占基数 (%)": _percent(total.listed_share),
        "已采纳占基数 (%)": _percent(total.decided_share),
        "要求 (%)": round(100 * total.needed),
        "结论": total.verdict,
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def _time(at: datetime | None) -> str:
    return f"{at.astimezone(CST):%Y-%m-%d %H:%M}" if at else ""
