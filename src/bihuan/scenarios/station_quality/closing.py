"""When a case of a station's instruments may be closed: the hours that the station sent and no reviewer excluded."""

from collections.abc import Collection
from datetime import datetime
from functools import cache

import polars as pl

from bihuan.cases.sensors import MEASURED, Closing, Place, of_places
from bihuan.domain.checks import Check
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.registry.hours import hours_of
from bihuan.registry.models import Site
from bihuan.scenarios.manifests import manifest_of


@cache
def in_force() -> Closing:
    """What the manifest says of closing."""
    manifest = manifest_of("station_quality")
    return Closing(measured, int(manifest.value("normal_hours")), int(manifest.value("watch_days")))


def measured(_check: Check, places: Collection[Place], start: datetime, until: datetime) -> pl.DataFrame:
    """MEASURED of stations; of a city (a gap of the whole network) the hours that any of its stations sent."""
    targets = {target for _kind, target, _item in places}
    cities = dict(Site.objects.filter(city__in=targets).values_list("code", "city"))
    hours = hours_of(targets | cities.keys(), start, until, decided=True)
    long = hours.unpivot(ITEM_NAMES, index=["site", "start"], variable_name="item", value_name="value")
    there = long.drop_nulls("value")
    own = there.select(target="site", item="item", start="start")
    of_cities = there.filter(pl.col("site").is_in(list(cities))).select(
        target=pl.col("site").replace(cities), item="item", start="start"
    )
    every = pl.concat([own, of_cities]).unique().cast(MEASURED)
    return of_places(every, places, ITEM_NAMES)
