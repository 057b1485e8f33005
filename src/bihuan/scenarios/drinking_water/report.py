"""The report of a region's sources over a month or a year: rates with what is missing, water by source, rounds, problems, score."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from bihuan.english import Written
from bihuan.kit.inspection.rounds import report as of_round
from bihuan.kit.inspection.rounds.planning import rounds_of
from bihuan.kit.paper import a4, as_docx, line, table
from bihuan.kit.shown import percent
from bihuan.kit.tables import Sheet, Table
from bihuan.kit.tables import table as columns
from bihuan.registry.models import Person, Region
from bihuan.scenarios.drinking_water.models import Source
from bihuan.scenarios.drinking_water.quality import GROUND, Judged, Verdict
from bihuan.scenarios.drinking_water.settings import in_force
from bihuan.scenarios.drinking_water.view import FORM, Told, Whole


def title_of(whole: Whole, region: Region | None) -> str:
    """What the report is called."""
    return f"{region.name if region else ''}饮用水水源地{whole.span.text}"


def as_word(whole: Whole, region: Region | None, person: Person) -> bytes:
    """The paper, of what the person may see."""
    page = a4()
    line(page, title_of(whole, region), size=16, bold=True, centre=True)
    for sentence in sentences(whole):
        line(page, sentence)
    line(page, "水源地", bold=True)
    table(
        page, ("水源地", "类型", "日供水量（m³/d）", "水质", "超标项目", "管理得分", "综合得分", "等级"),
        [_row(told) for told in whole.rows],
    )  # fmt: skip
    line(page, "综合得分的权重和等级按通常引用的 HJ 774-2015，未核对原文。")
    rounds = rounds_of(person).filter(form=FORM, since__lt=whole.span.end, until__gte=whole.span.start)
    for found in rounds.filter(region=region) if region else rounds:
        line(page, Written(found.title), size=13, bold=True)
        of_round.write(page, found, person)
    return as_docx(page)


def _row(told: Told) -> tuple[str, ...]:
    source, score = told.source, told.score
    return (
        Written(source.name), source.get_kind_display(), number(source.quantity), standing(told.verdict),
        exceeded(told.verdict), number(score.management), number(score.total), score.level,
    )  # fmt: skip


def sentences(whole: Whole) -> Iterator[str]:
    """The rates in words, and what they leave out."""
    rates = whole.rates
    yield f"水源地 {len(whole.rows)} 个，有水质数据 {rates.judged} 个，达标 {rates.compliant} 个。"
    yield f"达标率：按个数 {percent(rates.by_count, 1)}，按水量 {percent(rates.by_quantity, 1)}。"
    if whole.unmeasured:
        yield f"没有可评价水质数据、未计入的：{_names(whole.unmeasured)}。"
    if whole.unweighed:
        yield f"没有登记供水量、未计入按水量达标率的：{_names(whole.unweighed)}。"
    few = [
        told.source
        for told in whole.rows
        if told.verdict.items and len(told.verdict.items) < wanted(told.source)
    ]
    if few:
        yield f"监测项目少于应测项目、只评价已测项目的：{_names(few)}。"


def _names(sources: list[Source]) -> str:
    return "、".join(source.name for source in sources)


def wanted(source: Source) -> int:
    """How many items a source of its kind should be measured for."""
    return in_force().items_ground if source.kind == GROUND else in_force().items_surface


def number(value: float | None) -> str:
    """A number as it is shown, a dash for none."""
    return "—" if value is None else f"{value:.10g}" if value == int(value) else f"{value:.1f}"


def standing(verdict: Verdict) -> str:
    """Whether the water keeps its class, in Chinese."""
    return {None: "没有数据", True: "达标", False: "超标"}[verdict.compliant]


def exceeded(verdict: Verdict) -> str:
    """The items beyond their limits with the multiple, as GB 3838 evaluations write them."""
    return "、".join(map(_item, verdict.exceeded))


def _item(judged: Judged) -> str:
    multiple = judged.multiple
    return judged.limit.name if multiple is None else f"{judged.limit.name}（{multiple:.2f}）"


def sheets(whole: Whole) -> list[Sheet]:
    """The sources, and every item of each."""
    return [Sheet(_("水源地"), _sources(whole)), Sheet(_("水质"), _items(whole))]


def _sources(whole: Whole) -> Table:
    return columns(
        {
            _("编码"): lambda t: t.source.code,
            _("水源地"): lambda t: Written(t.source.name),
            _("区划"): lambda t: Written(t.source.region.name),
            _("水源类型"): lambda t: _(t.source.get_kind_display()),
            _("级别"): lambda t: _(t.source.get_rank_display()),
            _("责任单位"): lambda t: Written(str(t.source.organisation or "")),
            _("服务人口"): lambda t: t.source.people,
            _("日供水量（m³/d）"): lambda t: t.source.quantity,
            _("有数据的月数"): lambda t: len(t.verdict.months),
            _("评价项目数"): lambda t: len(t.verdict.items),
            _("应测项目数"): lambda t: wanted(t.source),
            _("水质"): lambda t: standing(t.verdict),
            _("超标项目"): lambda t: exceeded(t.verdict),
            _("水量得分"): lambda t: t.score.quantity,
            _("水质得分"): lambda t: t.score.quality,
            _("管理得分"): lambda t: t.score.management,
            _("综合得分"): lambda t: t.score.total,
            _("等级"): lambda t: t.score.level,
            _("模拟"): lambda t: _("模拟") if t.source.simulated else "",
        },
        whole.rows,
    )


def _items(whole: Whole) -> Table:
    lines = [(told, judged) for told in whole.rows for judged in told.verdict.items]
    return columns(
        {
            _("水源地"): lambda line: Written(line[0].source.name),
            _("项目"): lambda line: line[1].limit.name,
            _("均值"): lambda line: line[1].value,
            _("单位"): lambda line: line[1].limit.unit,
            _("下限"): lambda line: line[1].limit.low,
            _("上限"): lambda line: line[1].limit.high,
            _("水质"): lambda line: "达标" if line[1].kept else "超标",
            _("依据"): lambda line: line[1].limit.source,
        },
        lines,
    )
