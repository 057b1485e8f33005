"""Suggestions, the sums of their reductions and the reduction list, as they are taken away: a head, and what stands below it."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from bihuan.domain.timeaxis import CST
from bihuan.english import Written
from bihuan.kit.tables import Sheet, table
from bihuan.registry.models import Measure
from bihuan.scenarios.heavy_pollution.models import POLLUTANTS, Advice, Suggestion
from bihuan.scenarios.heavy_pollution.totals import Total

SUGGESTED: dict[str, Callable[[Suggestion], Any]] = {
    "序号": lambda s: s.rank, "单位": lambda s: s.emitter.name, "编码": lambda s: s.emitter_id,
    "类别": lambda s: s.emitter.get_kind_display(), "区县": lambda s: s.region.name, "行业": lambda s: s.emitter.industry,
    "绩效分级": lambda s: s.emitter.grade, "级别": lambda s: s.get_level_display(), "措施": lambda s: Written(s.final_text),
    "主要污染物": lambda s: s.pollutant_label, "减排量 (kg/日)": lambda s: round(s.final_kg, 1),
    "占同级清单 (%)": lambda s: _percent(s.share, 2), "为什么": lambda s: s.why, "依据": lambda s: s.basis,
    "状态": lambda s: s.get_status_display(), "理由": lambda s: Written(s.reason), "处理人": lambda s: str(s.decided_by or ""),
    "处理时间": lambda s: s.decided_at, "问题编号": lambda s: s.case.number if s.case else "",
    "模拟": lambda s: "是" if s.simulated else "",
}  # fmt: skip
LISTED: dict[str, Callable[[Measure], Any]] = {
    "编码": lambda m: m.emitter_id, "单位": lambda m: m.emitter.name, "类别": lambda m: m.emitter.get_kind_display(),
    "区县": lambda m: m.emitter.region.name, "行业": lambda m: m.emitter.industry, "绩效分级": lambda m: m.emitter.grade,
    "保障类": lambda m: "是" if m.emitter.guaranteed else "", "级别": lambda m: m.get_level_display(),
    "措施": lambda m: Written(m.text), "污染物": lambda m: POLLUTANTS.get(m.pollutant, m.pollutant),
    "减排量 (kg/日)": lambda m: m.kg_per_day, "依据": lambda m: m.basis,
    "模拟": lambda m: "是" if m.emitter.simulated else "",
}  # fmt: skip
SUMMED: dict[str, Callable[[Total], Any]] = {
    "污染物": lambda t: t.label, "清单合计 (kg/日)": lambda t: round(t.listed, 1), "本次建议 (kg/日)": lambda t: round(t.suggested, 1),
    "已采纳 (kg/日)": lambda t: round(t.decided, 1), "排放基数 (kg/日)": lambda t: t.base,
    "清单占基数 (%)": lambda t: _percent(t.listed_share), "已采纳占基数 (%)": lambda t: _percent(t.decided_share),
    "要求 (%)": lambda t: round(100 * t.needed), "结论": lambda t: t.verdict,
}  # fmt: skip


def sheets(
    advice: Advice | None, rows: Collection[Suggestion], sums: Iterable[Total], measures: Collection[Measure]
) -> tuple[Sheet, ...]:
    """Three sheets: 管控建议, 减排核算 and 减排清单. Sums have no column for it, so the sentence above says what is simulated."""
    simulated = any(s.simulated for s in rows) or any(m.emitter.simulated for m in measures)
    mark, head = "（模拟）" if simulated else "", ""
    if advice:
        issued = f"{advice.issued.astimezone(CST):%Y-%m-%d %H:%M}"
        head = f"{advice.region.name} {issued} 预报{mark}：{advice.sentence}"
    return (
        Sheet("管控建议", table(SUGGESTED, rows), head),
        Sheet("减排核算", table(SUMMED, sums), head),
        Sheet("减排清单", table(LISTED, measures), f"登记中的应急减排清单{mark}"),
    )


def _percent(share: float | None, decimals: int = 1) -> float | None:
    return None if share is None else round(100 * share, decimals)
