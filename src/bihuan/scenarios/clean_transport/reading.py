"""What a month brought, as known at a moment: sums of the passages of gates by day and month, kept as files as long as nothing they were made of changes; batches, reports, hauls.

A day's sums are named by the parts of the table that hold passages of the day, a month's by those of its days. They lie below `derived` and may be deleted.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from bihuan.archive.derived import DERIVED, all_known, keep, kept_at, names, touching
from bihuan.archive.parts import Part
from bihuan.domain.timeaxis import CST, day_start, next_month
from bihuan.domain.vehicles.clean.columns import WAYS_OF
from bihuan.domain.vehicles.clean.goods import bulk
from bihuan.domain.vehicles.clean.reported import REPORTED
from bihuan.domain.vehicles.clean.tonnes import (
    BATCHES,
    LOADS,
    WAYS,
    of_batches,
    of_ways,
    short_haul,
    together,
    ways_of,
)
from bihuan.registry.hours import archive
from bihuan.scenarios.clean_transport.models import Batch, Haul, Report

KEPT = DERIVED / "vehicle_ways"
METHOD = 1
"""Raised when sums are made in another way than before."""
DAY = timedelta(days=1)
NEEDED = (
    "site", "start", "number", "unit", "direction", "plate", "colour", "noted", "fuel", "stage", "cargo", "gross_kg", "tare_kg", "net_kg", "allowed", "journal",
)  # fmt: skip


def ways_in(month: date, known: datetime, units: Collection[str] | None = None) -> pl.DataFrame:
    """WAYS of a month at some units (None: all)."""
    parts, asked = _parts(month), _of(units)
    if _kept(parts, known):
        with suppress(FileNotFoundError):  # another process has just replaced it by a newer one
            return pl.scan_parquet(_sums(month, parts, known)).filter(asked).collect()
    return _made(month, parts, known).filter(asked)


def road_in(month: date, known: datetime, units: Collection[str] | None = None) -> pl.DataFrame:
    """LOADS of the road of a month at some units (None: all)."""
    parts, asked = _parts(month), _of(units)
    if _kept(parts, known):
        with suppress(FileNotFoundError):
            ways = _sums(month, parts, known)
            loads = ways.with_name(ways.name.replace("month-", "loads-"))
            if not loads.exists():
                keep(loads, of_ways(pl.read_parquet(ways), month))
            return pl.scan_parquet(loads).filter(asked).collect()
    return of_ways(_made(month, parts, known).filter(asked), month)


def _parts(month: date) -> list[Part]:
    """Those that hold passages of a month."""
    if not archive().has_passages:
        return []
    begin, end = day_start(month), day_start(next_month(month))
    return touching(archive().passages.parts.listed(), begin, end)


def _of(units: Collection[str] | None) -> pl.Expr:
    return pl.lit(value=True) if units is None else pl.col("unit").is_in(list(units))


def _kept(parts: Sequence[Part], known: datetime) -> bool:
    """May sums of them be kept: are there any, and none that came later?"""
    return bool(parts) and all_known(parts, known)


def _made(month: date, parts: Sequence[Part], known: datetime) -> pl.DataFrame:
    """WAYS of a month from its passages."""
    if not parts:
        return pl.DataFrame(schema=WAYS)
    return together([_read(day_start(month), day_start(next_month(month)), known).drop("day")])


def _sums(month: date, parts: Sequence[Part], known: datetime) -> Path:
    """The file of a month's WAYS, made where there is none of these parts."""
    days = {
        day: _path(f"{day}", names(touching(parts, day_start(day), day_start(day + DAY))))
        for day in _days(month)
    }
    whole = _path(f"month-{month:%Y-%m}", [path.name for path in days.values()])
    if not whole.exists():
        _make(days, known)
        keep(whole, together([pl.read_parquet(p) for p in days.values()]))
    return whole


def _days(month: date) -> list[date]:
    return [month + n * DAY for n in range((next_month(month) - month).days)]


def _path(name: str, made_of: Sequence[str]) -> Path:
    return kept_at(archive().root / KEPT, name, (METHOD, made_of))


def _make(days: Mapping[date, Path], known: datetime) -> None:
    """Write the sums of all days of which there are none, from one look at their passages."""
    missing = [day for day, path in days.items() if not path.exists()]
    if not missing:
        return
    made = _read(day_start(missing[0]), day_start(missing[-1] + DAY), known).partition_by("day", as_dict=True, include_key=False)  # fmt: skip
    for day in missing:
        keep(days[day], made.get((day,), pl.DataFrame(schema=WAYS)))


def _read(begin: datetime, end: datetime, known: datetime) -> pl.DataFrame:
    """WAYS by day of all that had been received by `known`."""
    sent = archive().passages
    rows = sent.layout.last_of_each(sent.versions(begin, end, as_of=known).select(NEEDED))
    return ways_of(rows, begin, end)


def loads_in(months: Sequence[date], units: Collection[str], known: datetime) -> pl.DataFrame:
    """LOADS of bulk goods of some units in some months: by gates, and by batches."""
    made = [pl.DataFrame(schema=LOADS)]
    batches = batches_in(months, units)
    for month in months:
        made.append(road_in(month, known, units))
    return bulk(short_haul(pl.concat([*made, of_batches(batches)]), batches))


def batches_in(months: Sequence[date], units: Collection[str]) -> pl.DataFrame:
    """BATCHES of some units in some months."""
    rows = Batch.objects.filter(year__in={m.year for m in months})
    found = [
        (b.unit_id, b.first, b.direction, b.mode, b.cargo, b.last_leg, b.tonnes, bool(b.evidence))
        for b in rows
        if b.unit_id in units and b.first in months
    ]
    return pl.DataFrame(found, BATCHES, orient="row")


def reported_in(months: Sequence[date], units: Collection[str]) -> pl.DataFrame:
    """REPORTED of some units in some months."""
    rows = Report.objects.filter(year__in={m.year for m in months})
    found = [
        (r.unit_id, r.first, r.direction, r.cargo, *(getattr(r, way) for way in WAYS_OF), r.unweighed)
        for r in rows
        if r.unit_id in units and r.first in months
    ]
    return pl.DataFrame(found, REPORTED, orient="row")


def hauls_of(units: Collection[str]) -> pl.DataFrame:
    """unit, haul [km] of those of which it is known."""
    rows = [(unit, km) for unit, km in Haul.objects.values_list("unit_id", "km") if unit in units]
    return pl.DataFrame(rows, {"unit": pl.String(), "haul": pl.Float64()}, orient="row")


def keep_sums(now: datetime) -> str:
    """Make the sums of this month and the last one ahead of who asks for them; one line about it."""
    this = now.astimezone(CST).date().replace(day=1)
    rows = [road_in(month, now).height for month in (next_month(this, -1), this)]
    return f"{sum(rows)} 行"
