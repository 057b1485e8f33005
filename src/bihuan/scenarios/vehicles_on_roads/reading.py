"""How many vehicles went through the gates in each hour, as known at a moment: sums by day, kept as files as long as nothing they were made of changes; the routes.

A day's sums are named by the parts of the table that hold passages of the day. They lie below `derived` and may be deleted.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

import polars as pl

from bihuan.archive.derived import DERIVED, all_known, kept, names, touching
from bihuan.archive.parts import Part
from bihuan.domain.timeaxis import day_start
from bihuan.domain.vehicles.traffic.roads import COUNTS, ROUTES, counts_of
from bihuan.registry.hours import archive
from bihuan.scenarios.roads import Road
from bihuan.scenarios.vehicles_on_roads.models import HaulRoute
from bihuan.scenarios.vehicles_on_roads.settings import in_force

KEPT = DERIVED / "road_counts"
METHOD = 1
"""Raised when sums are made in another way than before."""
DAY = timedelta(days=1)
NEEDED = ("site", "start", "number", "unit", "direction", "colour", "fuel", "stage", "permitted_kg", "allowed", "journal")  # fmt: skip


def last_days(until: date, most: int, known: datetime) -> list[tuple[date, pl.DataFrame]]:
    """COUNTS of the last days with passages up to a day, at most so many, the oldest first; days farther back than the setting are not looked for."""
    if not archive().has_passages:
        return []
    parts, found = archive().passages.parts.listed(), []
    for back in range(in_force().look_back_days):
        counts = _of_day(until - back * DAY, parts, known)
        if counts.height:
            found.append((until - back * DAY, counts))
        if len(found) == most:
            break
    return found[::-1]


def routes_of(roads: Collection[Road]) -> pl.DataFrame:
    """ROUTES over some roads."""
    km = {road.code: road.km for road in roads}
    rows = HaulRoute.objects.order_by("pk").values_list("unit_id", "road", "share")
    return pl.DataFrame([(*row, km[row[1]]) for row in rows if row[1] in km], ROUTES, orient="row")


def _of_day(day: date, parts: Sequence[Part], known: datetime) -> pl.DataFrame:
    begin, end = day_start(day), day_start(day + DAY)
    mine = touching(parts, begin, end)
    if not mine:
        return pl.DataFrame(schema=COUNTS)
    if not all_known(mine, known):
        return _read(begin, end, known)
    return kept(archive().root / KEPT, f"{day}", (METHOD, names(mine)), lambda: _read(begin, end, known))


def _read(begin: datetime, end: datetime, known: datetime) -> pl.DataFrame:
    """COUNTS of a day of all that had been received by `known`."""
    sent = archive().passages
    rows = sent.layout.last_of_each(sent.versions(begin, end, as_of=known).select(NEEDED))
    return counts_of(rows, begin, end)
