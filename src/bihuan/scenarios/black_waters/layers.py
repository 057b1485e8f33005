"""The map: bodies as lines and points as numbers along the water, both in the colour of the newest whole round."""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.english import told
from bihuan.kit.layers import Keyed, Layer, Mark, View
from bihuan.registry.access import visible
from bihuan.registry.subjects import there_on
from bihuan.scenarios.black_waters.bodies import Standing, standings_of
from bihuan.scenarios.black_waters.models import Body, Point
from bihuan.scenarios.black_waters.reading import day_of
from bihuan.scenarios.black_waters.words import TONES


def _standings(view: View) -> list[Standing]:
    bodies = visible(Body.objects.filter(there_on(day_of(view.moment))), view.person)
    if code := view.asked.get("body"):  # the page of one
        bodies = bodies.filter(pk=code)
    return standings_of(list(view.inside(bodies).select_related("region")), view.moment)


def _tone(standing: Standing) -> str:
    return standing.last.tone if standing.last else TONES[None]


def rows(view: View) -> list[Keyed]:
    """Every body in the colour of its grade."""
    return [Keyed(s.body.pk, s.body.lon, s.body.lat, _tone(s)) for s in _standings(view)]


def marks(view: View, spots: Sequence[Keyed]) -> Iterator[Mark]:
    """The bodies with state and grade in one line."""
    bodies = list(Body.objects.filter(pk__in=[spot.pk for spot in spots]))
    for s in standings_of(bodies, view.moment):
        grade = told(s.last.word) if s.last else _("没有完整的一轮监测")
        yield Mark(
            s.body.lon, s.body.lat, s.body.name, f"{_(s.state.label)} · {grade}", reverse("black_waters:body", args=[s.body.pk]),
            tone=_tone(s), simulated=s.body.simulated, shape=s.body.geometry,
        )  # fmt: skip


def point_rows(view: View) -> list[Keyed]:
    """Every point that is in use."""
    points = visible(Point.objects.filter(there_on(day_of(view.moment))), view.person)
    if code := view.asked.get("body"):
        points = points.filter(body=code)
    found = view.inside(points).order_by().values_list("pk", "lon", "lat")
    return [Keyed(pk, lon, lat) for pk, lon, lat in found]


def point_marks(view: View, spots: Sequence[Keyed]) -> Iterator[Mark]:
    """The points with their number along the water and how far down they lie."""
    chosen = Point.objects.in_bulk([spot.pk for spot in spots])
    bodies = {point.body_id for point in chosen.values()}
    place: dict[str, int] = {}
    order = Point.objects.filter(there_on(day_of(view.moment)), body__in=bodies)
    for pk, body in order.values_list("pk", "body"):
        place[body] = place.get(body, 0) + 1
        if (point := chosen.get(pk)) is not None:
            yield Mark(
                point.lon, point.lat, point.name, _("距上端 %(m)g m") % {"m": point.position_m}, reverse("black_waters:point", args=[pk]),
                text=str(place[body]), simulated=point.simulated,
            )  # fmt: skip


BODIES = Layer("black-waters", "黑臭水体", rows, marks, opens="黑臭水体", shown=False)
POINTS = Layer("black-water-points", "黑臭水体测点", point_rows, point_marks, opens="黑臭水体", shown=False)
LAYERS = (BODIES, POINTS)
