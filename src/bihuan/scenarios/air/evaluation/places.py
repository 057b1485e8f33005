"""Whose values are evaluated: stations, counties by their stations, the city, the cities around it."""

from dataclasses import dataclass
from datetime import date

import polars as pl
from django.http import HttpRequest

from bihuan.registry.access import scope_of, visible
from bihuan.registry.city import evaluated_city
from bihuan.registry.models import Person, Region, Site
from bihuan.registry.subjects import there_on


@dataclass(frozen=True)
class Place:
    """One row of an evaluation; `key` is its name in frames: a station's code, or kind:region code."""

    key: str
    name: str
    kind: str
    region: str

    @property
    def measured(self) -> bool:
        """A county without an evaluation station has no values and never will."""
        return bool(self.key)


KINDS = {"city": "全市", "county": "县区", "station": "点位", "neighbour": "周边城市"}


def reader(request: HttpRequest) -> Person:
    """Who reads; every page here is behind the login."""
    assert isinstance(request.user, Person)
    return request.user


def sites() -> list[str]:
    """Codes of all stations that an evaluation reads."""
    wanted = Site.objects.filter(evaluated=True) | Site.objects.filter(neighbour=True)
    return list(wanted.order_by("code").values_list("code", flat=True))


def groups() -> pl.DataFrame:
    """site, city: which stations make up each county (by region prefix), the city, and each neighbour city."""
    rows = []
    for code, region, city in Site.objects.filter(evaluated=True).values_list("code", "region_id", "city_id"):
        rows += [(code, f"county:{region[:6]}"), *([(code, f"city:{city}")] if city else [])]
    near = Site.objects.filter(neighbour=True, city__isnull=False).values_list("code", "city_id")
    rows += [(code, f"neighbour:{city}") for code, city in near]
    return pl.DataFrame(rows, schema={"site": pl.String, "city": pl.String}, orient="row")


def places(person: Person, since: date) -> list[Place]:
    """Rows that the person may see: the city and its neighbours for every post, counties and stations by scope.

    since: the first day that is evaluated; a station that was ended by then has no row.
    """
    city = evaluated_city()
    if city is None or not scope_of(person).roles:
        return []
    own = Site.objects.filter(there_on(since), evaluated=True)
    having = {code[:6] for code in own.values_list("region_id", flat=True)}
    counties = visible(Region.objects.filter(parent=city), person)
    near = Region.objects.filter(city_sites__neighbour=True).distinct()
    return [
        Place(f"city:{city.code}", city.name, "city", city.code),
        *(
            Place(f"county:{c.code}" if c.code[:6] in having else "", c.name, "county", c.code)
            for c in counties
        ),
        *(Place(s.code, s.name, "station", s.region_id) for s in visible(own, person)),
        *(Place(f"neighbour:{r.code}", r.name, "neighbour", r.code) for r in near),
    ]


def kinds() -> dict[str, str]:
    """Key -> kind of everything that is ranked, whoever looks: a rank is among all, not among what one may see."""
    stations = dict.fromkeys(Site.objects.filter(evaluated=True).values_list("code", flat=True), "station")
    return stations | {key: key.split(":")[0] for key in groups()["city"].unique()}
