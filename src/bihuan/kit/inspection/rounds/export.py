"""A round as a workbook: how far each object is, the ledger of its problems, what changed since the last round."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from bihuan.english import Written
from bihuan.kit.inspection.models import Round
from bihuan.kit.inspection.rounds.comparing import Compared, compared_with_last
from bihuan.kit.inspection.rounds.progress import Standing, filled_in, standings
from bihuan.kit.inspection.rounds.troubles import Trouble, troubles
from bihuan.kit.tables import Sheet, Table, table
from bihuan.registry.models import Person


def sheets(found: Round, person: Person) -> list[Sheet]:
    """The sheets of a round, of what the person may see; the last is left out of a first round."""
    rows = standings(found, person)
    then, changes = compared_with_last(found, rows, person)
    made = [Sheet(_("进度"), progress(rows)), Sheet(_("问题台账"), ledger(troubles(rows)))]
    return [*made, Sheet(_("与上轮比较"), changed(changes))] if then else made


def progress(rows: Iterable[Standing]) -> Table:
    """One line for each object."""
    return table(
        {
            _("对象"): lambda s: Written(s.task.target_name),
            _("区划"): lambda s: Written(s.task.region.name),
            _("检查人"): lambda s: Written(str(s.person or "")),
            _("截止"): lambda s: s.task.round.until,
            _("进度"): lambda s: _(s.state.label),
            _("跳过理由"): lambda s: Written(s.skip.reason) if s.skip else "",
            _("检查时间"): lambda s: filled_in(s.last) if s.last else None,
            _("填表人"): lambda s: Written(str(s.last.by)) if s.last else "",
            _("得分"): lambda s: s.last.score if s.last else None,
            _("满分"): lambda s: s.last.score_most if s.last else None,
            _("问题数"): lambda s: len(s.last.problems.all()) if s.last else None,
            _("模拟"): lambda s: _("模拟") if s.task.simulated else "",
        },
        rows,
    )


def ledger(rows: Iterable[Trouble]) -> Table:
    """One line for each problem, with its case and how far that is."""
    return table(
        {
            _("对象"): lambda t: Written(t.standing.task.target_name),
            _("区划"): lambda t: Written(t.standing.task.region.name),
            _("问题"): lambda t: Written(t.problem.label),
            _("情况"): lambda t: Written(t.problem.value),
            _("整改要求"): lambda t: Written(t.problem.requirement),
            _("依据"): lambda t: Written(t.finding.basis),
            _("级别"): lambda t: _(t.finding.get_severity_display()),
            _("发现时间"): lambda t: filled_in(t.problem.answer),
            _("问题编号"): lambda t: t.case.number if t.case else "",
            _("承办单位"): lambda t: Written(str(t.case.organisation or "")) if t.case else "",
            _("办结期限"): lambda t: t.case.due if t.case else None,
            _("进展"): lambda t: _(t.state),
            _("超期"): lambda t: _("超期") if t.overdue else "",
            _("销号时间"): lambda t: t.closed_at,
            _("模拟"): lambda t: _("模拟") if t.standing.task.simulated else "",
        },
        rows,
    )


def changed(rows: Iterable[Compared]) -> Table:
    """One line for each problem of this round or the last."""
    return table(
        {
            _("对象"): lambda c: Written(c.task.target_name),
            _("题目"): lambda c: Written(c.label),
            _("变化"): lambda c: _(c.change.label),
            _("上轮"): lambda c: Written(c.before.value) if c.before else "",
            _("本轮"): lambda c: Written(c.now.value) if c.now else "",
        },
        rows,
    )
