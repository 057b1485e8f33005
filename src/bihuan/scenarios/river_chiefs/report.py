"""Papers and workbooks: one river, and the league table."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from bihuan.cases.deadlines import until_text
from bihuan.cases.models import Case
from bihuan.english import Written
from bihuan.kit.paper import a4, as_docx, line, table
from bihuan.kit.shown import number, percent
from bihuan.kit.tables import Sheet, Table
from bihuan.kit.tables import table as columns
from bihuan.scenarios.river_chiefs.league import League, Row
from bihuan.scenarios.river_chiefs.rivers import Told


def of_river(told: Told) -> bytes:
    """Who answers for a river, what is open and until when, what was to be reached; as far as it is seen."""
    page = a4()
    line(page, Written(told.river.name), size=16, bold=True, centre=True)
    if told.river.simulated:
        line(page, "模拟", centre=True)
    line(page, "河长名单和巡河", bold=True)
    table(page, ("河段", "层级角色", "姓名", "职务", "状态", "最近巡河"), list(_held(told)))
    line(page, "未销号问题", bold=True)
    table(page, ("编号", "标题", "承办单位", "状态", "期限"), [_case(case) for case, _lamp in told.cases])
    line(page, "检察建议待回复", bold=True)
    table(page, ("编号", "标题", "承办单位", "状态", "期限"), [_case(case) for case, _lamp in told.replies])
    line(page, "一河一策目标", bold=True)
    table(
        page, ("任务措施", "指标", "目标值", "现值", "完成时限", "责任单位", "状态"),
        [
            (
                Written(s.goal.measure), Written(s.goal.indicator), Written(s.aim or "—"),
                "—" if s.entry is None or s.entry.value is None else f"{s.entry.value:.10g}", f"{s.goal.deadline}",
                Written(str(s.goal.organisation or "—")), s.word,
            )
            for s in told.goals
        ],
    )  # fmt: skip
    if told.score is not None:
        line(page, f"{told.score.year}年幸福河得分 {number(told.score.total, 1)}。", bold=True)
        table(page, tuple(told.score.groups), [tuple(number(v, 1) for v in told.score.groups.values())])
    return as_docx(page)


def _held(told: Told) -> Iterable[tuple[str, ...]]:
    for each in told.reaches:
        for held in each.held:
            duty, last = held.standing.duty, held.standing.last
            yield (
                Written(each.reach.name), duty.called, Written(duty.name), Written(duty.office or "—"), held.standing.word,
                f"{last}" if last else "—",
            )  # fmt: skip


def _case(case: Case) -> tuple[str, ...]:
    return (
        Written(case.number), Written(case.title), Written(str(case.organisation or "—")), case.get_state_display(),
        until_text(case.due) if case.due else "—",
    )  # fmt: skip


HEADS = ("名次", "名称", "发现", "已解决", "解决率", "反弹", "超期")


def of_league(found: League, since: date) -> bytes:
    """Both tables on one paper."""
    page = a4()
    line(page, f"河长制问题排名（{since} 起）", size=16, bold=True, centre=True)
    line(page, "按发现并核查销号的问题数排名，反弹的不计，不按里程。")
    for title, rows in (("县区", found.counties), ("河长和巡查员", found.people)):
        line(page, title, bold=True)
        table(page, HEADS, [_line(n, row) for n, row in enumerate(rows, 1)])
    return as_docx(page)


def _line(place: int, row: Row) -> tuple[str, ...]:
    name = f"{row.name}（模拟）" if row.simulated else row.name
    counts = (row.found, row.solved)
    return (
        f"{place}",
        Written(name),
        *map(str, counts),
        percent(row.rate),
        f"{row.relapsed}",
        f"{row.overdue}",
    )


def league_sheets(found: League) -> list[Sheet]:
    """A sheet of counties and one of people."""
    return [Sheet(_("县区"), _sheet(found.counties)), Sheet(_("河长和巡查员"), _sheet(found.people))]


def _sheet(rows: Iterable[Row]) -> Table:
    return columns(
        {
            _("名次"): lambda pair: pair[0],
            _("名称"): lambda pair: Written(pair[1].name),
            _("层级角色"): lambda pair: pair[1].note,
            _("发现"): lambda pair: pair[1].found,
            _("已解决"): lambda pair: pair[1].solved,
            _("反弹"): lambda pair: pair[1].relapsed,
            _("超期"): lambda pair: pair[1].overdue,
            _("模拟"): lambda pair: _("模拟") if pair[1].simulated else "",
        },
        list(enumerate(rows, 1)),
    )
