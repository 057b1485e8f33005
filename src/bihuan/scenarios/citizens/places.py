"""In which region a report lies, and what else is near it."""

from collections.abc import Mapping
from math import cos, hypot, radians

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case
from bihuan.cases.transitions import UNFINISHED
from bihuan.domain.places.shapes import METRES_PER_DEGREE, Outline
from bihuan.registry.city import own_city
from bihuan.registry.models import Region
from bihuan.scenarios.citizens.models import Report
from bihuan.scenarios.citizens.settings import in_force


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


def alike(report: Report) -> list[Report]:
    """Other reports of the same kind near it in place and time, nearest in time first; without a point those of its region."""
    span = in_force().alike
    rows = Report.objects.filter(
        service=report.service,
        received_at__range=(report.received_at - span, report.received_at + span),
    ).exclude(pk=report.pk)
    near = (
        rows.filter(_near(report)) if report.lat is not None else rows.filter(region=report.region, lat=None)
    )
    found = [r for r in near.prefetch_related("acts__case") if _metres(report, r) <= in_force().alike_metres]
    return sorted(found, key=lambda r: abs(r.received_at - report.received_at))


def cases_near(report: Report) -> list[Case]:
    """Open cases near it in place, nearest first; none without a point."""
    if report.lat is None:
        return []
    rows = Case.objects.filter(_near(report), state__in=UNFINISHED).select_related("organisation")
    found = [c for c in rows if _metres(report, c) <= in_force().alike_metres]
    return sorted(found, key=lambda c: _metres(report, c))


def _near(report: Report) -> Q:
    """A box around its point that holds all that is near enough."""
    assert report.lat is not None
    assert report.lon is not None
    high = in_force().alike_metres / METRES_PER_DEGREE
    wide = high / cos(radians(report.lat))
    return Q(
        lat__range=(report.lat - high, report.lat + high), lon__range=(report.lon - wide, report.lon + wide)
    )


def _metres(report: Report, other: Report | Case) -> float:
    """Between two points on the ground; 0 where one has none."""
    if report.lat is None or report.lon is None or other.lat is None or other.lon is None:
        return 0.0
    east = (other.lon - report.lon) * cos(radians(report.lat))
    return hypot(east, other.lat - report.lat) * METRES_PER_DEGREE
