"""Which outlets a page or a map is about, and how all of them stand."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet

from bihuan.registry.models import Person
from bihuan.scenarios.plant_emissions import register
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.standings import Standing, in_order


def outlets_of(person: Person, asked: Mapping[str, str]) -> QuerySet[Outlet]:
    """Those that the person may see, of the county and the emitter that an address asks for."""
    rows = register.outlets_seen(person)
    county, emitter = asked.get("county", ""), asked.get("emitter", "")
    rows = rows.filter(emitter__region__code__startswith=county) if county else rows
    return rows.filter(emitter=emitter) if emitter else rows


def everyone(outlets: Iterable[Outlet], now: datetime) -> list[Standing]:
    """How outlets of every kind stand, the worst first."""
    rows = list(outlets)
    each = [(medium, [o for o in rows if o.kind == medium.key]) for medium in MEDIA.values()]
    return in_order([s for medium, own in each if own for s in medium.standings(own, now)])
