"""The list of reports: what waits, and what was done with the others."""

from functools import partial

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.english import Written
from bihuan.kit.forms import worded
from bihuan.kit.listing.declared import Cell, Column, Filter, Listing, Tab, words_in
from bihuan.registry.access import visible
from bihuan.registry.models import Person, Region
from bihuan.scenarios.citizens.models import Act, Report
from bihuan.scenarios.citizens.services import TITLES
from bihuan.scenarios.citizens.standing import standing

SHORT = 60


def seen(person: Person) -> QuerySet[Report]:
    """The reports received by now that the person may see, newest first."""
    rows = Report.objects.filter(received_at__lte=clock.now()).select_related("region")
    return visible(rows.prefetch_related("acts__case__organisation"), person)


def listing_of(person: Person) -> Listing[Report]:
    """By what was done, with all that is known of them but who reported."""
    rows = seen(person)

    def tab(key: str, title: str, having: Q, empty: str) -> Tab:
        return Tab(key, title, partial(rows.filter, having), empty)

    return Listing(
        "citizen_reports",
        _("群众举报"),
        (
            tab("waiting", _("待受理"), Q(acts=None), _("没有等待受理的举报。")),
            tab("taken", _("已受理"), Q(acts__kind__in=(Act.Kind.HANDED, Act.Kind.JOINED)), _("没有已受理的举报。")),
            tab("refused", _("不受理"), Q(acts__kind=Act.Kind.REFUSED), _("没有不受理的举报。")),
        ),
        _columns(),
        filters=(
            Filter("service", _("类别"), worded(TITLES.items()), lambda code: Q(service=code)),
            Filter("region", _("区划"), partial(_regions, person), lambda code: Q(region__code__startswith=code)),
        ),
        search=words_in("text", "place", "code"),
        place=_("情况、地点、查询码"),
        order=("-received_at", "-id"),
        unit=_("条举报"),
        unmatched=_("没有符合筛选条件的举报，可清除筛选。"),
    )  # fmt: skip


def _regions(person: Person) -> list[tuple[str, str]]:
    rows = Region.objects.filter(pk__in=visible(Report.objects.order_by(), person).values("region"))
    return list(rows.order_by("code").values_list("code", "name"))


def _columns() -> tuple[Column[Report], ...]:
    return (
        Column(_("收到"), lambda r: r.received_at, order="received_at"),
        Column(_("类别"), lambda r: _(TITLES[r.service]), _kind),
        Column(_("情况"), lambda r: Written(r.text), lambda r: Cell(Written(_short(r.text)))),
        Column(_("地点"), lambda r: Written(r.place)),
        Column(_("区划"), lambda r: Written(r.region.name)),
        Column(_("进展"), lambda r: standing(r).text),
        Column(_("问题"), _case, _case_cell),
        Column(_("查询码"), lambda r: r.code),
        Column(_("纬度"), lambda r: r.lat, page=False),
        Column(_("经度"), lambda r: r.lon, page=False),
        Column(_("模拟"), lambda r: _("模拟") if r.simulated else "", page=False),
    )


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHORT else flat[: SHORT - 1] + "…"


def _kind(report: Report) -> Cell:
    tags = [(_("模拟"), "sim")] if report.simulated else []
    return Cell(_(TITLES[report.service]), reverse("citizens:report", args=[report.pk]), tags=tags)


def _case(report: Report) -> str:
    return next((act.case.number for act in report.acts.all() if act.case), "")


def _case_cell(report: Report) -> Cell:
    number = _case(report)
    return Cell(number or "—", reverse("case", args=[number]) if number else "")
