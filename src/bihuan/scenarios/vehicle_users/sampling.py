"""A draw for a spot check of a unit: made once, kept with its seed, and drawn again where it is shown."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.domain.outages import OUTAGES
from bihuan.domain.timeaxis import day_start
from bihuan.domain.vehicles.decisions import Rules
from bihuan.domain.vehicles.spot_checks import Drawn, Numbers, draw
from bihuan.errors import NotAllowed
from bihuan.registry.access import may
from bihuan.registry.audit import record
from bihuan.registry.models import Person
from bihuan.registry.roles import FINDERS
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.manifests import manifest_of
from bihuan.scenarios.vehicle_users import reading
from bihuan.scenarios.vehicle_users.inputs import orders_of
from bihuan.scenarios.vehicle_users.models import SpotDraw
from bihuan.scenarios.vehicle_users.tables import GATES, LISTED, ORDERS, TOLD, UNITS, Gates

DAY = timedelta(days=1)
MOST = 31
"""Days of which a draw can be."""
PART = "\x1f"


@cache
def in_force() -> Numbers:
    """How many are drawn, as the manifest says."""
    said = manifest_of("vehicle_users").value
    return Numbers(*(int(said(f"spot_{name}")) for name in ("rows", "days", "periods", "minutes")))


def may_draw(unit: VehicleUser, person: Person) -> bool:
    """Inspectors of the unit's region."""
    return may(person, *FINDERS, region=unit.region)


def make(unit: VehicleUser, first: date, last: date, person: Person) -> SpotDraw:
    """Draw and keep it, with the seed that nobody chose. Raises NotAllowed, IllegalMove."""
    if not may_draw(unit, person):
        raise NotAllowed(_("现场核查抽样由本区域的调度岗、核查岗、负责人或网格员办理。"))
    now = clock.now()
    if not timedelta(0) <= last - first < MOST * DAY or day_start(first) >= now:
        raise IllegalMove(_("抽样的日期范围为 1 至 %(n)s 天，不在将来") % {"n": MOST})
    seed = secrets.token_hex(8)
    found = drawn_by(unit, seed, first, last, now, in_force())
    if not found.rows:
        raise IllegalMove(_("这些天没有过车记录，无从抽样；请换日期"))
    made = SpotDraw.objects.create(
        unit=unit, seed=seed, first=first, last=last, at=now, by=person, drawn=plain(found, in_force())
    )
    record(person, "spot_draw.make", unit.pk, seed=seed, draw=made.pk)
    return made


def drawn_by(unit: VehicleUser, seed: str, first: date, last: date, at: datetime, of: Numbers) -> Drawn:
    """What a seed draws of a unit's days as they were known at a moment."""
    start, end = day_start(first), min(day_start(last + DAY), at)
    rows = reading.ledger_of(unit.pk, first, last, at)
    orders = _orders(unit, start, end)
    spans = [
        (since, until) for since, until in orders.bound.select("since", "until").sort("since").iter_rows()
    ]
    days = [first + n * DAY for n in range((last - first).days + 1) if day_start(first + n * DAY) < at]
    return draw(seed, map(name_of, rows.iter_rows(named=True)), days, orders.ordered_days["day"].to_list(), _joined(spans) or [(start, end)], of)  # fmt: skip


def name_of(row: Mapping[str, Any]) -> str:
    """A row of the ledger by its first passage: gate, time, number."""
    way = "in" if row["in_at"] is not None else "out"
    return PART.join((row[f"{way}_site"], row[f"{way}_at"].isoformat(), row[f"{way}_number"]))


def key_of(name: str) -> tuple[str, datetime, str]:
    """Gate, time and number of a row's first passage."""
    site, at, number = name.split(PART)
    return site, datetime.fromisoformat(at), number


def _joined(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Spans that follow each other as one."""
    found: list[tuple[datetime, datetime]] = []
    for since, until in spans:
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(until, found[-1][1]))
        else:
            found.append((since, until))
    return found


def _orders(unit: VehicleUser, start: datetime, end: datetime) -> Gates:
    """The orders that bound a unit, without passages."""
    told = pl.DataFrame([(unit.pk, unit.region_id, unit.grade, unit.guaranteed)], UNITS, orient="row")
    orders = pl.DataFrame(list(orders_of(unit.region_id, start, end)), ORDERS, orient="row")
    return Gates(
        end, start, told, pl.DataFrame(schema=GATES), pl.DataFrame(schema=TOLD), pl.DataFrame(schema=LISTED), orders,
        Rules(), pl.DataFrame(schema=OUTAGES)
    )  # fmt: skip


def plain(found: Drawn, of: Numbers) -> dict[str, Any]:
    """As it is kept."""
    return {
        "rows": list(found.rows),
        "days": [[day.isoformat(), alert] for day, alert in found.days],
        "periods": [[since.isoformat(), until.isoformat()] for since, until in found.periods],
        "numbers": [of.rows, of.days, of.periods, of.minutes],
    }


def drawn_again(made: SpotDraw) -> bool:
    """Does its seed still draw the same of what was known then?"""
    of = Numbers(*made.drawn["numbers"])
    return bool(plain(drawn_by(made.unit, made.seed, made.first, made.last, made.at, of), of) == made.drawn)
