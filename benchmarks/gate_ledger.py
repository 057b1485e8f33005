"""How long does the ledger page of a vehicle user take, and the pairing of a day?  python benchmarks/gate_ledger.py [--passages 10000000] [--gates 1000] [--rounds 15] [--quick]

An archive of passages of 104 units in a hundred days, a part for each day as the worker leaves them; the page is asked for through Django by somebody of
the city: a week, a narrowed week, three months. Goal: the page of a week in 300 ms. Then a day of `--gates` gates with a thousand passages each is
paired; goal 5 s; beside it a plain loop over the same rows in the same order, which must find the same visits. `--quick`: a hundredth of both.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from bihuan.domain.vehicles.pairing import visits
from bihuan.domain.vehicles.passages import PASSAGES

UNITS, DAYS, GATES_OF_UNIT = 104, 100, 3
PAGE_MS, PAIRING_S = 300, 5.0
FIRST = datetime(2026, 3, 1, tzinfo=UTC) - timedelta(hours=8)
NOW = FIRST + timedelta(days=DAYS)
A_GATE = 1000


def rows_of(day: int, count: int, gates: list[tuple[str, str]], seed: int = 0) -> pl.DataFrame:
    """Passages of a day: visits of 5 to 90 minutes, one in fifty without its way out."""
    rng = np.random.default_rng(seed + day)
    half = count // 2
    gate = rng.integers(0, len(gates), half)
    begun = rng.integers(0, 86_400 - 5400, half) * 1_000_000
    stay = rng.integers(300, 5400, half) * 1_000_000
    vehicle = rng.integers(0, 20_000, half)
    base = pl.DataFrame({"gate": gate, "vehicle": vehicle, "lost": rng.random(half) < 0.02})
    start = int((FIRST + timedelta(days=day)).timestamp()) * 1_000_000
    ways = [
        base.with_columns(at=pl.Series(start + begun), direction=pl.lit("in")),
        base.with_columns(at=pl.Series(start + begun + stay), direction=pl.lit("out")).filter(
            ~pl.col("lost")
        ),
    ]
    rows = pl.concat(ways)
    names = pl.DataFrame(
        {"gate": range(len(gates)), "unit": [u for u, _ in gates], "site": [s for _, s in gates]}
    )
    plate = pl.format("晋C{}", (pl.col("vehicle") + 10_000).cast(pl.String))
    out = pl.col("direction") == "out"
    return rows.join(names.with_columns(pl.col("gate").cast(pl.Int64)), on="gate").select(
        "site", "unit", "direction", plate=plate, plate_sent=plate, colour=pl.lit("yellow"), noted=pl.lit(""), fuel=pl.lit("diesel"), stage=pl.lit("5"),
        start=pl.from_epoch("at", time_unit="us").dt.replace_time_zone("UTC"), number=pl.int_range(pl.len()).cast(pl.String), stage_source=pl.lit("list"),
        vin=pl.format("LZZ5EXSD0KA{}", (pl.col("vehicle") + 100_000).cast(pl.String)), registered=pl.lit("2018-06-01"), permitted_kg=pl.lit(49_000.0),
        gross_kg=pl.when(out).then(46_500.0), tare_kg=pl.when(out).then(15_500.0), net_kg=pl.when(out).then(31_000.0), photos=pl.lit("a.jpg"),
        allowed=pl.lit(1, pl.Int64), rule=pl.lit("no_order"), decided_by=pl.lit("centre"), opened=pl.lit("auto"),
    )  # fmt: skip


def whole(rows: pl.DataFrame) -> pl.DataFrame:
    """All columns of PASSAGES."""
    return rows.with_columns(pl.lit(None, kind).alias(c) for c, kind in PASSAGES.items() if c not in rows.columns).select(list(PASSAGES))  # fmt: skip


def gates_of(units: int, each: int) -> list[tuple[str, str]]:
    """(unit, gate)."""
    return [(f"V{u:03d}", f"V{u:03d}-G{g}") for u in range(units) for g in range(each)]


def fill(folder: Path, passages: int) -> int:
    """The installation with its units and a part of passages for each day; how many there are."""
    os.environ |= {"BIHUAN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "bihuan.settings"}
    os.environ.setdefault("BIHUAN_SECRET_KEY", "benchmark")
    os.environ.setdefault("BIHUAN_HOSTS", "testserver")
    import django

    django.setup()
    from django.core.management import call_command

    from bihuan import clock
    from bihuan.installation.marker import make_installation
    from bihuan.registry.hours import archive
    from bihuan.registry.models import Organisation, Person, Post, Region
    from bihuan.registry.transport import Gate, VehicleUser

    make_installation(folder)
    call_command("migrate", verbosity=0)
    city = Region.objects.create(code="140300", name="阳泉市")
    unit = Organisation.objects.create(name="中心", kind="centre", region=city)
    Post.objects.create(person=Person.objects.create(username="officer"), role="chief", region=city, organisation=unit)  # fmt: skip
    where = {"region": city, "lon": 113.6, "lat": 37.8}
    VehicleUser.objects.bulk_create(VehicleUser(code=f"V{u:03d}", name=f"V{u:03d}", industry="钢铁", **where) for u in range(UNITS))  # fmt: skip
    gates = gates_of(UNITS, GATES_OF_UNIT)
    Gate.objects.bulk_create(Gate(code=g, name=g, unit_id=u, **where) for u, g in gates)
    clock.set_replay(NOW, 0)
    parts, count = archive().passages.parts, 0
    for day in range(DAYS):
        rows = whole(rows_of(day, passages // DAYS, gates)).with_columns(received=pl.col("start") + timedelta(minutes=1), journal=pl.lit(16, pl.Int64))  # fmt: skip
        month = f"{FIRST + timedelta(days=day, hours=8):%Y-%m}"
        parts.commit([parts.write(rows, "base", month)])
        count += rows.height
    return count


def timed(rounds: int, act: Callable[[int], None]) -> tuple[float, float]:
    """Median and 95th percentile of the wall clock [ms]."""
    found = []
    for n in range(rounds):
        begin = time.perf_counter()
        act(n)
        found.append((time.perf_counter() - begin) * 1000)
    return statistics.median(found), sorted(found)[int(0.95 * (rounds - 1))]


def pages(rounds: int) -> Iterator[tuple[str, float, float]]:
    """Each way of asking for the ledger, another unit each time: median and 95th percentile [ms]."""
    from django.test import Client
    from django.urls import reverse

    from bihuan.registry.models import Person

    client = Client()
    client.force_login(Person.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    last = (NOW - timedelta(days=1) + timedelta(hours=8)).date()

    def ask(asked: dict[str, str], n: int) -> None:
        answer = client.get(reverse("vehicle_users:ledger", args=[f"V{n * 7 % UNITS:03d}"]), asked)
        assert answer.status_code == 200
        assert "晋C" in answer.content.decode()

    week = {"to": last.isoformat()}
    quarter = {"from": (last - timedelta(days=91)).isoformat(), "to": last.isoformat()}
    ask(week, 99)
    for name, asked in {"a week": week, "a narrowed week": week | {"stage": "5", "way": "both"}, "page 3 of a week": week | {"page": "3"}, "three months": quarter}.items():  # fmt: skip
        yield name, *timed(rounds, lambda n, asked=asked: ask(asked, n))  # type: ignore[misc]


def plain(rows: pl.DataFrame) -> int:
    """How many visits a loop over the rows by unit, plate and time finds that have both ways."""
    ordered = rows.select("unit", "plate", "start", "number", "direction").sort(
        "unit", "plate", "start", "number"
    )
    inside: tuple[str, str] | None = None
    found = 0
    for unit, plate, _start, _number, direction in ordered.iter_rows():
        if direction == "in":
            inside = (unit, plate)
        else:
            found += inside == (unit, plate)
            inside = None
    return found


def pairing(gates: int) -> tuple[int, float, float]:
    """Rows of a day, seconds of the pairing, seconds of the plain loop."""
    rows = whole(rows_of(0, gates * A_GATE, gates_of(max(1, gates // GATES_OF_UNIT), GATES_OF_UNIT), 1))
    begin = time.perf_counter()
    found = visits(rows)
    taken = time.perf_counter() - begin
    begin = time.perf_counter()
    pairs = plain(rows)
    loop = time.perf_counter() - begin
    both = found.filter(pl.col("in_at").is_not_null() & pl.col("out_at").is_not_null()).height
    assert both == pairs, f"the loop finds {pairs} visits, the columns {both}"
    return rows.height, taken, loop


def main() -> None:
    """Fill, ask, pair, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--passages", type=int, default=10_000_000)
    parser.add_argument("--gates", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    shrink = 100 if args.quick else 1
    say = sys.stdout.write
    with tempfile.TemporaryDirectory(prefix="bihuan-ledger-") as folder:
        begin = time.perf_counter()
        count = fill(Path(folder), args.passages // shrink)
        say(
            f"{count:,} passages of {UNITS} units in {DAYS} days (made in {time.perf_counter() - begin:.0f} s)\n"
        )
        for name, median, slow in pages(args.rounds):
            over = f"   OVER {PAGE_MS} ms" if name != "three months" and median > PAGE_MS else ""
            say(f"ledger page, {name:17} {median:6.0f} ms, p95 {slow:6.0f} ms{over}\n")
    rows, taken, loop = pairing(max(3, args.gates // shrink))
    over = f"   OVER {PAIRING_S:g} s" if taken > PAIRING_S else ""
    say(f"pairing of {rows:,} passages of a day {taken:.2f} s{over}; plain loop {loop:.2f} s: {loop / taken:.1f} times as long\n")  # fmt: skip


if __name__ == "__main__":
    main()
