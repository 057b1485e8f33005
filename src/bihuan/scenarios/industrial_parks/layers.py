"""The map: parks as areas, and their outlets and stations, coloured by what was found of late; `park` in the address narrows both to one park."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.cases.models import Finding
from bihuan.domain.timeaxis import CST
from bihuan.kit.layers import Keyed, Layer, Mark, View
from bihuan.registry.access import visible
from bihuan.registry.subjects import there_on
from bihuan.scenarios.industrial_parks.kinds import parks_of_places
from bihuan.scenarios.industrial_parks.models import Park, ParkOutlet, ParkStation
from bihuan.scenarios.industrial_parks.registers import SITE, TARGET
from bihuan.scenarios.industrial_parks.view import OPEN

LATELY = timedelta(days=31)


def found_lately(view: View) -> Counter[tuple[str, str]]:
    """How many open findings of late there are about each park and place, by kind of target and code."""
    rows = Finding.objects.filter(target_kind__in=(TARGET, SITE), status__in=OPEN)
    rows = rows.filter(until__gte=view.moment - LATELY, started_at__lte=view.moment).order_by()
    return Counter(visible(rows, view.person).values_list("target_kind", "target"))


def _by_park(view: View) -> Counter[str]:
    """The same by park, with those about its places."""
    parks, found = parks_of_places(), Counter[str]()
    for (kind, target), count in found_lately(view).items():
        found[target if kind == TARGET else parks.get(target, "")] += count
    return found


def _there(of: Any, view: View, field: str) -> "QuerySet[Any]":
    rows = visible(of._default_manager.filter(there_on(view.moment.astimezone(CST).date())), view.person)
    chosen = view.asked.get("park", "")[:40]
    return rows.filter(**{field: chosen}) if chosen else rows


def _tone(count: int) -> str:
    return "bad" if count else "good"


def _park_rows(view: View) -> list[Keyed]:
    found = _by_park(view)
    rows = view.inside(_there(Park, view, "pk")).order_by().values_list("pk", "lon", "lat")
    return [Keyed(pk, lon, lat, _tone(found[pk])) for pk, lon, lat in rows]


def _park_marks(view: View, spots: Sequence[Keyed]) -> Iterator[Mark]:
    known, found = Park.objects.in_bulk([spot.pk for spot in spots]), _by_park(view)
    for spot in spots:
        if (park := known.get(spot.pk)) is not None:
            yield _mark(
                spot, park, park.get_way_display(), found[spot.pk], "industrial_parks:park", park.geometry
            )


def _site_rows(view: View) -> list[Keyed]:
    found, rows = found_lately(view), []
    for of in (ParkOutlet, ParkStation):
        places = view.inside(_there(of, view, "park")).order_by().values_list("pk", "lon", "lat")
        rows += [Keyed(pk, lon, lat, _tone(found[SITE, pk])) for pk, lon, lat in places]
    return rows


def _site_marks(view: View, spots: Sequence[Keyed]) -> Iterator[Mark]:
    codes, found = [spot.pk for spot in spots], found_lately(view)
    known: dict[str, Any] = {**ParkOutlet.objects.in_bulk(codes), **ParkStation.objects.in_bulk(codes)}
    for spot in spots:
        if (site := known.get(spot.pk)) is not None:
            yield _mark(
                spot, site, site.get_kind_display(), found[SITE, spot.pk], "industrial_parks:site", None
            )


def _mark(spot: Keyed, subject: Any, what: str, count: int, page: str, shape: Any) -> Mark:
    line = _("%(what)s，近 31 天的发现 %(n)d 项") % {"what": what, "n": count}
    return Mark(
        spot.lon, spot.lat, subject.name, line, reverse(page, args=[spot.pk]), tone=spot.tone, simulated=subject.simulated,
        shape=shape,
    )  # fmt: skip


LAYERS = (
    Layer("industrial-parks", "工业园区", _park_rows, _park_marks, opens="园区", shown=False),
    Layer("park-sites", "园区排口和点位", _site_rows, _site_marks, opens="点位", shown=False),
)
