"""会商单: the consultation sheet, every number computed from the store, the frozen run and the decisions."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
from django.conf import settings

from bihuan.archive import Archive
from bihuan.domain.control.warning import NAMES as WARNINGS
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.standards import SHOWN, missing_items, realtime_index
from bihuan.domain.statistics import city_hours
from bihuan.domain.timeaxis import CST, label_of_start
from bihuan.english import Written, joined, told
from bihuan.kit import paper
from bihuan.kit.shown import NAMES, number, percent
from bihuan.registry.models import Site
from bihuan.registry.subjects import there_on
from bihuan.scenarios.heavy_pollution.in_force import warning_in_force
from bihuan.scenarios.heavy_pollution.models import Advice, Suggestion
from bihuan.scenarios.heavy_pollution.totals import DECIDED, Total, listed_now, totals

MARK = " (模拟)"
EMPTY = "—"
OPEN = Suggestion.Status.OPEN
OPEN_ROWS = 30
Row = TypeVar("Row")


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
        air=_grid(AIR, air),
        forecast=_grid(FORECAST, advice.days),
        chances="；".join(f"{n}及以上 {advice.probabilities[k]:.0%}" for k, n in WARNINGS.items()),
        reductions=_grid(REDUCTIONS, sums),
        measures_say=_measures_say(suggestions),
        measures=_grid(MEASURES, shown),
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
    index = f"{city['aqi']}（{NAMES[city['level']]}）" if city["level"] else f"不全（{_lacking(city)}）"
    said = f"{_label(city['start'])}，全市 AQI {index}，PM2.5 {number(city['pm25'])} µg/m³"
    return f"{said}；最高为{worst['name']} AQI {worst['aqi']}。" if worst else f"{said}。"


def _lacking(row: dict[str, Any]) -> str:
    return f"缺 {row['missing'].replace(',', '、')}" if row["missing"] else EMPTY


def _label(start: datetime) -> str:
    return f"{label_of_start(start):%m-%d %H:%M}"


def _day(day: dict[str, Any]) -> str:
    on = date.fromisoformat(day["date"])
    return f"{on.month}月{on.day}日"


def _chance(name: str, day: dict[str, Any]) -> str:
    return percent(day[name])


def _done(row: Suggestion) -> Written:
    case, why = f" {row.case.number}" if row.case else "", f"：{row.reason}" if row.reason else ""
    return Written(f"{told(row.get_status_display())}{case}{why}")


AIR: dict[str, Callable[[dict[str, Any]], str]] = {
    "点位": lambda r: r["name"], "时间": lambda r: _label(r["start"]), "PM2.5 µg/m³": lambda r: number(r["pm25"]),
    "PM10 µg/m³": lambda r: number(r["pm10"]), "O3 µg/m³": lambda r: number(r["o3"]), "AQI": lambda r: number(r["aqi"]),
    "级别": lambda r: NAMES[r["level"]] if r["level"] else _lacking(r), "首要污染物": lambda r: r["primary"] or EMPTY,
}  # fmt: skip
FORECAST: dict[str, Callable[[dict[str, Any]], str]] = {
    "日期": _day, "AQI 中位数": lambda d: number(d["q50"]), "AQI 80% 区间": lambda d: f"{number(d['q10'])}–{number(d['q90'])}",
    **{f"{name} 概率": partial(_chance, f"p{level}") for level, name in NAMES.items()},
    "首要污染物": lambda d: d["primary"] or EMPTY,
}  # fmt: skip
REDUCTIONS: dict[str, Callable[[Total], str]] = {
    "污染物": lambda t: t.label, "清单合计 kg/日": lambda t: f"{t.listed:.0f}", "已采纳 kg/日": lambda t: f"{t.decided:.0f}",
    "清单占基数": lambda t: percent(t.listed_share, 1), "要求": lambda t: f"≥{t.needed:.0%}", "结论": lambda t: t.verdict,
}  # fmt: skip
MEASURES: dict[str, Callable[[Suggestion], str]] = {
    "序号": lambda s: str(s.rank), "单位": lambda s: s.emitter.name + (MARK if s.simulated else ""), "区县": lambda s: s.region.name,
    "分级": lambda s: s.emitter.grade, "措施": lambda s: Written(s.final_text),
    "减排 kg/日": lambda s: f"{s.pollutant_label} {s.final_kg:.1f}", "处理": _done,
}  # fmt: skip


def _grid(columns: Mapping[str, Callable[[Row], str]], rows: Iterable[Row]) -> list[list[str]]:
    return [list(columns), *([cell(row) for cell in columns.values()] for row in rows)]


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


def _time(at: datetime | None) -> str:
    return f"{at.astimezone(CST):%Y-%m-%d %H:%M}" if at else EMPTY


def word(sheet: Sheet) -> bytes:
    """The sheet as a .docx with signature lines."""
    page, advice = paper.a4(11), sheet.advice
    mark = told(MARK) if sheet.simulated else ""
    paper.line(page, Written(told(sheet.title) + mark), size=18, bold=True, centre=True)
    paper.line(page, f"预报时间 {_time(advice.issued)}    预报编号 {advice.run_id}")
    _part(page, "一、当前空气质量", [sheet.now_say], sheet.air)
    chances = f"达到预警级别的概率：{sheet.chances}。"
    _part(page, "二、预报（概率）", [advice.sentence, chances], sheet.forecast)
    rule = [f"建议级别：{advice.level_name}。", f"规则：{advice.rule}", *advice.rule_text.splitlines()]
    _part(page, "三、预警规则与建议", [*rule, f"来源：{advice.rule_source}"])
    _part(page, "四、减排核算", [advice.need], sheet.reductions)
    _part(page, "五、管控措施", [sheet.measures_say], sheet.measures)
    _part(page, "六、会商决定", [sheet.decision])
    for role in sheet.signers:
        paper.line(page, f"{role}（签字）：____________________    日期：______年____月____日")
    return paper.as_docx(page)


def _part(page: Any, title: str, lines: Sequence[str], rows: Sequence[list[str]] = ()) -> None:
    paper.line(page, title, bold=True)
    for text in lines:
        paper.line(page, text)
    if len(rows) > 1:
        paper.table(page, rows[0], rows[1:])
