"""The monthly report on the forecast as Word (told in the language of the reader): every number is computed."""

from collections.abc import Sequence
from typing import Any

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.kit import paper
from bihuan.kit.shown import item_label, number
from bihuan.scenarios.forecast.scores import columns, drift, gathering, opinions, splits, tables
from bihuan.scenarios.forecast.scores.columns import Column
from bihuan.scenarios.forecast.scores.gathering import Gathered, Span

SEASON_MONTHS = 12


def document(span: Span, place: str, name: str, stations: dict[str, str]) -> bytes:
    """The .docx of a month and place; where nothing was issued it says so and holds no table."""
    page = paper.a4()
    year, month = span.key.split("-")
    paper.line(page, "空气质量预报检验月报", size=18, bold=True, centre=True)
    paper.line(page, f"{name}　{year}年{int(month)}月", size=11, centre=True)
    found = gathering.gathered(place, span)
    if found is None:
        paper.line(page, "本月没有起报，无从检验。")
    else:
        _sections(page, found, stations)
    paper.line(page, footer(), size=8)
    return paper.as_docx(page)


def _sections(page: Any, g: Gathered, stations: dict[str, str]) -> None:
    comparison = tables.comparison(g)
    _part(page, "一、概况", overview(g, comparison))
    _part(page, "二、逐小时误差", [columns.HOURS_NOTE], columns.ERRORS, tables.errors(g))
    _part(page, "三、与参照方法相比", [columns.COMPARED_NOTE], columns.COMPARED, comparison)
    _part(
        page,
        "四、超标预报",
        [columns.EVENTS_NOTE],
        columns.EVENTS,
        [r for r in tables.events(g) if r["happened"]],
    )
    _part(page, "五、区间与概率", [columns.BANDS_NOTE], columns.BANDS, tables.intervals(g))
    _part(page, "", [], columns.BRIER, tables.brier(g))
    _part(page, "", ["PM2.5 小时浓度超过 75 µg/m³ 的概率的可靠性："], columns.RELIABLE, tables.reliability(g))
    _part(page, "六、日 AQI 预报", [columns.hits_note()], columns.HITS, tables.hits(g))
    people = opinions.rows(g)
    if people:
        _part(page, "", [columns.OPINIONS_NOTE], columns.OPINIONS, people)
    _part(page, "七、日均值与参照之比", [columns.FAIRMODE_NOTE], columns.INDICATORS, tables.indicators(g))
    _part(page, "八、污染过程", [columns.episodes_note()], columns.EPISODES, tables.episodes(g))
    rows, better = tables.by_site(g.span, stations)
    lines = (
        [f"{len(rows)} 个点位中 {better[0]:.0%} 的点位优于持续性（常用要求 90%）。"]
        if better
        else ["没有点位预报。"]
    )
    _part(page, "九、各点位（PM2.5，前 24 小时）", lines, columns.SITES, rows)
    _part(page, "十、逐日误差（前 24 小时）", [columns.DAYS_NOTE], columns.DAYS, tables.by_day(g))
    _part(
        page,
        "十一、按天气与当日空气质量（PM2.5）",
        [columns.kinds_note()],
        columns.KINDS,
        splits.by_weather(g),
    )
    months = [m for m in gathering.months() if m <= g.span.key][:SEASON_MONTHS]
    _part(
        page,
        "十二、按季节（截至本月的 12 个月）",
        [columns.SEASONS_NOTE],
        columns.SEASONS,
        splits.by_season(g.place, months),
    )
    _part(
        page,
        "十三、漂移监视（截至制表时近 14 天）",
        [d.text for d in drift.shown()] or ["近 14 天没有起报。"],
    )


def _part(
    page: Any,
    heading: str,
    lines: Sequence[str],
    shown: Sequence[Column] = (),
    rows: Sequence[dict[str, Any]] = (),
) -> None:
    """A heading, sentences, and a table; a table without rows becomes a sentence."""
    if heading:
        paper.line(page, heading, size=11, bold=True)
    for text in lines:
        paper.line(page, text)
    if rows:
        paper.table(page, [head for head, _ in shown], [[cell(r) for _, cell in shown] for r in rows])
    elif shown:
        paper.line(page, "没有可评的样本。")


def overview(g: Gathered, comparison: Sequence[dict[str, Any]]) -> list[str]:
    """How much was issued and scored, and what follows in one sentence for each item."""
    issued = g.said["issued"].unique().sort().dt.convert_time_zone("Asia/Shanghai")
    scored = g.hours.filter(g.hours["model"] == "ours").height
    lines = [
        f"共起报 {len(issued)} 次（{issued[0]:%m-%d %H:%M} 至 {issued[-1]:%m-%d %H:%M}），"
        f"有实测可评的逐小时预报 {scored} 个，有实测可评的日 {g.days['date'].n_unique()} 天。"
    ]
    for r in comparison:
        if r["model"] == "persistence" and r["block"] in ("1-24", "49-72"):
            lines.append(
                f"{item_label(r['item'])} 第 {r['block']} 小时：均方根误差 {r['ours']:.1f}，"
                f"持续性 {r['other']:.1f}，比值 {number(r['ratio'], 2)}{_interval(r)}，{r['verdict']}。"
            )
    return lines


def _interval(r: dict[str, Any]) -> str:
    return "" if r["ratio_low"] is None else f"（90% 区间 {r['ratio_low']:.2f}–{r['ratio_high']:.2f}）"


def footer() -> str:
    """When it was made and from what."""
    return (
        f"制表 {clock.now().astimezone(CST):%Y-%m-%d %H:%M}（北京时间）。预报取自已冻结的各次起报，实测为制表时已收到并经审核的值，"
        "未扣除沙尘；浓度单位 µg/m³。本表由系统计算生成。"
    )
