"""The map: roads that a route leads over as lines, coloured by NOx per km and day on the mean of the last week with passages."""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.domain.timeaxis import CST
from bihuan.kit.layers import WORLD, Keyed, Layer, Mark, View
from bihuan.kit.shown import number
from bihuan.scenarios.vehicles_on_roads.view import DAY, WEEK, Line, roads_seen, whole_of


def _lines(view: View) -> list[Line]:
    until = view.moment.astimezone(CST).date() - DAY
    return whole_of(roads_seen(view.person, until), until, WEEK, view.moment).lines


def _rows(view: View) -> list[Keyed]:
    box = view.box or WORLD
    return [
        Keyed(x.road.code, x.road.lon, x.road.lat, x.tone)
        for x in _lines(view)
        if box.west <= x.road.lon <= box.east and box.south <= x.road.lat <= box.north
    ]


def _marks(view: View, spots: Sequence[Keyed]) -> Iterator[Mark]:
    known = {x.road.code: x for x in _lines(view)}
    for spot in spots:
        road, sums = known[spot.pk].road, known[spot.pk].sums
        told = {"kg": number(sums["nox_kg"], 2), "n": number(sums["vehicles"]), "u": number(sums["unknown"])}
        line = _("NOx %(kg)s kg/d · 车辆 %(n)s 辆/d，其中排放不明 %(u)s") % told
        url = reverse("vehicles_on_roads:road", args=[road.code])
        yield Mark(
            spot.lon, spot.lat, road.name, line, url, tone=spot.tone, simulated=road.simulated, shape=road.geometry
        )  # fmt: skip


LAYERS = (Layer("vehicles-on-roads", "重点路段排放", _rows, _marks, opens="路段", shown=False),)
