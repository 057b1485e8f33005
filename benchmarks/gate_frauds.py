"""How many frauds at gates the checks of vehicle users find within a day, and how often they accuse somebody of nothing.

104 invented units with 1 to 6 gates over four weeks, six of the days under an orange warning; frauds of twenty kinds at some of them. The checks look twice a
day (08:00, 20:00) at the last eight days of what had come by then, as in service. A fraud counts as found when a check that is meant for it has a finding at its
unit (or a gate of it) on its day not later than 24 h after its end; vehicles that never leave may speak from 72 h on, so 24 h after that. A serious finding at a unit and
day without any fraud is a false one. `python benchmarks/gate_frauds.py [seed ...]`: the parameters were set on seeds below 100, the score is of 101, 102 and 103.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from bihuan.domain.outages import OUTAGES
from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles.decisions import Rules
from bihuan.practice import data
from bihuan.scenarios.vehicle_users.checks import CHECKS
from bihuan.scenarios.vehicle_users.tables import GATES, LISTED, ORDERS, TOLD, UNITS, Gates
from bihuan.simulate.economy import make_units
from bihuan.simulate.gates.world import World, units_of

SEEDS = (101, 102, 103)
START, WEEKS = datetime(2019, 1, 1, tzinfo=CST), 4
RATE = 0.1
"""Frauds of each kind by unit and month."""
DAY, LOOK_BACK = timedelta(days=1), timedelta(days=8)
ALERTS = tuple(date(2019, 1, d) for d in (11, 12, 13, 19, 20, 21))
MEANT = {
    "clone": {"clone"},
    "two_gates": {"two_gates"},
    "wrong_stage": {"stage_above"},
    "wrong_fuel": {"fuel", "stage_above"},
    "vin_shared": {"vin_shared", "vin_wrong"},
    "blind": {"blind"},
    "photo_repeat": {"photo_repeat"},
    "old_photos": {"photo_hour"},
    "no_photos": {"photo_missing"},
    "manual": {"manual"},
    "no_out": {"no_out"},
    "tare_jump": {"tare"},
    "weights": {"weights"},
    "night_burst": {"night_burst"},
    "clock": {"clock_ahead", "clock_behind"},
    "hidden_plates": {"no_plate"},
    "late": {"late"},
    "alert_broken": {"alert_silent", "silent"},
    "barred_in": {"barred_in"},
    "denied_in": {"denied_in", "barred_in"},
}
SPEAKS = {"no_out": timedelta(hours=72)}


def say(text: str) -> None:
    """A line of the report."""
    sys.stdout.write(text + "\n")


def world_of(seed: int) -> World:
    """The invented city of a seed."""
    boundary = Path(data.__path__[0]) / "yangquan.geojson"
    places = [(u.code, u.lon, u.lat) for u in make_units(boundary) if u.kind == "vehicles"]
    return World(
        seed, units_of(places), START, START + timedelta(weeks=WEEKS), alerts=frozenset(ALERTS), rate=RATE
    )


def rounds(world: World) -> Iterator[Gates]:
    """What the checks look at, twice a day, as it had come by then."""
    rows = world.frame(START, world.end).select(list(TOLD))
    units = pl.DataFrame([(u.code, "140321", "C", False) for u in world.units], UNITS, orient="row")
    kinds = {u.side: "side" for u in world.units}
    gates = pl.DataFrame(
        [(s, u.code, kinds.get(s, "goods"), s != u.side, u.lon, u.lat) for u in world.units for s in u.sites],
        GATES,
        orient="row",
    )
    listed = (
        world.vehicles()
        .select("plate", "colour", listed_fuel="fuel", listed_stage="stage")
        .cast(dict(LISTED))
    )  # type: ignore[arg-type]
    ordered = [datetime(d.year, d.month, d.day, tzinfo=CST) for d in ALERTS]
    for n in range(2 * 7 * WEEKS):
        now = (START + timedelta(hours=20 + 12 * n)).astimezone(UTC)
        orders = [
            ("140300", "orange", day.astimezone(UTC), min((day + DAY).astimezone(UTC), now))
            for day in ordered
            if day < now
        ]
        told = rows.filter(pl.col("received") <= now, pl.col("start") >= now - LOOK_BACK)
        yield Gates(
            now, now - LOOK_BACK, units, gates, told.sort("site", "start"), listed,
            pl.DataFrame(orders, ORDERS, orient="row"), Rules(), pl.DataFrame(schema=OUTAGES),
        )  # fmt: skip


def found_in(world: World) -> pl.DataFrame:
    """Every finding of every round: check, severity, unit, start, until, now."""
    parts = []
    for gates in rounds(world):
        for check in CHECKS:
            found = check.run(gates).select("target", "start", "until")
            parts.append(
                found.with_columns(
                    check=pl.lit(check.key.removeprefix("gate.")), severity=pl.lit(check.severity), now=pl.lit(gates.now),
                    unit=pl.col("target").str.split("-").list.first(),
                )
            )  # fmt: skip
    return pl.concat(parts)


def score(seed: int) -> tuple[Counter[str], Counter[str], int, float]:
    """Frauds and those found by kind; false serious findings; unit-months."""
    world = world_of(seed)
    truth, found = world.truth(), found_in(world)
    last = START + timedelta(weeks=WEEKS) - timedelta(hours=4)
    done, hits = Counter[str](), Counter[str]()
    for kind, unit, _gate, _plate, since, until in truth.iter_rows():
        deadline = until + SPEAKS.get(kind, timedelta(0)) + DAY
        if deadline > last:
            continue
        done[kind] += 1
        on_time = found.filter(
            pl.col("unit") == unit, pl.col("check").is_in(MEANT[kind]), pl.col("start") < until, pl.col("until") > since, pl.col("now") <= deadline
        )  # fmt: skip
        hits[kind] += on_time.height > 0
    local = pl.col("start").dt.convert_time_zone("Asia/Shanghai").dt.date()
    guilty = {
        (u, d)
        for u, since, until in truth.select("unit", "from", "until").iter_rows()
        for d in _days(since, until)
    }
    guilty |= _other_end(world, truth)
    serious = found.filter(pl.col("severity").is_in(["serious", "major"])).with_columns(day=local)
    accused = set(serious.select("check", "unit", "day").iter_rows())
    wrong = [a for a in accused if (a[1], a[2]) not in guilty]
    for name, count in Counter(a[0] for a in wrong).items():
        say(f"    seed {seed}: {count} false of {name}")
    return done, hits, len(wrong), len(world.units) * 7 * WEEKS / 30


def _days(since: datetime, until: datetime) -> list[date]:
    first, last = since.astimezone(CST).date(), until.astimezone(CST).date()
    return [first + n * DAY for n in range((last - first).days + 1)]


def _other_end(world: World, truth: pl.DataFrame) -> set[tuple[str, date]]:
    """Where the double of a cloned plate was: nobody can know which of the two is the true one."""
    places = {u.code: u for u in world.units}
    found = set()
    for unit, since, until in (
        truth.filter(pl.col("kind") == "clone").select("unit", "from", "until").iter_rows()
    ):
        one = places[unit]
        far = max(world.units, key=lambda u, one=one: (u.lon - one.lon) ** 2 + (u.lat - one.lat) ** 2)
        found |= {(far.code, day) for day in _days(since, until)}
    return found


def main(seeds: list[int]) -> None:
    """Print the scores."""
    done, hits, wrong, months, begun = Counter[str](), Counter[str](), 0, 0.0, time.perf_counter()
    for seed in seeds:
        frauds, found, false, of = score(seed)
        done, hits, wrong, months = done + frauds, hits + found, wrong + false, months + of
    for kind in sorted(done):
        say(f"{kind:14} {hits[kind]:4} of {done[kind]:4}")
    total = sum(done.values())
    say(f"found within 24 h: {sum(hits.values())} of {total} ({sum(hits.values()) / total:.1%}; goal 95 %)")
    say(f"false serious findings: {wrong}, {wrong / months:.3f} per unit-month (goal 1)")
    say(
        f"seeds {seeds}, {2 * 7 * WEEKS} rounds of {len(CHECKS)} checks each: {time.perf_counter() - begun:.0f} s"
    )


if __name__ == "__main__":
    main([int(a) for a in sys.argv[1:]] or list(SEEDS))
