"""The list of outfalls: by what is to be done next, with what narrows it, and as the official sheet (台账) with all columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.english import Written
from bihuan.kit.forms import worded
from bihuan.kit.listing.declared import Cell, Column, Filter, Listing, Tab, words_in
from bihuan.kit.spans import today
from bihuan.registry.access import visible
from bihuan.registry.models import Person, Region
from bihuan.registry.rivers import River
from bihuan.scenarios.outfalls.classes import GROUPS, classes, looks_usual, of_group
from bihuan.scenarios.outfalls.duplicates import Near, doubles_seen
from bihuan.scenarios.outfalls.models import Milestone, Outfall, Step
from bihuan.scenarios.outfalls.transitions import LEFT_OUT, TREATED, State, Way

FLAGS = {"late": "超期", "double": "可能重复", "odd_code": "编码写法少见", "unlicensed": "没有审批或登记文号"}


def seen(person: Person) -> QuerySet[Outfall]:
    """The outfalls that a person may see, each with `late`: its plan, or a milestone of it that is not done, is over."""
    plans = Step.objects.filter(outfall=OuterRef("pk"), action="plan").order_by("-seq").values("pk")[:1]
    missed = Milestone.objects.filter(plan=OuterRef("last_plan"), day__lt=today(), done=None)
    late = Q(stage=State.PLANNED) & (Q(due__lt=today()) | Q(Exists(missed)))
    rows = visible(Outfall.objects.all(), person).annotate(last_plan=Subquery(plans))
    return rows.annotate(late=Case(When(late, then=True), default=False)).select_related(
        "region", "organisation", "supervisor", "reach__river", "river", "duplicate_of"
    )


@dataclass(frozen=True)
class Line:
    """One outfall of the list, with those that may be the same."""

    outfall: Outfall
    near: Sequence[Near]


def listing_of(person: Person) -> Listing[Line]:
    """All that the person may see."""
    rows, doubles = seen(person), doubles_seen(person)
    there = ~Q(stage__in=LEFT_OUT)

    def tab(key: str, title: str, having: Q) -> Tab:
        return Tab(key, title, lambda asked: rows.filter(having).filter(asked), _("没有这样的排污口。"))

    return Listing(
        "outfalls",
        _("入河排污口"),
        (
            tab("all", _("全部"), there),
            tab("survey", _("待排查"), Q(stage=State.FOUND)),
            tab("trace", _("待溯源"), Q(stage__in=(State.CHECKED, State.MONITORED))),
            tab("treat", _("待整治"), Q(stage__in=(State.TRACED, State.PLANNED, State.RELAPSED))),
            tab("done", _("已销号"), Q(stage__in=TREATED)),
            tab("left_out", _("重复和误报"), ~there),
        ),
        columns(),
        filters=_filters(person, rows, doubles),
        search=words_in("code", "name", "official_code", "organisation__name"),
        place=_("编码、名称、责任单位"),
        order=("region_id", "code"),
        lines=lambda found: [Line(outfall, doubles.get(outfall.code, ())) for outfall in found],
        unit=_("个排污口"),
        dim=lambda line: line.outfall.stage in LEFT_OUT,
        unmatched=_("没有符合筛选条件的排污口，可清除筛选。"),
    )


def _filters(
    person: Person, rows: QuerySet[Outfall], doubles: Mapping[str, Sequence[Near]]
) -> tuple[Filter, ...]:
    own = visible(Outfall.objects.order_by(), person)

    def flagged(key: str) -> Q:
        if key == "late":
            return Q(late=True)
        if key == "double":
            return Q(pk__in=list(doubles))
        if key == "unlicensed":
            return Q(approval="", kind__in=[c.code for c in classes().values() if c.permit])
        coded = rows.exclude(official_code="").values_list("pk", "official_code", "region_id")
        return Q(pk__in=[pk for pk, code, region in coded if not looks_usual(code, region)])

    return (
        Filter("region", _("区划"), partial(_named, Region.objects.filter(pk__in=own.values("region"))), lambda code: Q(region__code__startswith=code)),
        Filter("river", _("河流"), partial(_named, River.objects.filter(Q(pk__in=own.values("reach__river")) | Q(pk__in=own.values("river")))),
            lambda code: Q(reach__river=code) | Q(river=code)),
        Filter("group", _("类型"), worded(GROUPS.items()), lambda group: Q(kind__in=of_group(group))),
        Filter("stage", _("环节"), worded(State.choices), lambda stage: Q(stage=stage)),
        Filter("way", _("整治类型"), worded(Way.choices), lambda way: Q(way=way)),
        Filter("flag", _("提示"), worded(FLAGS.items()), flagged),
    )  # fmt: skip


def _named(rows: "QuerySet[Region] | QuerySet[River]") -> list[tuple[str, str]]:
    return list(rows.order_by("code").values_list("code", "name"))


def columns() -> tuple[Column[Line], ...]:
    """What a page shows, and behind it all that the sheet has."""
    return (
        Column(_("排污口"), lambda t: Written(t.outfall.name), _name, order="name"),
        Column(_("编码"), lambda t: t.outfall.code, order="code"),
        Column(_("排污口编码"), lambda t: t.outfall.official_code, page=False),
        Column(_("区划"), lambda t: Written(t.outfall.region.name), order="region_id", key="region"),
        Column(_("排污口类型"), lambda t: _(t.outfall.get_kind_display())),
        Column(_("受纳河流"), lambda t: Written(str(t.outfall.water or ""))),
        Column(_("河段"), lambda t: Written(str(t.outfall.reach or "")), page=False),
        Column(_("距河段上端"), lambda t: t.outfall.km, unit="km", number=True, page=False),
        Column(_("岸别"), lambda t: _(t.outfall.get_bank_display()), page=False),
        Column(_("入河方式"), lambda t: _(t.outfall.get_shape_display()), page=False),
        Column(_("口门尺寸"), lambda t: Written(t.outfall.size), page=False),
        Column(_("排放方式"), lambda t: _(t.outfall.get_rhythm_display()), page=False),
        Column(_("经度"), lambda t: t.outfall.lon, page=False),
        Column(_("纬度"), lambda t: t.outfall.lat, page=False),
        Column(_("环节"), lambda t: _(t.outfall.get_stage_display()), _stage, order="stage"),
        Column(_("责任单位"), lambda t: Written(str(t.outfall.organisation or ""))),
        Column(_("责任人"), lambda t: Written(t.outfall.person), page=False),
        Column(_("监管单位"), lambda t: Written(str(t.outfall.supervisor or "")), page=False),
        Column(_("设置审批或登记文号"), lambda t: Written(t.outfall.approval), page=False),
        Column(_("溯源结论"), lambda t: _(t.outfall.get_clarity_display()), page=False),
        Column(_("证据等级"), lambda t: _(t.outfall.get_evidence_display()), page=False),
        Column(_("整治类型"), lambda t: _(t.outfall.get_way_display()), page=False),
        Column(_("整治期限"), lambda t: t.outfall.due, _due, order="due"),
        Column(_("可能重复"), lambda t: Written("、".join(near.spot.code for near in t.near)), _near),
        Column(_("模拟"), lambda t: _("模拟") if t.outfall.simulated else "", page=False),
    )


def _name(line: Line) -> Cell:
    tags = [(_("模拟"), "sim")] if line.outfall.simulated else []
    url = reverse("outfalls:outfall", args=[line.outfall.code])
    return Cell(Written(line.outfall.name), url, tags=tags)


def _stage(line: Line) -> Cell:
    tags = [(_("超期"), "bad")] if line.outfall.late else []  # type: ignore[attr-defined]  # annotated by `seen`
    return Cell(_(line.outfall.get_stage_display()), tags=tags)


def _due(line: Line) -> str:
    return line.outfall.due.isoformat() if line.outfall.due and line.outfall.stage == State.PLANNED else "—"


def _near(line: Line) -> Cell:
    if not line.near:
        return Cell("—")
    first = line.near[0]
    url = reverse("outfalls:outfall", args=[first.spot.code])
    return Cell(Written(first.spot.name), url, note=_("相距 %(n)d 米") % {"n": round(first.metres)})
