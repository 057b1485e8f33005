"""Frauds and faults at simulated gates (模拟): one of a kind at a unit on a day, with what it leaves in the records and its truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from bihuan.simulate.gates.world import Unit, World

CST = timezone(timedelta(hours=8))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
INSTANTS = ("start", "photo_time", "sent")
SUM = "f" * 64


@dataclass(frozen=True)
class Fraud:
    """gate, plate: empty where it is about all of the unit."""

    kind: str
    unit: str
    gate: str
    plate: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Where:
    """A fraud to be done: at which unit on which day, with the dice of that day."""

    world: World
    unit: Unit
    day: date
    dice: np.random.Generator

    def fraud(self, kind: str, rows: pl.DataFrame, *, gate: str = "", plate: str = "") -> Fraud:
        """Its truth, from the rows that show it."""
        first, last = rows["start"].min(), rows["start"].max()
        assert isinstance(first, datetime)
        assert isinstance(last, datetime)
        return Fraud(kind, self.unit.code, gate, plate, first, last + MINUTE)

    def mine(self, rows: pl.DataFrame, *what: pl.Expr) -> pl.DataFrame:
        """Rows of the unit."""
        return rows.filter(pl.col("unit") == self.unit.code, *what)

    def at(self, hours: float) -> datetime:
        """A time of the day."""
        return datetime.combine(self.day, time(), CST) + hours * HOUR


Done = tuple[pl.DataFrame, Fraud] | None
GOOD = (pl.col("plate") != "") & (pl.col("allowed") == 1)
IN, OUT = pl.col("direction") == "in", pl.col("direction") == "out"


def _shifted(rows: pl.DataFrame, by: timedelta) -> pl.DataFrame:
    return rows.with_columns(pl.col(c) + by for c in INSTANTS)


def _copied(rows: pl.DataFrame, by: timedelta, **other: object) -> pl.DataFrame:
    """The same vehicle again, with pictures of its own."""
    sums = pl.col("photo_sum").str.slice(32) + pl.col("photo_sum").str.slice(0, 32)
    return _shifted(rows, by).with_columns(photo_sum=sums, **{k: pl.lit(v) for k, v in other.items()})


def _changed(
    where: Where, rows: pl.DataFrame, chosen: pl.DataFrame, kind: str, about: str = "", **what: pl.Expr
) -> Done:
    """Some rows tell something else."""
    if chosen.is_empty():
        return None
    of = rows["row"].is_in(chosen["row"].implode())
    return rows.with_columns(**{c: pl.when(of).then(e).otherwise(c) for c, e in what.items()}), where.fraud(
        kind, chosen, plate=about
    )


def clone(where: Where, rows: pl.DataFrame) -> Done:
    """The same plate goes in at the unit that lies farthest off, six minutes later."""
    mine = where.mine(rows, GOOD, IN).head(1)
    far = max(where.world.units, key=lambda u: (u.lon - where.unit.lon) ** 2 + (u.lat - where.unit.lat) ** 2)
    if mine.is_empty() or (far.lon - where.unit.lon) ** 2 + (far.lat - where.unit.lat) ** 2 < 0.2**2:
        return None
    there = {"site": far.sites[0], "unit": far.code}
    ins = _copied(mine, 6 * MINUTE, **there)
    outs = _copied(mine, 50 * MINUTE, direction="out", **there)
    return pl.concat([rows, ins, outs]), where.fraud("clone", pl.concat([mine, ins]), plate=mine["plate"][0])


def two_gates(where: Where, rows: pl.DataFrame) -> Done:
    """A plate is read at two gates of the unit within half a minute."""
    mine = where.mine(rows, GOOD, IN, pl.col("gate") == 0).head(1)
    if mine.is_empty() or where.unit.gates < 2:
        return None
    twin = _copied(mine, timedelta(seconds=25), site=where.unit.sites[1])
    return pl.concat([rows, twin]), where.fraud("two_gates", mine, plate=mine["plate"][0])


def _some_vehicles(where: Where, rows: pl.DataFrame, what: pl.Expr, most: int) -> pl.DataFrame:
    mine = where.mine(rows, GOOD, what)
    plates = mine["plate"].unique(maintain_order=True).head(most)
    return mine.filter(pl.col("plate").is_in(plates.implode()))


def wrong_stage(where: Where, rows: pl.DataFrame) -> Done:
    """国三 and 国四 trucks are told as 国五."""
    chosen = _some_vehicles(where, rows, pl.col("stage").is_in(["3", "4"]), 3)
    return _changed(where, rows, chosen, "wrong_stage", stage=pl.lit("5"))


def wrong_fuel(where: Where, rows: pl.DataFrame) -> Done:
    """Diesel trucks are told as electric ones."""
    chosen = _some_vehicles(where, rows, pl.col("fuel") == "diesel", 3)
    return _changed(where, rows, chosen, "wrong_fuel", fuel=pl.lit("electric"), stage=pl.lit("electric"))


def vin_shared(where: Where, rows: pl.DataFrame) -> Done:
    """Four plates tell the number of one vehicle."""
    chosen = _some_vehicles(where, rows, pl.lit(value=True), 4)
    return _changed(where, rows, chosen, "vin_shared", vin=pl.lit(chosen["vin"].first()))


def blind(where: Where, rows: pl.DataFrame) -> Done:
    """For three hours no gate of the unit tells anything, and the weighbridge counts: the trucks took the side gate."""
    since, until = where.at(11), where.at(14.5)
    gone = where.mine(rows, pl.col("start") >= since, pl.col("start") < until)
    weighed = gone.filter(pl.col("net_kg").is_not_null())
    if weighed.height < 5:
        return None
    nothing = dict.fromkeys(("direction", "photos", "photo_sum", "photo_time", "allowed", "opened", "decided_by"))  # fmt: skip
    bridge = weighed.with_columns(pl.lit(v).alias(c) for c, v in nothing.items()).cast(dict(rows.schema))  # type: ignore[arg-type]
    left = rows.filter(~pl.col("row").is_in(gone["row"].implode()))
    return pl.concat([left, bridge]), where.fraud("blind", bridge, gate=where.unit.sites[0])


def photo_repeat(where: Where, rows: pl.DataFrame) -> Done:
    """Six records bring one picture."""
    chosen = where.mine(rows, GOOD).head(6)
    return _changed(where, rows, chosen, "photo_repeat", photo_sum=pl.lit(chosen["photo_sum"].first()))


def old_photos(where: Where, rows: pl.DataFrame) -> Done:
    """Pictures of the day before."""
    return _changed(where, rows, where.mine(rows, GOOD).head(6), "old_photos", photo_time=pl.col("photo_time") - DAY)  # fmt: skip


def no_photos(where: Where, rows: pl.DataFrame) -> Done:
    """A third of the records bring no picture."""
    chosen = where.mine(rows).gather_every(3)
    return _changed(where, rows, chosen, "no_photos", photos=pl.lit(None), photo_sum=pl.lit(None))


def alert_broken(where: Where, rows: pl.DataFrame) -> Done:
    """The unit's gates are 'broken' on a day of an order."""
    gone = where.mine(rows)
    if gone.is_empty():
        return None
    left = rows.filter(pl.col("unit") != where.unit.code)
    return left, where.fraud("alert_broken", gone)


def barred_in(where: Where, rows: pl.DataFrame) -> Done:
    """Barred trucks are let in, and out again."""
    chosen = where.mine(rows, pl.col("allowed") == 0, IN, pl.col("plate") != "").head(4)
    if chosen.is_empty():
        return None
    of = rows["row"].is_in(chosen["row"].implode())
    outs = _copied(chosen, 40 * MINUTE, direction="out", allowed=1, rule=None)
    told = rows.with_columns(allowed=pl.when(of).then(1).otherwise("allowed").cast(pl.Int64), rule=pl.when(~of).then("rule"))  # fmt: skip
    return _added(told, outs), where.fraud("barred_in", chosen)


def _added(rows: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([rows, more.cast(dict(rows.schema))])  # type: ignore[arg-type]


def denied_in(where: Where, rows: pl.DataFrame) -> Done:
    """Trucks that were turned away come in by the side gate ten minutes later."""
    chosen = where.mine(rows, pl.col("allowed") == 0, IN, pl.col("plate") != "").head(3)
    if chosen.is_empty():
        return None
    side = where.unit.side or where.unit.sites[0]
    again = _copied(
        chosen, 10 * MINUTE, allowed=1, site=side, opened="manual", rule=None, decided_by="值班员"
    )
    outs = _copied(chosen, 55 * MINUTE, direction="out", allowed=1, site=side, rule=None)
    return _added(rows, pl.concat([again, outs])), where.fraud("denied_in", again)


def manual(where: Where, rows: pl.DataFrame) -> Done:
    """The bar is lifted by hand for every third."""
    return _changed(where, rows, where.mine(rows).gather_every(3), "manual", opened=pl.lit("manual"))


def no_out(where: Where, rows: pl.DataFrame) -> Done:
    """Eight vehicles come in and never leave."""
    mine = where.mine(rows, GOOD)
    plates = mine.filter(IN)["plate"].unique(maintain_order=True).head(8).implode()
    gone = mine.filter(pl.col("plate").is_in(plates), OUT)
    if gone.height < 5:
        return None
    left = rows.filter(~pl.col("row").is_in(gone["row"].implode()))
    return left, where.fraud("no_out", mine.filter(IN, pl.col("plate").is_in(plates)))


def tare_jump(where: Where, rows: pl.DataFrame) -> Done:
    """A truck weighs 3 t more when empty than usual: so much less is counted."""
    chosen = where.mine(rows, GOOD, pl.col("net_kg").is_not_null()).head(1)
    plate = "" if chosen.is_empty() else chosen["plate"][0]
    return _changed(where, rows, chosen, "tare_jump", plate, tare_kg=pl.col("tare_kg") + 3000, net_kg=pl.col("net_kg") - 3000)  # fmt: skip


def weights(where: Where, rows: pl.DataFrame) -> Done:
    """Six records tell another net weight than gross less tare."""
    chosen = where.mine(rows, pl.col("net_kg").is_not_null()).head(6)
    return _changed(where, rows, chosen, "weights", net_kg=pl.col("gross_kg") + 5000)


def night_burst(where: Where, rows: pl.DataFrame) -> Done:
    """Twelve trucks come and go between one and four at night."""
    trips = where.mine(rows, GOOD, IN).head(12)
    if trips.height < 10:
        return None
    when = [where.at(1) + n * 12 * MINUTE for n in range(trips.height)]
    own = pl.Series(when).dt.convert_time_zone("UTC").cast(pl.Datetime("us", "UTC"))
    gap = own - trips["start"]
    ins = trips.with_columns(pl.col(c) + gap for c in INSTANTS).with_columns(
        photo_sum=pl.col("photo_sum").str.slice(20) + pl.col("photo_sum").str.slice(0, 20)
    )
    outs = _copied(ins, 30 * MINUTE, direction="out")
    return pl.concat([rows, ins, outs]), where.fraud("night_burst", ins)


def clock(where: Where, rows: pl.DataFrame) -> Done:
    """The clock of a gate is an hour ahead or behind."""
    gate = where.unit.sites[0]
    chosen = where.mine(rows, pl.col("site") == gate)
    if chosen.height < 10:
        return None
    by = HOUR if where.dice.random() < 0.5 else -HOUR
    of = pl.col("row").is_in(chosen["row"].implode())
    told = rows.with_columns(pl.when(of).then(pl.col(c) + by).otherwise(c).alias(c) for c in ("start", "photo_time"))  # fmt: skip
    return told, where.fraud("clock", chosen, gate=gate)


def hidden_plates(where: Where, rows: pl.DataFrame) -> Done:
    """Of two in five no plate is read."""
    chosen = where.mine(rows).filter(pl.int_range(pl.len()) % 5 < 2)
    return _changed(where, rows, chosen, "hidden_plates", plate=pl.lit(""))


def late(where: Where, rows: pl.DataFrame) -> Done:
    """What passed from eight o'clock on is sent at the end of the day."""
    chosen = where.mine(rows, pl.col("start") >= where.at(8), pl.col("start") < where.at(16))
    end = pl.lit(where.at(22)).dt.convert_time_zone("UTC").cast(pl.Datetime("us", "UTC"))
    return _changed(where, rows, chosen, "late", sent=end)


Kind = Callable[[Where, pl.DataFrame], Done]
ORDINARY: dict[str, Kind] = {
    f.__name__: f
    for f in (clone, two_gates, wrong_stage, wrong_fuel, vin_shared, blind, photo_repeat, old_photos, no_photos, manual, no_out, tare_jump, weights, night_burst, clock, hidden_plates, late)
}  # fmt: skip
UNDER_ORDERS: dict[str, Kind] = {f.__name__: f for f in (alert_broken, barred_in, denied_in)}
KINDS = (*ORDINARY, *UNDER_ORDERS)
DAYS_OF_MONTH = 30


def planned(world: World) -> dict[date, list[tuple[str, int]]]:
    """Which kinds are done when at which unit; at most one at a unit on a day."""
    dice, found = np.random.default_rng([world.seed, 2]), dict[date, list[tuple[str, int]]]()
    for day in world.days():
        possible = [k for k in world.kinds if (k in UNDER_ORDERS) <= (day in world.alerts)]
        chance = world.rate * len(possible) / DAYS_OF_MONTH
        for n in range(len(world.units)):
            if possible and dice.random() < chance:
                found.setdefault(day, []).append((possible[int(dice.integers(len(possible)))], n))
    return found


def commit(
    world: World, day: date, rows: pl.DataFrame, dice: np.random.Generator
) -> tuple[pl.DataFrame, list[Fraud]]:
    """Do what is planned for a day; what has no room on it is not done."""
    done = []
    for kind, place in world.plan.get(day, ()):
        where = Where(world, world.units[place], day, dice)
        numbered = rows.drop("row", strict=False).sort("start").with_row_index("row")
        found = (ORDINARY | UNDER_ORDERS)[kind](where, numbered)
        if found is not None:
            rows, fraud = found
            done.append(fraud)
    return rows.drop("row", strict=False), done
