"""遥感限值 by fuel and day (limits.csv). Only what stands there is judged: a vehicle of another fuel, or of none that is known, exceeds nothing."""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

DIESEL = "diesel"


@dataclass(frozen=True)
class Limit:
    """limit: of `item` (a column of SENSED) in `unit`, for vehicles of a group of fuels, from `since` until the day before `until`.

    mark: K sure, K? unsure (条款待核).
    """

    group: str
    item: str
    limit: Decimal
    unit: str
    since: date
    until: date | None
    source: str
    mark: str


@cache
def limits() -> tuple[Limit, ...]:
    """All that was ever in force."""
    with Path(__file__).with_name("limits.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Limit(
                r["group"], r["item"], Decimal(r["limit"]), r["unit"], date.fromisoformat(r["since"]),
                date.fromisoformat(r["until"]) if r["until"] else None, r["source"], r["mark"],
            )
            for r in csv.DictReader(file)
        )  # fmt: skip


def with_no(ppm: float, source: str) -> tuple[Limit, ...]:
    """The same with a limit of NO for diesel [ppm] that is no sure text and therefore a setting; 0: none."""
    if not ppm:
        return limits()
    since = min(limit.since for limit in limits())
    return (*limits(), Limit(DIESEL, "no", Decimal(str(ppm)), "ppm", since, None, source, "K?"))
