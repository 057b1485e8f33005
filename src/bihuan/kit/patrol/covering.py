"""Coverage of the things of a line of business by the patrols of a span."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl
from shapely.geometry.base import BaseGeometry

from bihuan import clock
from bihuan.domain.patrol.coverage import by_object, cells, fresh, unvisited, visits
from bihuan.domain.patrol.rules import Rules
from bihuan.domain.places.shapes import as_shape
from bihuan.domain.timeaxis import CST
from bihuan.kit.patrol.declared import PatrolObjects, Place
from bihuan.kit.patrol.judging import judged, steps_together
from bihuan.kit.patrol.models import Patrol
from bihuan.kit.patrol.rules import in_force
from bihuan.registry.models import Person, Region


@dataclass(frozen=True)
class Covered:
    """places by code; objects: of each (coverage.by_object); old: cells that nobody saw in the last days (coverage.unvisited)."""

    places: dict[str, Place]
    objects: pl.DataFrame
    old: pl.DataFrame
    cells: int


def shapes_of(places: Iterable[Place]) -> dict[str, BaseGeometry]:
    """The geometries of things by their code, in degrees."""
    return {place.code: as_shape(place.geometry) for place in places}


def visits_since(found: pl.DataFrame, region: Region | None, since: datetime, rules: Rules) -> pl.DataFrame:
    """Visits of cells by patrols that began since a moment, in a region or anywhere (coverage.VISITS)."""
    rows = Patrol.objects.filter(said_start__gte=since, at__lte=clock.now()).select_related(
        "region", "result"
    )
    if region is not None:
        rows = rows.filter(region__code__startswith=region.prefix[:4])
    return visits(found, steps_together(judged(patrol) for patrol in rows), rules.buffer_m)


def coverage_of(objects: PatrolObjects, person: Person, days: int) -> Covered:
    """How far the things that a person may see were seen in the last so many days, by whomever."""
    now = clock.now()
    rules = in_force(now.astimezone(CST).date())
    places = {place.code: place for place in objects.places(person)}
    found = cells(shapes_of(places.values()), rules.cell_m)
    seen = visits_since(found, None, now - timedelta(days=days), rules)
    return Covered(places, by_object(found, seen), unvisited(found, seen, now, days), found.height)


def fresh_of(
    offered: Iterable[PatrolObjects], person: Person, since: datetime, rules: Rules
) -> dict[str, float]:
    """New cells that each patrol since a moment saw, over all kinds of things, by its number."""
    total: dict[str, float] = {}
    for objects in offered:
        found = cells(shapes_of(objects.places(person)), rules.cell_m)
        seen = visits_since(found, None, since - timedelta(days=rules.fresh_days), rules)
        for patrol, weight in fresh(found, seen, rules.fresh_days).iter_rows():
            total[patrol] = total.get(patrol, 0.0) + weight
    return total
