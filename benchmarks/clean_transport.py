"""The table of clean transport over a month of passages.  python benchmarks/clean_transport.py [--passages 10000000] [--units 400] [--rounds 5]

In a folder of its own that goes afterwards: passages by day as gates send them, a hundred trucks at each unit. Timed are the sums of the month made
anew, those of one day that got news, and the page when they are there. Goals: the page below 1 s. The reference is DuckDB's plain query of the
same sums over the same files, in the same run; it knows no versions of a record and keeps nothing.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from bihuan.archive.passages import Passages

GOAL, TRUCKS, DAYS = 1.0, 100, 31
T = TypeVar("T")
MONTH, NOW = date(2019, 1, 1), datetime(2019, 2, 5, tzinfo=UTC)
STAGES = pl.Series(["5", "6", "4", "electric", None, "3"])
FUELS = pl.Series(["diesel", "diesel", "diesel", "electric", None, "diesel"])
CARGO = np.array(["原煤", "焦炭", "铁矿石", "熟料", "钢材"])


def main() -> None:
    """Fill, time, compare, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--passages", type=int, default=10_000_000)
    parser.add_argument("--units", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bihuan-clean-") as folder:
        os.environ |= {
            "BIHUAN_DATA": folder,
            "DJANGO_SETTINGS_MODULE": "bihuan.settings",
            "BIHUAN_LOG": "ERROR",
        }
        import django

        django.setup()
        measure(args.passages, args.units, args.rounds)


def measure(passages: int, units: int, rounds: int) -> None:
    """All figures."""
    from bihuan.registry.hours import archive
    from bihuan.scenarios.clean_transport.reading import road_in, ways_in

    page = _city(units)
    sent = archive().passages
    for n in range(DAYS):
        _day(sent, n, passages // DAYS, units)
    first, _loads = _timed(lambda: road_in(MONTH, NOW))
    ways = ways_in(MONTH, NOW)
    plain, total = _timed(lambda: _duckdb([p.path for p in sent.parts.listed()]))
    assert abs(total - float(ways["kg"].sum())) < 1, "DuckDB sums up to something else"
    _day(sent, 14, 100, units, extra=True)
    again, _loads = _timed(lambda: road_in(MONTH, NOW))
    pages = [_timed(page)[0] for _ in range(rounds)]
    middle = statistics.median(pages)
    over = "" if middle < GOAL else f"   OVER {GOAL:g} s"
    sys.stdout.write(
        f"{passages:,} passages of {units} units, {ways.height:,} rows of sums\n"
        f"sums of the month made anew {first:.2f} s, after news of one day {again:.2f} s\n"
        f"DuckDB, plain query of the same sums {plain:.2f} s: sums anew {first / plain:.1f} times as long\n"
        f"page with its sums kept: median {middle * 1000:.0f} ms, worst {max(pages) * 1000:.0f} ms of {rounds}{over}: {plain / middle:.1f} times faster than DuckDB's query\n"
    )


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def _city(units: int) -> Callable[[], object]:
    """A city of units; what asks for its page as its chief."""
    from django.core.management import call_command
    from django.test import Client

    from bihuan import clock
    from bihuan.registry.transport import VehicleUser
    from tests.people import build_city

    call_command("migrate", verbosity=0)
    city = build_city()
    clock.set_replay(NOW, 0)
    VehicleUser.objects.bulk_create(
        VehicleUser(code=f"V{n:04d}", name=f"单位{n}", region=city.regions["140321"], lon=113.5, lat=37.8, industry=("钢铁", "水泥", "焦化")[n % 3], grade="B", clean_goal=80.0)
        for n in range(units)
    )  # fmt: skip
    client = Client()
    client.force_login(city.person("chief", "140300"))

    client.get("/login/", headers={"host": "localhost"})  # what every process loads once

    def page() -> None:
        answer = client.get(
            "/s/clean_transport/", {"since": "2019-01", "until": "2019-01"}, headers={"host": "localhost"}
        )
        assert answer.status_code == 200, answer.status_code

    return page


def _day(sent: "Passages", n: int, count: int, units: int, *, extra: bool = False) -> None:
    """Passages of a day, in and out by turns, in one part."""
    from bihuan.archive.passages import COLUMNS

    dice = np.random.default_rng([n, int(extra)])
    truck = np.repeat(dice.integers(0, units * TRUCKS, count // 2 + 1), 2)[:count]
    way = np.arange(count) % 2
    second = (dice.random(count) * 86_400 * 1_000_000).astype(np.int64)
    begin = int((datetime(2018, 12, 31, 16, tzinfo=UTC) + timedelta(days=n)).timestamp() * 1_000_000)
    unit = truck // TRUCKS
    kind = truck % len(STAGES)
    electric = kind == 3
    names, plates = (
        pl.Series([f"V{u:04d}" for u in range(units)]),
        pl.Series([f"晋C{t:05d}" for t in range(units * TRUCKS)]),
    )
    table = pl.DataFrame(
        {
            "unit": names.gather(unit), "site": names.gather(unit) + "-G1", "start": pl.Series(begin + second).cast(pl.Datetime("us", "UTC")),
            "number": pl.Series(np.arange(count) + extra * 10_000_000).cast(pl.String), "direction": pl.Series(np.where(way == 0, "in", "out")),
            "plate": plates.gather(truck), "colour": pl.Series(np.where(electric, "yellow_green", "yellow")), "noted": pl.repeat("", count, eager=True),
            "fuel": FUELS.gather(kind), "stage": STAGES.gather(kind),
            "cargo": pl.Series(CARGO[unit % len(CARGO)]), "net_kg": pl.Series(np.where((way == 1) & (truck % 7 > 0), 31_000.0, np.nan)).fill_nan(None),
            "allowed": pl.repeat(1, count, dtype=pl.Int64, eager=True), "received": pl.repeat(NOW - timedelta(days=1), count, dtype=pl.Datetime("us", "UTC"), eager=True),
            "journal": pl.repeat(n + 1 + 100 * extra, count, dtype=pl.Int64, eager=True),
        }
    )  # fmt: skip
    whole = table.with_columns(
        pl.lit(None, kind).alias(c) for c, kind in COLUMNS.items() if c not in table.columns
    )
    sent.parts.commit([sent.parts.write(whole.select(list(COLUMNS)), "base", "2019-01")], n + 1 + 100 * extra)


def _duckdb(paths: list[str]) -> float:
    """The same sums without days; all their kilograms."""
    import duckdb

    rows = duckdb.execute(
        "select unit, plate, colour, direction, cargo, fuel, stage, sum(net_kg) kg, count(*), count(net_kg) from read_parquet($1) "
        "where coalesce(allowed, 1) = 1 and direction in ('in', 'out') group by all",
        [[str(Path(p)) for p in paths]],
    ).fetchall()
    return float(sum(row[7] or 0 for row in rows))


if __name__ == "__main__":
    main()
