"""In which region a report lies, and what else is near it."""

from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bihuan.cases.duplicates import Near, Spot, near, open_cases
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case
from bihuan.cases.route_settings import alike as setting
from bihuan.domain.places.shapes import Outline
from bihuan.registry.city import own_city
from bihuan.registry.models import Region
from bihuan.scenarios.citizens.models import Report


def regions() -> QuerySet[Region]:
    """The city and what lies in it, from the widest on."""
    city = own_city()
    return (
        Region.objects.filter(code__startswith=city.prefix).order_by("code")
        if city
        else Region.objects.none()
    )


def region_of(where: Mapping[str, float | None], chosen: str) -> Region:
    """The smallest region that holds the point; without a point the one that was chosen, else the city.

    Raises IllegalMove for a point outside the city, and where the installation has no city yet.
    """
    known, city = list(regions()), own_city()
    if city is None:
        raise IllegalMove(_("这个平台还没有设置城市，暂不能接收举报"))
    if where["lat"] is not None and where["lon"] is not None:
        point = {"type": "Point", "coordinates": [where["lon"], where["lat"]]}
        bounded = [r for r in known if r.geometry]
        inside = [r for r in bounded if Outline(r.geometry).metres_outside(point) == 0]
        if bounded and not inside:
            raise IllegalMove(_("位置不在%(city)s范围内，请核对") % {"city": city.name}, "lat")
        if inside:
            return max(inside, key=lambda r: len(r.prefix))
    found = next((r for r in known if r.code == chosen), None)
    if chosen and found is None:
        raise IllegalMove(_("请选择区划"), "region")
    return found or city


def alike(report: Report) -> list[Near[Report]]:
    """Other reports of the same kind near it in place and time, the nearest first."""
    rows = Report.objects.filter(service=report.service).exclude(pk=report.pk)
    return near(rows.prefetch_related("acts__case"), _spot(report), "received_at", setting())


def cases_near(report: Report) -> list[Near[Case]]:
    """Open cases near it in place and time, the nearest first; none without a point."""
    return [] if report.lat is None else open_cases(_spot(report), setting())


def _spot(report: Report) -> Spot:
    return Spot(report.region_id, report.received_at, report.lat, report.lon)
