"""When a case of an outlet's sensor may be closed: the hours in which the sensor sent what the checks can judge."""

from collections.abc import Collection
from datetime import datetime
from functools import cache

import polars as pl

from bihuan.cases.sensors import MEASURED, Closing, Place, of_places
from bihuan.domain.checks import Check
from bihuan.scenarios.manifests import manifest_of
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.received import Seen, seen

OF_DAYS = (
    "cems.limits.day_over",
    "cems.recomputed.day_mean",
    "cems.recomputed.day_amount",
    "sewage.limits.day_over",
    "sewage.limits.day_invalid",
    "sewage.recomputed.day_mean",
)
"""Checks that judge whole days."""
ARRIVAL = "arrival"
"""Facet of the checks that ask whether something came at all, whatever it says."""


@cache
def in_force() -> Closing:
    """What the manifest says of closing."""
    manifest = manifest_of("plant_emissions")
    of_days = dict.fromkeys(OF_DAYS, int(manifest.value("normal_hours_of_days")))
    return Closing(measured, int(manifest.value("normal_hours")), int(manifest.value("watch_days")), of_days)


def measured(check: Check, places: Collection[Place], start: datetime, until: datetime) -> pl.DataFrame:
    """MEASURED of outlets: hours that are valid for the item and under no mark; of checks of arrival, hours with a record."""
    codes = {target for _kind, target, _item in places}
    kinds = Outlet.objects.filter(code__in=codes).values_list("kind", "code")
    pieces = [pl.DataFrame(schema=MEASURED)]
    whole = until.replace(minute=0, second=0, microsecond=0)
    for kind, medium in MEDIA.items():
        mine = [code for of, code in kinds if of == kind]
        if mine and start < whole:
            shown = seen(medium, mine, start, whole, until)
            if check.belonging.facet == ARRIVAL:
                pieces.append(of_places(_arrived(shown), places, ()))
            else:
                pieces.append(of_places(_valid(shown), places, _judged(shown)))
    return pl.concat(pieces)


def _arrived(shown: Seen) -> pl.DataFrame:
    """The hours of which at least one record came, whatever is asked of."""
    hours = shown.minutes.select(
        target="site", item=pl.lit("record"), start=pl.col("start").dt.truncate("1h")
    )
    return hours.unique()


def _judged(shown: Seen) -> list[str]:
    """The items that are judged for validity, hour by hour."""
    return [name.removeprefix("valid_") for name in shown.hours.columns if name.startswith("valid_")]


def _valid(shown: Seen) -> pl.DataFrame:
    """Hours valid for each of these items, under no mark."""
    clean = shown.hours.filter(pl.col("mark").is_null())
    flags = [f"valid_{item}" for item in _judged(shown)]
    long = clean.unpivot(flags, index=["site", "start"], variable_name="item", value_name="valid")
    return long.filter("valid").select(
        target="site", item=pl.col("item").str.strip_prefix("valid_"), start="start"
    )
