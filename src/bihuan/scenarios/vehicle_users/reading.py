"""Passages of one unit as its pages read them: unit and days are chosen before anything is paired."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from bihuan.domain.timeaxis import day_start
from bihuan.domain.vehicles.ledger import ledger
from bihuan.domain.vehicles.pairing import visits
from bihuan.domain.vehicles.passages import PASSAGES
from bihuan.registry.hours import archive
from bihuan.scenarios.vehicle_users.tables import TOLD

DAY = timedelta(days=1)
MARGIN = timedelta(days=3)
"""Before and after the days of a ledger that is read for the other half of a visit: who stays longer has lost it (mobile-source.md section 3)."""
LONGEST = timedelta(days=31)
"""The other half of one passage is looked for so far."""
STAMPED = pl.Schema({**TOLD, "journal": pl.Int64()})


def rows_of(unit: str, start: datetime, end: datetime, now: datetime) -> pl.DataFrame:
    """STAMPED of a unit with `start` <= time < `end`, as known now."""
    if not archive().has_passages:
        return pl.DataFrame(schema=STAMPED)
    passages = archive().passages
    # A gate sends for one unit alone, so versions of a record are of the same one: it may be chosen before the last is.
    own = passages.versions(start, end - timedelta(microseconds=1), as_of=now).filter(pl.col("unit") == unit)
    return passages.layout.last_of_each(own).select(list(STAMPED)).collect()


def ledger_of(unit: str, first: date, last: date, now: datetime) -> pl.DataFrame:
    """The ledger (`domain/vehicles/ledger`) of a unit from a day to another, both included, by when a visit began; the newest first."""
    start, end = day_start(first), day_start(last + DAY)
    rows = ledger(rows_of(unit, start - MARGIN, end + MARGIN, now).select(list(PASSAGES)))
    begun = pl.coalesce("in_at", "out_at")
    return rows.filter(begun >= start, begun < end).sort(begun, "plate", descending=True)


def passage(unit: str, site: str, at: datetime, number: str, now: datetime) -> Mapping[str, Any] | None:
    """One passage of a unit by its key, STAMPED; None where there is none."""
    rows = rows_of(unit, at, at + timedelta(microseconds=1), now)
    found = rows.filter(pl.col("site") == site, pl.col("number") == number)
    return found.row(0, named=True) if found.height else None


def other_half(row: Mapping[str, Any], now: datetime) -> tuple[Mapping[str, Any] | None, bool]:
    """The other passage of the visit that a passage belongs to, and whether it belongs to one at all: without a plate, or turned away, it does not."""
    rows = rows_of(row["unit"], row["start"] - LONGEST, row["start"] + LONGEST, now)
    same = rows.filter(pl.col("plate") == row["plate"])
    for visit in visits(same.select(list(PASSAGES))).iter_rows(named=True):
        ways = {way: tuple(visit[f"{way}_{c}"] for c in ("site", "at", "number")) for way in ("in", "out")}
        mine = next((w for w, key in ways.items() if key == (row["site"], row["start"], row["number"])), None)
        if mine is not None:
            site, at, number = ways["out" if mine == "in" else "in"]
            if at is None:
                return None, True
            key = pl.col("site") == site, pl.col("start") == at, pl.col("number") == number
            return same.filter(*key).row(0, named=True), True
    return None, False
