"""The lists: rivers with their lamps, duties with where they stand, finds at reaches."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.models import Case, Finding
from bihuan.domain.timeaxis import CST
from bihuan.english import Written
from bihuan.kit.forms import worded
from bihuan.kit.listing.declared import Cell, Column, Filter, Listing, Tab, whole, words_in
from bihuan.registry.models import Person
from bihuan.scenarios.river_chiefs.disorders import finds_of, stop_of
from bihuan.scenarios.river_chiefs.duties import Standing, State, duties_of, standings_of
from bihuan.scenarios.river_chiefs.models import Disorder, Duty
from bihuan.scenarios.river_chiefs.periods import TITLES
from bihuan.scenarios.river_chiefs.rivers import Line, lines_of


def rivers(person: Person) -> Listing[Line]:
    """Every river with a lamp for its duties, its problems and its goals."""
    columns: tuple[Column[Line], ...] = (
        Column(_("河流"), lambda r: Written(r.river.name), _river),
        Column(_("区划"), lambda r: Written(r.river.region.name)),
        Column(_("河段"), lambda r: r.reaches, number=True),
        Column(_("巡河职责"), lambda r: r.duties, _duties, number=True),
        Column(_("超期巡河职责"), lambda r: r.late, number=True, page=False),
        Column(_("未销号问题"), lambda r: len(r.troubles.cases), _troubles, number=True),
        Column(_("其中超期"), lambda r: len(r.troubles.overdue), number=True, page=False),
        Column(_("待判发现"), lambda r: r.troubles.findings, number=True, page=False),
        Column(_("检察建议待回复"), lambda r: r.replies, number=True),
        Column(_("年度目标"), lambda r: r.goals, _goals, number=True),
        Column(_("逾期目标"), lambda r: r.goals_late, number=True, page=False),
        Column(_("幸福河得分"), lambda r: r.score.total if r.score else None, _score, number=True),
        Column(_("评分年度"), lambda r: r.score.year if r.score else None, page=False),
        Column(_("比上年"), lambda r: r.score.change if r.score else None, number=True, page=False),
        Column(_("模拟"), lambda r: _("模拟") if r.river.simulated else "", page=False),
    )
    return Listing(
        "rivers",
        _("河长制"),
        whole(lambda _q: lines_of(person), _("还没有登记河流。")),
        columns,
        unit=_("条河流"),
    )


def _river(line: Line) -> Cell:
    tags = [(_("模拟"), "sim")] if line.river.simulated else []
    return Cell(Written(line.river.name), reverse("river_chiefs:river", args=[line.river.pk]), tags=tags)


def _duties(line: Line) -> Cell:
    if line.late:
        tag = _("%(n)s 项超期") % {"n": line.late}
    elif line.due:
        tag = _("%(n)s 项本期未完成") % {"n": line.due}
    else:
        tag = _("正常") if line.duties else _("没有登记")
    return Cell(str(line.duties), tags=[(tag, line.duty_tone)])


def _troubles(line: Line) -> Cell:
    late, found = len(line.troubles.overdue), line.troubles.findings
    tags = []
    if late:
        tags.append((_("%(n)s 件超期") % {"n": late}, "bad"))
    elif line.troubles.cases:
        tags.append((_("办理中"), "warn"))
    if found:
        tags.append((_("%(n)s 条待判") % {"n": found}, "warn"))
    return Cell(str(len(line.troubles.cases)), tags=tags or [(_("正常"), "good")])


def _goals(line: Line) -> Cell:
    late = [(_("%(n)s 项逾期") % {"n": line.goals_late}, "bad")] if line.goals_late else []
    return Cell(str(line.goals), tags=late)


def _score(line: Line) -> Cell:
    if line.score is None or line.score.total is None:
        return Cell("—")
    change = line.score.change
    notes = [str(line.score.year)]
    if change is not None:
        notes.append(_("比上年 %(change)s") % {"change": f"{change:+.1f}"})
    return Cell(
        f"{line.score.total:.1f}", reverse("answer", args=[line.score.answer.pk]), note=" ".join(notes)
    )


def duties(person: Person) -> Listing[Standing]:
    """Every duty of today: late ones first."""
    today = clock.now().astimezone(CST).date()

    def rows(*states: State) -> Any:
        def narrowed(asked: Q) -> list[Standing]:
            found = standings_of(list(duties_of(person, today).filter(asked))).values()
            return sorted((s for s in found if not states or s.state in states), key=_late_first)

        return narrowed

    tabs = (
        Tab("late", _("超期"), rows(State.LATE), _("没有超期的巡河职责。")),
        Tab("due", _("本期未完成"), rows(State.DUE), _("本期都已完成。")),
        Tab("unlinked", _("未关联账号"), rows(State.UNLINKED), _("都已关联账号或单位。")),
        Tab("all", _("全部"), rows(), _("还没有登记河长。")),
    )
    filters = (
        Filter("level", _("层级"), worded(Duty.Level.choices), lambda value: Q(level=value)),
        Filter("role", _("角色"), worded(Duty.Role.choices), lambda value: Q(role=value)),
        Filter("region", _("区划"), lambda: _regions(person), lambda code: Q(region=code)),
    )
    return Listing(
        "river_duties", _("巡河职责"), tabs, _duty_columns(), filters, words_in("name", "reach__name", "reach__river__name"),
        place=_("姓名、河段或河流"), unit=_("项职责"), hint=_("按有效巡查计次：在河段上步行看过的才算，开车经过不算。"),
    )  # fmt: skip


def _late_first(standing: Standing) -> tuple[int, Any, str]:
    order = [State.LATE, State.DUE, State.UNLINKED, State.DONE, State.FREE]
    return order.index(standing.state), standing.late_since or standing.until, standing.duty.pk


def _regions(person: Person) -> list[tuple[str, str]]:
    today = clock.now().astimezone(CST).date()
    return list(duties_of(person, today).order_by("region").values_list("region", "region__name").distinct())


def _duty_columns() -> tuple[Column[Standing], ...]:
    return (
        Column(_("姓名"), lambda s: Written(s.duty.name), _chief),
        Column(_("层级角色"), lambda s: s.duty.called),
        Column(_("职务"), lambda s: Written(s.duty.office), page=False),
        Column(_("河流"), lambda s: Written(s.duty.reach.river.name), page=False),
        Column(_("河段"), lambda s: Written(s.duty.reach.name), _reach),
        Column(_("区划"), lambda s: Written(s.duty.region.name)),
        Column(_("要求"), demand),
        Column(_("本期已巡"), lambda s: s.done, lambda s: Cell(f"{s.done} / {s.needed}"), number=True),
        Column(_("本期截止"), lambda s: s.until, page=False),
        Column(_("状态"), lambda s: s.word, _state),
        Column(_("最近巡河"), lambda s: s.last),
        Column(_("模拟"), lambda s: _("模拟") if s.duty.simulated else "", page=False),
    )


def demand(standing: Standing) -> str:
    """How often is asked: `每周 1 次`."""
    rule = standing.rule
    if not rule.times:
        return _("不要求")
    return _("每%(period)s %(times)s 次") % {"period": TITLES[rule.period], "times": rule.times}


def _chief(standing: Standing) -> Cell:
    tags = [(_("模拟"), "sim")] if standing.duty.simulated else []
    return Cell(
        Written(standing.duty.name), reverse("register_object", args=["river_duties", standing.duty.pk]), tags=tags,
        note=Written(standing.duty.office),
    )  # fmt: skip


def _reach(standing: Standing) -> Cell:
    reach = standing.duty.reach
    return Cell(Written(reach.name), reverse("river_chiefs:river", args=[reach.river_id]))


def _state(standing: Standing) -> Cell:
    note = ""
    if standing.late_since:
        note = _("%(day)s 起") % {"day": standing.late_since.isoformat()}
    return Cell("", tags=[(standing.word, standing.tone)], note=note)


def finds(person: Person) -> Listing[Finding]:
    """Finds at reaches: those to be said what they are, and the ledger of disorder."""
    rows = finds_of(person)
    tabs = (
        Tab("open", _("待认定"), rows.filter(river_disorder=None).exclude(status=Finding.Status.REJECTED).filter, _("没有待认定的发现。")),
        Tab("ledger", _("四乱台账"), rows.filter(river_disorder__isnull=False).filter, _("还没有认定四乱。")),
        Tab("all", _("全部"), rows.filter, _("还没有在河段上发现问题。")),
    )  # fmt: skip
    kinds = Filter(
        "kind", _("类型"), worded(Disorder.Kind.choices), lambda value: Q(river_disorder__kind=value)
    )
    return Listing(
        "river_disorders", _("清四乱"), tabs, _find_columns(), (kinds,), words_in("title", "target_name", "region__name"),
        place=_("内容、河段或区划"), unit=_("条"),
    )  # fmt: skip


def _find_columns() -> tuple[Column[Finding], ...]:
    return (
        Column(_("问题"), lambda f: Written(f.title), _find),
        Column(_("河段"), lambda f: Written(f.target_name)),
        Column(_("区划"), lambda f: Written(f.region.name)),
        Column(_("类型"), _kind),
        Column(_("面积"), lambda f: _said(f, "area"), unit="m²", number=True),
        Column(_("经度"), lambda f: _said(f, "lon"), page=False),
        Column(_("纬度"), lambda f: _said(f, "lat"), page=False),
        Column(_("责任人"), lambda f: Written(_said(f, "liable") or "")),
        Column(_("整改措施"), lambda f: Written(_said(f, "measure") or ""), page=False),
        Column(_("期限"), _due),
        Column(_("问题编号"), _number, _case),
        Column(
            _("承办单位"), lambda f: Written(str(getattr(_last(f), "organisation", "") or "")), page=False
        ),
        Column(_("状态"), lambda f: _(_state_of(f))),
        Column(_("销号时间"), lambda f: getattr(_last(f), "closed_at", None), page=False),
        Column(_("发现人"), lambda f: Written(_finder(f))),
        Column(_("发现时间"), lambda f: f.started_at, page=False),
        Column(_("模拟"), lambda f: _("模拟") if f.simulated else "", page=False),
    )


def _find(finding: Finding) -> Cell:
    tags = [(_("模拟"), "sim")] if finding.simulated else []
    return Cell(Written(finding.title), reverse("river_chiefs:find", args=[finding.pk]), tags=tags)


def disorder_of(finding: Finding) -> Disorder | None:
    """What the find was said to be."""
    found = getattr(finding, "river_disorder", None)
    return found if isinstance(found, Disorder) else None


def _said(finding: Finding, name: str) -> Any:
    disorder = disorder_of(finding)
    return None if disorder is None else getattr(disorder, name)


def _kind(finding: Finding) -> str:
    disorder = disorder_of(finding)
    return disorder.get_kind_display() if disorder else _("待认定")


def _last(finding: Finding) -> Case | None:
    return max(finding.cases.all(), key=lambda case: case.pk, default=None)


def _due(finding: Finding) -> Any:
    case = _last(finding)
    return case.due if case and case.due else _said(finding, "deadline")


def _number(finding: Finding) -> str:
    case = _last(finding)
    return case.number if case else ""


def _case(finding: Finding) -> Cell:
    number = _number(finding)
    return Cell(number, reverse("case", args=[number])) if number else Cell("—")


def _state_of(finding: Finding) -> str:
    case = _last(finding)
    return case.get_state_display() if case else finding.get_status_display()


def _finder(finding: Finding) -> str:
    stop = stop_of(finding)
    return str(stop.patrol.person) if stop else ""
