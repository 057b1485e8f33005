"""The month report of a city's sections (地表水环境质量月报): sentences, the official table, the ranking of counties."""

from collections.abc import Iterator, Sequence
from functools import partial

from django.utils.translation import gettext as _

from bihuan.domain.standards.surface_water import items
from bihuan.domain.standards.surface_water.states import Shares
from bihuan.domain.standards.surface_water.trophic import Trophic
from bihuan.english import Written
from bihuan.kit.paper import a4, as_docx, line, table
from bihuan.kit.tables import Sheet, Table
from bihuan.kit.tables import table as columns
from bihuan.scenarios.water_sections.happened import Happened, told_events
from bihuan.scenarios.water_sections.view import Line, Month, roman

HEAD = ("断面", "区划", "目标", "本月", "主要污染指标", "上月", "环比", "上年同月", "同比", "累计", "达标")


def title_of(month: Month) -> str:
    """What the report is called."""
    return f"地表水断面月报{month.first:%Y-%m}"


def as_word(month: Month, events: Sequence[Happened]) -> bytes:
    """The paper. events: what happened in the month."""
    page = a4()
    line(page, f"地表水环境质量月报（{month.first:%Y-%m}）", size=16, bold=True, centre=True)
    for sentence in sentences(month):
        line(page, sentence)
    for sentence in told_events(events):
        line(page, sentence)
    line(page, "断面水质", bold=True)
    table(page, HEAD, [_row(each) for each in month.lines])
    line(page, "县区排名", bold=True)
    table(page, ("名次", "县区", "达标断面", "优良比例", "劣Ⅴ类比例"), [
        (str(n), Written(c.name), f"{c.reached}/{c.with_target}", _share(c.shares.good_share), _share(c.shares.worse_share))
        for n, c in enumerate(month.counties, 1)
    ])  # fmt: skip
    line(
        page,
        "评价依据 GB 3838-2002 和环办〔2011〕22号；自动站月均值为日均值的平均，水温、总氮和粪大肠菌群不参与评价。",
    )
    return as_docx(page)


def sentences(month: Month) -> Iterator[str]:
    """The month in words, with what it leaves out."""
    known = month.shares
    yield f"断面 {len(month.lines)} 个，有水质类别 {known.sections} 个。"
    if known.sections:
        yield f"优良（Ⅰ—Ⅲ类）{known.good} 个，占 {_share(known.good_share)}；劣Ⅴ类 {known.worse} 个，占 {_share(known.worse_share)}。"
        yield f"总体水质：{month.state.chinese if month.state else '—'}。环比：{month.on_month}；同比：{month.on_year}。"
    if month.main:
        yield f"主要污染指标：{month.main}。"
    missed = [each for each in month.lines if each.reached is False]
    if missed:
        yield f"本月未达到目标：{'、'.join(each.section.name for each in missed)}。"
    if month.unmeasured:
        yield f"没有数据、不计入的：{'、'.join(s.name for s in month.unmeasured)}。"
    for each in month.lines:
        if each.besides.missing:
            yield f"{each.section.name}：考核 {each.besides.said}，本月未测 {'、'.join(each.besides.missing)}。"
    for each in month.lines:
        if each.nutrition and each.nutrition.state:
            state = each.nutrition.state
            yield f"{each.section.name}：综合营养状态指数 {state.index:.1f}，{state.level}；依据 {each.nutrition.rests_on}。"


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}%"


def kept(value: bool | None) -> str:
    """Is the target kept? In Chinese."""
    return {None: "—", True: "达到", False: "未达到"}[value]


def _row(each: Line) -> tuple[str, ...]:
    return (
        Written(each.section.name), Written(each.section.region.name), roman(each.target), roman(each.found), each.main or "—",
        roman(each.before), each.on_month, roman(each.last_year), each.on_year, roman(each.so_far), kept(each.reached),
    )  # fmt: skip


def sheets(month: Month, events: Sequence[Happened]) -> list[Sheet]:
    """The table of sections, their values, the ranking, and what happened."""
    return [
        Sheet(_("断面"), _lines(month)),
        Sheet(_("项目均值"), _means(month)),
        Sheet(_("县区排名"), _counties(month)),
        Sheet(_("水质突变"), _events(events)),
    ]


def _lines(month: Month) -> Table:
    return columns(
        {
            _("编码"): lambda x: x.section.code,
            **{_(head): partial(_cell, n) for n, head in enumerate(HEAD)},
            _("全年目标"): lambda x: kept(x.year_reached),
            _("考核项目"): lambda x: x.besides.said,
            _("本月未测"): lambda x: "、".join(x.besides.missing),
            _("综合营养状态指数"): lambda x: round(s.index, 1) if (s := _state(x)) else None,
            _("营养状态"): lambda x: s.level if (s := _state(x)) else "",
            _("营养状态依据"): lambda x: x.nutrition.rests_on if x.nutrition else "",
            _("模拟"): lambda x: _("模拟") if x.section.simulated else "",
        },
        month.lines,
    )


def _state(each: Line) -> Trophic | None:
    return each.nutrition.state if each.nutrition else None


def _cell(place: int, each: Line) -> str:
    return _row(each)[place]


def _value(name: str, each: Line) -> float | None:
    return each.values.get(name)


def _means(month: Month) -> Table:
    there = [n for n in items() if any(each.values.get(n) is not None for each in month.lines)]
    heads = {f"{_(items()[n].chinese)} {items()[n].unit}".strip(): partial(_value, n) for n in there}
    return columns({_("断面"): lambda x: Written(x.section.name), **heads}, month.lines)


def _counties(month: Month) -> Table:
    return columns(
        {
            _("名次"): lambda p: p[0],
            _("县区"): lambda p: Written(p[1].name),
            _("达标断面"): lambda p: p[1].reached,
            _("有目标的断面"): lambda p: p[1].with_target,
            _("优良比例"): lambda p: _of(p[1].shares, good=True),
            _("劣Ⅴ类比例"): lambda p: _of(p[1].shares, good=False),
        },
        list(enumerate(month.counties, 1)),
    )


def _events(events: Sequence[Happened]) -> Table:
    return columns(
        {
            _("断面"): lambda e: Written(e.finding.target_name),
            _("起"): lambda e: e.finding.started_at,
            _("止"): lambda e: e.finding.until,
            _("经过"): lambda e: e.finding.title,
            _("问题"): lambda e: e.case.number if e.case else "",
            _("状态"): lambda e: e.case.get_state_display() if e.case else _("未立案"),
            _("销号时间"): lambda e: e.case.closed_at if e.case else None,
        },
        events,
    )


def _of(found: Shares, *, good: bool) -> float | None:
    share = found.good_share if good else found.worse_share
    return None if share is None else round(share, 1)
