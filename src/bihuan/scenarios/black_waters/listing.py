"""The list of bodies: state, grade of the newest whole round, what is lacking, what is late."""

from collections.abc import Callable, Mapping

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.domain.standards.surface_water.black_odorous import Grade
from bihuan.english import Written, told
from bihuan.kit.forms import worded
from bihuan.kit.listing.declared import Cell, Column, Filter, Listing, Tab, words_in
from bihuan.registry.models import Person, Region
from bihuan.scenarios.black_waters.bodies import Round, Standing, seen, standings_of
from bihuan.scenarios.black_waters.models import ACCEPTED, Body, State
from bihuan.scenarios.black_waters.words import GRADES, together

STATE_TONES: Mapping[str, str] = {
    State.FOUND: "warn", State.TREATING: "warn", State.EFFECT: "good", State.LASTING: "good", State.RELAPSED: "bad",
}  # fmt: skip
FLAGS = {"late": "逾期未测", "overdue": "治理超期", "running": "监测未完成", "odd": "登记待核"}


def listing_of(person: Person) -> Listing[Standing]:
    """All that the person may see, with what was judged of all of them at once."""
    rows = seen(person)
    standings = {s.body.pk: s for s in standings_of(list(rows), clock.now())}

    def having(fits: Callable[[Standing], object]) -> Q:
        return Q(pk__in=[pk for pk, s in standings.items() if fits(s)])

    def tab(key: str, title: str, condition: Q) -> Tab:
        return Tab(key, title, lambda asked: rows.filter(condition).filter(asked), _("没有这样的黑臭水体。"))

    return Listing(
        "black_waters",
        _("黑臭水体"),
        (
            tab("all", _("全部"), Q()),
            tab("open", _("未消除"), having(lambda s: s.state not in ACCEPTED)),
            tab("done", _("已消除"), having(lambda s: s.state in ACCEPTED)),
            tab("relapsed", _("反弹"), having(lambda s: s.state == State.RELAPSED)),
        ),
        columns(),
        filters=_filters(rows, having),
        search=words_in("code", "name", "organisation__name", "named_on"),
        place=_("编码、名称、责任单位、名单"),
        order=("region_id", "code"),
        lines=lambda found: [standings[body.pk] for body in found],
        unit=_("个水体"),
        unmatched=_("没有符合筛选条件的水体，可清除筛选。"),
    )


def _filters(rows: QuerySet[Body], having: Callable[[Callable[[Standing], object]], Q]) -> tuple[Filter, ...]:
    regions = Region.objects.filter(pk__in={body.region_id for body in rows}).order_by("code")
    grades = [("none" if g is None else str(int(g)), word) for g, word in GRADES.items()]

    def graded(value: str) -> Q:
        return having(lambda s: (str(int(s.last.grade or 0)) if s.last else "none") == value)

    flags: Mapping[str, Callable[[Standing], object]] = {
        "late": lambda s: s.late, "overdue": lambda s: s.overdue, "running": lambda s: s.running, "odd": lambda s: s.odd,
    }  # fmt: skip
    return (
        Filter("region", _("区划"), lambda: list(regions.values_list("code", "name")), lambda code: Q(region__code__startswith=code)),
        Filter("state", _("治理状态"), worded(State.choices), lambda value: having(lambda s: s.state == value)),
        Filter("grade", _("黑臭级别"), worded(grades), graded),
        Filter("area", _("所在区域"), worded(Body.Area.choices), lambda area: Q(area=area)),
        Filter("flag", _("提示"), worded(FLAGS.items()), lambda key: having(flags[key]) if key in flags else Q(pk=None)),
    )  # fmt: skip


def columns() -> tuple[Column[Standing], ...]:
    """What a page shows, and behind it all that the file has."""
    return (
        Column(_("黑臭水体"), lambda s: Written(s.body.name), _name, order="name"),
        Column(_("编码"), lambda s: s.body.code, order="code"),
        Column(_("区划"), lambda s: Written(s.body.region.name), order="region_id", key="region"),
        Column(_("水体类型"), lambda s: _(s.body.get_kind_display()), page=False),
        Column(_("所在区域"), lambda s: _(s.body.get_area_display())),
        Column(_("水体长度"), lambda s: s.body.length_m, unit="m", number=True, order="length_m"),
        Column(_("治理状态"), lambda s: _(s.state.label), _state),
        Column(_("登记状态"), lambda s: _(s.body.get_state_display()), page=False),
        Column(_("黑臭级别"), lambda s: told(s.last.word) if s.last else None, _grade),
        Column(_("最近一轮"), lambda s: s.last.first.isoformat() if s.last else None, _last),
        Column(_("黑臭测点数"), lambda s: s.last.black if s.last else None, number=True, page=False),
        Column(_("测点数"), lambda s: len(s.points), number=True),
        Column(_("未完成的监测"), lambda s: together(s.running.lacking) if s.running else "", page=False),
        Column(_("治理期限"), lambda s: s.body.due, _due, order="due"),
        Column(_("责任单位"), lambda s: Written(str(s.body.organisation or ""))),
        Column(_("污染来源"), lambda s: Written(s.body.source), page=False),
        Column(_("治理措施"), lambda s: told("、".join(s.body.measures)), page=False),
        Column(_("所列名单"), lambda s: Written(s.body.named_on), page=False),
        Column(_("公众满意度"), lambda s: s.body.satisfaction, unit="%", number=True, page=False),
        Column(_("提示"), lambda s: together(s.odd), page=False),
        Column(_("模拟"), lambda s: _("模拟") if s.body.simulated else "", page=False),
    )


def _name(standing: Standing) -> Cell:
    tags = [(_("模拟"), "sim")] if standing.body.simulated else []
    return Cell(Written(standing.body.name), reverse("black_waters:body", args=[standing.body.pk]), tags=tags)


def _state(standing: Standing) -> Cell:
    return Cell("", tags=[(_(standing.state.label), STATE_TONES[standing.state])])


def _grade(standing: Standing) -> Cell:
    last: Round | None = standing.last
    if last is None:
        return Cell("—")
    heavy = _("有重度黑臭河段") if last.reaches and last.grade != Grade.HEAVY else ""
    return Cell("", tags=[(told(last.word), last.tone)], note=heavy)


def _last(standing: Standing) -> Cell:
    tags = [(_("逾期未测"), "bad")] if standing.late else []
    tags += [(_("监测未完成"), "warn")] if standing.running else []
    return Cell(standing.last.first.isoformat() if standing.last else "—", tags=tags)


def _due(standing: Standing) -> Cell:
    due = standing.body.due
    if due is None or standing.body.state in ACCEPTED:
        return Cell("—")
    return Cell(due.isoformat(), tags=[(_("超期"), "bad")] if standing.overdue else [])
