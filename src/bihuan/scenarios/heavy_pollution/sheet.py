"""会商单: the consultation sheet, every number computed from the store, the frozen run and the decisions."""

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from bihuan.archive import Archive
from bihuan.domain.control.warning import NAMES
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.standards import SHOWN, missing_items, realtime_index
from bihuan.domain.statistics import city_hours
from bihuan.domain.timeaxis import CST, label_of_start
from bihuan.english import Written, head_note, joined, told
from bihuan.printable import printable
from bihuan.registry.models import Site
from bihuan.registry.subjects import there_on
from bihuan.scenarios.heavy_pollution.in_force import warning_in_force
from bihuan.scenarios.heavy_pollution.models import Advice, Suggestion
from bihuan.scenarios.heavy_pollution.totals import DECIDED, Total, listed_now, totals

MARK = " (模拟)"
EMPTY = "—"
OPEN = Suggestion.Status.OPEN
OPEN_ROWS = 30
LEVELS = ("优", "良", "轻度", "中度", "重度", "严重")


@dataclass(frozen=True)
class Sheet:
    """Tables of text, first row the head; the page and the Word file show the same ones."""

    advice: Advice
    title: str
    simulated: bool
    now_say: str
    air: list[list[str]]
    forecast: list[list[str]]
    chances: str
    reductions: list[list[str]]
    measures_say: str
    measures: list[list[str]]
    decision: str
    signers: tuple[str, ...] = ("生态环境部门", "气象部门", "指挥部办公室")


def sheet_of(advice: Advice, suggestions: Sequence[Suggestion], now: datetime) -> Sheet:
    """The sheet as of `now`. `suggestions` are those of the advice that the reader may see; the listed level's count."""
    air = air_now(advice, now)
    suggestions = listed_now(advice.listed_level, suggestions)
    shown = [s for s in suggestions if s.status in DECIDED]
    shown += [s for s in suggestions if s.status == OPEN][:OPEN_ROWS]
    sums = totals(advice.region, advice.listed_level, suggestions) if advice.listed_level else []
    return Sheet(
        advice=advice,
        title=f"{advice.region.name}重污染天气会商单",
        simulated=any(s.simulated for s in suggestions),
        now_say=_now_say(air),
        air=[
            ["点位", "时间", "PM2.5 µg/m³", "PM10 µg/m³", "O3 µg/m³", "AQI", "级别", "首要污染物"],
            *map(_air_row, air),
        ],
        forecast=[
            ["日期", "AQI 中位数", "AQI 80% 区间", *[f"{n} 概率" for n in LEVELS], "首要污染物"],
            *map(_day_row, advice.days),
        ],
        chances="；".join(f"{n}及以上 {advice.probabilities[k]:.0%}" for k, n in NAMES.items()),
        reductions=[
            ["污染物", "清单合计 kg/日", "已采纳 kg/日", "清单占基数", "要求", "结论"],
            *map(_sum_row, sums),
        ],
        measures_say=_measures_say(suggestions),
        measures=[
            ["序号", "单位", "区县", "分级", "措施", "减排 kg/日", "处理"],
            *map(_measure_row, shown),
        ],
        decision=joined(_running(advice, now), *_decision(advice)),
    )


def air_now(advice: Advice, now: datetime) -> list[dict[str, Any]]:
    """The newest hour of every evaluated station and, as `全市`, their mean at the newest hour; worst first."""
    there = Site.objects.filter(there_on(now.astimezone(CST).date()), city=advice.region, evaluated=True)
    sites = {s.code: s.name for s in there}
    rows = Archive(Path(settings.DATA_DIR) / "archive").ambient.latest(as_of=now, sites=list(sites))
    if rows.is_empty():
        return []
    judged = _judged(rows.select("site", "start", *ITEM_NAMES)).sort("aqi", descending=True, nulls_last=True)
    newest = rows.filter(pl.col("start") == pl.col("start").max())
    members = pl.DataFrame({"site": list(sites), "city": advice.region_id})
    whole = _judged(city_hours(newest, members))
    named = [{**r, "name": sites[r["site"]]} for r in judged.to_dicts()]
    return [{**whole.row(0, named=True), "name": f"全市（{newest.height} 个点位平均）"}, *named]


def _judged(hours: pl.DataFrame) -> pl.DataFrame:
    return realtime_index(hours, rules=SHOWN).with_columns(missing=missing_items())


def _now_say(air: list[dict[str, Any]]) -> str:
    if not air:
        return "近两日没有收到国控点位数据，现状须人工核实。"
    city, worst = air[0], next((r for r in air[1:] if r["aqi"] is not None), None)
    index = f"{city['aqi']}（{LEVELS[city['level'] - 1]}）" if city["level"] else f"不全（{_lacking(city)}）"
    said = f"{_label(city['start'])}，全市 AQI {index}，PM2.5 {_whole(city['pm25'])} µg/m³"
    return f"{said}；最高为{worst['name']} AQI {worst['aqi']}。" if worst else f"{said}。"


def _lacking(row: dict[str, Any]) -> str:
    return f"缺 {row['missing'].replace(',', '、')}" if row["missing"] else EMPTY


def _air_row(row: dict[str, Any]) -> list[str]:
    level = LEVELS[row["level"] - 1] if row["level"] else _lacking(row)
    values = [_whole(row[i]) for i in ("pm25", "pm10", "o3", "aqi")]
    return [row["name"], _label(row["start"]), *values, level, row["primary"] or EMPTY]


def _day_row(day: dict[str, Any]) -> list[str]:
    on = date.fromisoformat(day["date"])
    chances = [EMPTY if day[f"p{k}"] is None else f"{day[f'p{k}']:.0%}" for k in range(1, 7)]
    span = f"{_whole(day['q10'])}–{_whole(day['q90'])}"
    return [f"{on.month}月{on.day}日", _whole(day["q50"]), span, *chances, day["primary"] or EMPTY]


def _sum_row(total: Total) -> list[str]:
    share = EMPTY if total.listed_share is None else f"{total.listed_share:.1%}"
    return [
        total.label,
        f"{total.listed:.0f}",
        f"{total.decided:.0f}",
        share,
        f"≥{total.needed:.0%}",
        total.verdict,
    ]


def _measure_row(row: Suggestion) -> list[str]:
    case, why = f" {row.case.number}" if row.case else "", f"：{row.reason}" if row.reason else ""
    done = Written(f"{told(row.get_status_display())}{case}{why}")
    name = row.emitter.name + (MARK if row.simulated else "")
    kg = f"{row.pollutant_label} {row.final_kg:.1f}"
    return [str(row.rank), name, row.region.name, row.emitter.grade, Written(row.final_text), kg, done]


def _measures_say(suggestions: Sequence[Suggestion]) -> str:
    counts = Counter(s.status for s in suggestions)
    decided = sum(counts[s] for s in DECIDED)
    open_, refused = counts[OPEN], counts[Suggestion.Status.REFUSED]
    rest = f"，下表只列前 {OPEN_ROWS} 条，其余见 Excel" if open_ > OPEN_ROWS else ""
    return f"已采纳或执行中 {decided} 条，未采纳 {refused} 条，待处理 {open_} 条{rest}。"


def _running(advice: Advice, now: datetime) -> str:
    running = warning_in_force(advice.region, now)
    if running is None:
        return ""
    until = f"，预计至 {_time(running.until)}" if running.until else ""
    return f"{running.level_name}自 {_time(running.since)} 起生效{until}。"


def _decision(advice: Advice) -> tuple[str, ...]:
    if advice.decision == Advice.Decision.OPEN:
        return ("会商决定：待定。",)
    level = f"{advice.get_started_level_display()}预警" if advice.started_level else ""
    why = ("理由：", Written(f"{advice.reason}。")) if advice.reason else ()
    by = f"决定人：{advice.decided_by}，{_time(advice.decided_at)}。"
    return (f"会商决定：{advice.get_decision_display()}{level}。", *why, by)


def _whole(value: float | None) -> str:
    return EMPTY if value is None else f"{value:.0f}"


def _label(start: datetime) -> str:
    return f"{label_of_start(start):%m-%d %H:%M}"


def _time(at: datetime | None) -> str:
    return f"{at.astimezone(CST):%Y-%m-%d %H:%M}" if at else EMPTY


def word(sheet: Sheet) -> bytes:
    """The sheet as a .docx with signature lines."""
    page = Document()
    style = page.styles["Normal"]
    style.font.name, style.font.size = "FangSong", Pt(11)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    head_note(page)
    heading = page.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = heading.add_run(printable(told(sheet.title) + (told(MARK) if sheet.simulated else "")))
    run.bold, run.font.size = True, Pt(18)
    advice = sheet.advice
    page.add_paragraph(told(f"预报时间 {_time(advice.issued)}    预报编号 {advice.run_id}"))
    _part(page, "一、当前空气质量", [sheet.now_say], sheet.air)
    _part(
        page, "二、预报（概率）", [advice.sentence, f"达到预警级别的概率：{sheet.chances}。"], sheet.forecast
    )
    rule = [
        f"建议级别：{advice.level_name}。",
        f"规则：{advice.rule}",
        *advice.rule_text.splitlines(),
        f"来源：{advice.rule_source}",
    ]
    _part(page, "三、预警规则与建议", rule, [])
    _part(page, "四、减排核算", [advice.need], sheet.reductions)
    _part(page, "五、管控措施", [sheet.measures_say], sheet.measures)
    _part(page, "六、会商决定", [sheet.decision], [])
    for role in sheet.signers:
        page.add_paragraph(told(f"{role}（签字）：____________________    日期：______年____月____日"))
    out = io.BytesIO()
    page.save(out)
    return out.getvalue()


def _part(page: Any, title: str, lines: list[str], rows: list[list[str]]) -> None:
    page.add_paragraph().add_run(told(title)).bold = True
    for line in lines:
        page.add_paragraph(printable(told(line)))
    if len(rows) < 2:
        return
    table = page.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = printable(told(text))
