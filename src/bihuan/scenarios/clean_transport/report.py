"""The monthly report upward (清洁运输月报): sentences and tables of a Word paper, from the same numbers as the pages."""

from collections.abc import Iterator, Sequence

from bihuan.domain.vehicles.clean.tonnes import CLEAN_MODES
from bihuan.english import Written
from bihuan.kit.paper import a4, as_docx, line, table
from bihuan.kit.shown import number
from bihuan.scenarios.clean_transport.tables import met_words
from bihuan.scenarios.clean_transport.view import Line, Whole, percent_words, since_words

MAIN = "铁路、水路、管道、管带"
COLUMNS = {
    "合计": ("total",),
    MAIN: CLEAN_MODES,
    "新能源汽车": ("new_energy",),
    "国六": ("six",),
    "国五及以下": ("other",),
    "不明": ("unknown",),
}
HEAD = (*(f"{title}（万t）" for title in COLUMNS), "未称重车次", "清洁运输比例", "国六计入")
NOTE = "清洁运输比例按大宗物料和产品的称重吨数计；燃料或阶段不明的吨数不摊给任何一类，比例写成区间；没有称重的车次不折成吨。各方式之和等于合计。"
TEN_THOUSAND = 10_000


def title_of(whole: Whole) -> str:
    """What the report is called."""
    return f"清洁运输月报{whole.span}"


def as_word(whole: Whole, reporting: int) -> bytes:
    """The paper. reporting: how many units sent their 清洁运输统计表."""
    page = a4()
    line(page, title_of(whole), size=16, bold=True, centre=True)
    for sentence in sentences(whole, reporting):
        line(page, sentence)
    line(page, "行业", bold=True)
    table(
        page,
        ("行业", *HEAD),
        [(Written(x.name), *_cells(x)) for x in whole.grouped("industry")] + [("合计", *_cells(whole.total))],
    )
    line(page, "用车单位", bold=True)
    told = [x for x in whole.grouped("unit") if not x.silent]
    table(page, ("用车单位", "目标", *HEAD), [(Written(x.name), _judged(x), *_cells(x)) for x in told])
    line(page, "目标的依据", bold=True)
    table(page, ("行业", "绩效分级", "目标", "自", "依据", "可信程度"), [
        (g.industry, g.grade or "—", percent_words(g), since_words(g) or "—", g.source, g.mark) for g, _n in whole.goals
    ])  # fmt: skip
    line(page, NOTE)
    return as_docx(page)


def _judged(x: Line) -> str:
    return f"{percent_words(x.goal)}（{met_words(x)}）" if x.goal else "—"


def _cells(x: Line) -> tuple[str, ...]:
    sums = (
        number(sum(x.sums[n] for n in names) / TEN_THOUSAND if x.weighed else None, 2)
        for names in COLUMNS.values()
    )
    return (*sums, "—" if x.silent else str(x.sums["unweighed"]), x.without_six, x.with_six)


def sentences(whole: Whole, reporting: int) -> Iterator[str]:
    """The months in words, with what they leave out."""
    lines, total = whole.grouped("unit"), whole.total
    known = [x for x in lines if not x.silent]
    yield f"重点用车单位 {len(lines)} 家，有门禁称重或批次数据的 {len(known)} 家，上报清洁运输统计表的 {reporting} 家。"
    yield f"运输量合计 {number(total.sums['total'] / TEN_THOUSAND, 2)} 万t，清洁运输比例 {total.without_six}，国六计入后 {total.with_six}。"
    unknown = total.sums["unknown"]
    if unknown or total.sums["unweighed"]:
        yield f"燃料或阶段不明 {number(unknown / TEN_THOUSAND, 2)} 万t，没有称重的 {total.sums['unweighed']} 车次，均未折算。"
    yield from _goals(lines)
    silent = [x.name for x in lines if x.silent]
    if silent:
        yield f"没有数据的单位 {len(silent)} 家。"


def _goals(lines: Sequence[Line]) -> Iterator[str]:
    asked = [x for x in lines if x.goal]
    if not asked:
        return
    met, missed = (sum(x.met is value for x in asked) for value in (True, False))
    yield f"有比例要求的 {len(asked)} 家：达到 {met} 家，未达到 {missed} 家，不能确定 {len(asked) - met - missed} 家。"
    for x in asked:
        if x.met is False and x.goal:
            yield f"{x.name}：{x.without_six}（国六计入 {x.with_six}），低于目标 {percent_words(x.goal)}。"
