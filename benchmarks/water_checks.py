"""Checks of water readings on real ones: how often they speak, and how many injected faults each of them finds.

    python benchmarks/water_checks.py FILE... [--faults 200] [--seed 1]

FILE: the national release (as the feed `water_sections` reads it). Printed: findings of each check per 1000 section-days of
the real rows; of faults injected into real rows (a section and a moment drawn for each, one fault at a time), the share that the
check finds, and the false alarms that it gives besides on the same rows. Real rows have faults of their own: what is printed as
findings of real rows is the work given to a reviewer, no error rate. Pairs of sections are no real neighbours (the release has no
network): they are sections of one province that vary together, so `neighbours` speaks more often here than on a river.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from bihuan.domain.checks import Check
from bihuan.domain.standards.surface_water.oxygen import saturation
from bihuan.feeds.detect import batches_of, detect
from bihuan.feeds.long.rows import settle
from bihuan.scenarios.water_sections.checks import CHECKS
from bihuan.scenarios.water_sections.quality.frames import ITEMS, SECTIONS, normal, readings_of

LEAST = 24
"""Readings of a section into which faults are injected."""
Fault = Callable[[pl.DataFrame, int, random.Random], pl.DataFrame]
"""Puts a fault into the readings of one section from a row on."""


def say(line: str) -> None:
    """One line of the report."""
    sys.stdout.write(f"{line}\n")


def real(paths: list[Path]) -> pl.DataFrame:
    """READINGS of the files."""
    rows = [settle(pl.concat([r.rows for r in batches_of(detect(p))(p) if r.rows.width]), p.name, last_counts=True).rows for p in paths]  # fmt: skip
    return readings_of(pl.concat(rows).unique(["site", "quantity", "period", "start"], keep="last"))


def pairs(readings: pl.DataFrame) -> pl.DataFrame:
    """Sections of one province whose temperature and conductivity vary most alike, each with one below: SECTIONS."""
    long = readings.select("site", "start", "temp").with_columns(
        province=pl.col("site").str.split("·").list.first()
    )
    both = long.join(long, on=["province", "start"]).filter(pl.col("site") != pl.col("site_right"))
    alike = both.group_by("site", "site_right").agg(together=pl.corr("temp", "temp_right"), known=pl.len())
    best = alike.filter(pl.col("known") >= LEAST).drop_nulls().sort("together", "site", "site_right")
    best = best.unique("site", keep="last").unique("site_right", keep="last")
    return best.select("site", below="site_right", travel=pl.lit(4.0)).cast(SECTIONS).sort("site")


def _set(rows: pl.DataFrame, at: int, length: int, **values: pl.Expr) -> pl.DataFrame:
    inside = pl.int_range(pl.len()).is_between(at, at + length - 1)
    return rows.with_columns(pl.when(inside).then(v).otherwise(pl.col(c)).alias(c) for c, v in values.items())


def _value(rows: pl.DataFrame, at: int, item: str) -> pl.Expr:
    return pl.lit(rows[item][at])


FAULTS: dict[str, Fault] = {
    "range": lambda r, at, _: _set(r, at, 1, ph=pl.lit(12.5)),
    "stuck": lambda r, at, _: _set(r, at, 8, codmn=_value(r, at, "codmn"), tn=_value(r, at, "tn")),
    "jump": lambda r, at, d: _set(r, at, 1, nh3n=pl.col("nh3n") * 3 + d.uniform(0.6, 3)),
    "oxygen": lambda r, at, d: _set(r, at, 3, do=saturation(pl.col("temp")) * d.uniform(2.6, 3.2)),
    "acid": lambda r, _at, d: r.with_columns(do=2 * pl.col("do").mean() - pl.col("do") + d.uniform(-0.2, 0.2)),
    "nitrogen": lambda r, at, d: _set(r, at, 3, nh3n=pl.col("tn") * d.uniform(1.4, 2)),
    "phosphorus": lambda r, at, d: _set(r, at, 2, turbidity=pl.lit(d.uniform(350, 1500)), tp=pl.lit(0.01)),
    "leftovers": lambda r, at, _: _set(r, at, 6, state=pl.lit("M"), **{i: _value(r, at - 1, i) for i in ITEMS}),
    "neighbours": lambda r, at, d: _set(r, at, 6, conductivity=pl.col("conductivity") * d.uniform(3, 5)),
}  # fmt: skip


def injected(
    readings: pl.DataFrame, sections: pl.DataFrame, name: str, count: int, seed: int
) -> tuple[int, int, int]:
    """Faults put in, found, and findings of the check that are none of them and not in the real rows either."""
    check = next(c for c in CHECKS if c.key.endswith(f".{name}"))
    drawn, before = random.Random(seed), check.run(readings, sections)
    known = _spans(before)
    low = set(sections["below"].drop_nulls()) if name == "neighbours" else set(readings["site"])
    sites = [
        s for s, n in readings.group_by("site").len().sort("site").iter_rows() if n >= LEAST and s in low
    ]
    chosen = drawn.sample(sites, min(count, len(sites)))
    parts, places, rest = (
        [],
        dict[str, tuple[datetime, datetime]](),
        readings.filter(~pl.col("site").is_in(chosen)),
    )
    for site in chosen:
        rows = readings.filter(pl.col("site") == site)
        at = drawn.randrange(8, rows.height - 8)
        places[site] = (rows["start"][at] - timedelta(hours=4), rows["start"][at] + timedelta(hours=40))
        parts.append(FAULTS[name](rows, at, drawn))
    found = check.run(pl.concat([rest, *parts]).sort("site", "start"), sections)
    whole = name == "acid"
    hits = {
        s for s, a, b in _spans(found) if s in places and (whole or (a < places[s][1] and b > places[s][0]))
    }
    reached = hits | set(
        sections.filter(pl.col("site").is_in(chosen))["below"].drop_nulls()
    )  # the fault above shows below
    false = [f for f in _spans(found) if f not in known and f[0] not in reached]
    return len(chosen), len(hits), len(false)


def _spans(found: pl.DataFrame) -> set[tuple[str, datetime, datetime]]:
    return set(found.select("target", "start", "until").iter_rows())


def _timed(check: Check, readings: pl.DataFrame, sections: pl.DataFrame) -> tuple[pl.DataFrame, float]:
    began = time.perf_counter()
    return check.run(readings, sections), time.perf_counter() - began


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print titles of findings")
    given = parser.parse_args()
    readings = real(given.files)
    sections = pairs(readings)
    days = readings.select("site", pl.col("start").dt.convert_time_zone("Asia/Shanghai").dt.date()).n_unique()
    say(f"{readings.height} readings, {readings['site'].n_unique()} sections, {days} section-days, {sections.height} pairs; normal {normal(readings).height / readings.height:.1%}")  # fmt: skip
    say(f"{'check':12} {'findings':>8} {'sections':>8} {'per 1000 d':>10} {'seconds':>8}  {'faults':>6} {'found':>6} {'false':>6}")  # fmt: skip
    for check in CHECKS:
        name = check.key.rpartition(".")[2]
        found, seconds = _timed(check, readings, sections)
        n, hits, false = injected(readings, sections, name, given.faults, given.seed)
        say(f"{name:12} {found.height:8} {found['target'].n_unique():8} {1000 * found.height / days:10.2f} {seconds:8.2f}  {n:6} {hits / max(n, 1):6.1%} {false:6}")  # fmt: skip
        for title in found["title"].head(6) if given.show else ():
            say(f"      {title}")


if __name__ == "__main__":
    main()
