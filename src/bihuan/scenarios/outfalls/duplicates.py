"""Outfalls that may be one: near each other, not on different reaches or opposite banks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians

import numpy as np
import shapely

from bihuan.domain.places.geodesy import distance
from bihuan.domain.places.shapes import METRES_PER_DEGREE
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.scenarios.outfalls.models import Outfall
from bihuan.scenarios.outfalls.settings import in_force
from bihuan.scenarios.outfalls.transitions import LEFT_OUT

SPARE = 1.02
"""Degrees are looked through a little farther than the metres ask for, and the metres decide."""


@dataclass(frozen=True)
class Spot:
    """An outfall for comparing: code and name, reach and bank (empty: not known), WGS 84 degrees."""

    code: str
    name: str
    reach: str
    bank: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Near:
    """The other of a pair, and how far it is [m]."""

    spot: Spot
    metres: float


def near_each_other(spots: Sequence[Spot], metres: float) -> Mapping[str, list[Near]]:
    """For the code of each spot that has any, the others that may be the same, the nearest first."""
    if len(spots) < 2:
        return {}
    wide = min(cos(radians(spot.lat)) for spot in spots)  # no pair looks farther apart than it is
    points = shapely.points(np.array([(spot.lon * wide, spot.lat) for spot in spots]))
    degrees = metres / METRES_PER_DEGREE * SPARE
    found = shapely.STRtree(points).query(points, predicate="dwithin", distance=degrees)
    near: dict[str, list[Near]] = defaultdict(list)
    for one, other in found.T.tolist():
        first, second = spots[one], spots[other]
        if one != other and _may_be_one(first, second):
            apart = distance((first.lon, first.lat), (second.lon, second.lat))
            if apart <= metres:
                near[first.code].append(Near(second, apart))
    return {code: sorted(rows, key=lambda n: (n.metres, n.spot.code)) for code, rows in near.items()}


def _may_be_one(first: Spot, second: Spot) -> bool:
    """What is not known of one tells it from none."""
    apart = (first.reach and second.reach and first.reach != second.reach) or {first.bank, second.bank} == {
        "left",
        "right",
    }
    return not apart


def doubles_seen(person: Person) -> Mapping[str, list[Near]]:
    """The outfalls that may be one, of those that the person sees and that count."""
    rows = visible(Outfall.objects.exclude(stage__in=LEFT_OUT).filter(until=None).order_by("pk"), person)
    table = rows.values_list("code", "name", "reach_id", "bank", "lon", "lat")
    spots = [Spot(code, name, reach or "", bank, lon, lat) for code, name, reach, bank, lon, lat in table]
    return near_each_other(spots, in_force().duplicate_metres)
