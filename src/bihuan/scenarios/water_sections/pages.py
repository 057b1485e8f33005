"""The list of sections: each with its target of the year and the newest values of its water."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.archive.observations import Asked as AskedOf
from bihuan.domain.quantities import LONG
from bihuan.domain.timeaxis import CST
from bihuan.english import Written
from bihuan.kit.forms import worded
from bihuan.kit.listing.declared import Cell, Column, Filter, Listing, whole, words_in
from bihuan.kit.listing.shown import listed
from bihuan.registry.access import Asked, visible
from bihuan.registry.subjects import there_on
from bihuan.scenarios.water_sections import reading_pages, section_pages, suspect_pages
from bihuan.scenarios.water_sections.models import Section, Target
from bihuan.scenarios.water_sections.values import newest_of

SHOWN = ("w01001", "w01009", "w01019", "w21003", "w21011", "w21001")
MOMENTS = ("4h", "realtime", "hour")


@dataclass(frozen=True)
class Line:
    """A section as the list shows it: its target this year, when it was measured last, and the values of then, by code."""

    section: Section
    target: Target | None
    start: datetime | None
    values: dict[str, float | None]


def _lines(sections: Sequence[Section]) -> list[Line]:
    now, codes = clock.now(), [s.code for s in sections]
    year = now.astimezone(CST).year
    targets = {t.section_id: t for t in Target.objects.filter(section__in=codes, year=year)}
    newest: dict[str, tuple[datetime, dict[str, float | None]]] = {}
    rows = newest_of(AskedOf(codes, SHOWN, MOMENTS, as_of=now))
    for site, quantity, start, value in rows.select("site", "quantity", "start", "value").iter_rows():
        if site not in newest or start > newest[site][0]:
            newest[site] = (start, {})
        if start == newest[site][0]:
            newest[site][1][quantity] = value
    return [Line(s, targets.get(s.code), *newest.get(s.code, (None, {}))) for s in sections]


def _item(code: str) -> Column[Line]:
    quantity = LONG[code]
    return Column(_(quantity.chinese), lambda line: line.values.get(code), unit=quantity.unit, number=True)


def _columns() -> tuple[Column[Line], ...]:
    return (
        Column(_("断面"), lambda x: Written(x.section.name), _named, order="name"),
        Column(_("编码"), lambda x: x.section.code, page=False),
        Column(_("区划"), lambda x: Written(x.section.region.name), order="region"),
        Column(_("考核级别"), lambda x: x.section.get_rank_display(), order="rank"),
        Column(_("河段"), lambda x: Written(x.section.reach.name) if x.section.reach else ""),
        Column(_("今年目标"), lambda x: x.target.get_water_class_display() if x.target else ""),
        Column(_("最新监测"), lambda x: x.start),
        *(_item(code) for code in SHOWN),
        Column(_("模拟"), lambda x: _("模拟") if x.section.simulated else "", page=False),
    )


def _named(line: Line) -> Cell:
    tags = [(_("模拟"), "sim")] if line.section.simulated else []
    url = reverse("water_sections:section", args=[line.section.code])
    return Cell(Written(line.section.name), url, tags=tags, note=line.section.remark)


def index(request: Asked) -> HttpResponse:
    """Every section in use that the person may see."""
    day = clock.now().astimezone(CST).date()
    rows = visible(Section.objects.filter(there_on(day)).select_related("region", "reach"), request.user)
    ranks = Filter("rank", _("考核级别"), worded(Section.Rank.choices), lambda rank: Q(rank=rank))
    listing = Listing(
        "water_sections",
        _("地表水断面"),
        whole(rows.order_by("region_id", "code").filter, _("没有登记断面。")),
        _columns(),
        filters=(ranks,),
        search=words_in("name", "code"),
        lines=_lines,
        unit=_("个断面"),
    )
    return listed(request, listing)


urlpatterns = [
    path("", index, name="index"),
    *suspect_pages.urlpatterns,
    *reading_pages.urlpatterns,
    *section_pages.urlpatterns,
]
