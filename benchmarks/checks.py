"""Every check of station quality on 1,500 sites x 72 h; goal: each below one second.

    python benchmarks/checks.py

Prints processor and wall seconds, and the ratio to a plain sort of the same rows in the same run.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import polars as pl

from bihuan.domain import quality
from tests.quality.air import places, real_hours

NAMES = (
    "beyond_range", "stuck", "spike", "pm_inversion", "neighbour_deviation", "site_gap", "network_gap", "sudden_drop", "cut_off",
)  # fmt: skip
GOAL = 1.0


def province(copies: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """1,500 sites x 72 h: the five real stations again and again, laid out over the province."""
    start = datetime(2019, 1, 11, tzinfo=UTC)
    hours = real_hours().filter(pl.col("start") >= start, pl.col("start") < start + timedelta(hours=72))
    more = pl.DataFrame({"copy": range(copies)})
    name = (pl.col("site") + "-" + pl.col("copy").cast(pl.String)).alias("site")
    many = hours.join(more, how="cross").with_columns(name).drop("copy")
    moved = (
        places()
        .join(more, how="cross")
        .with_columns(
            name, pl.col("lon") + pl.col("copy") % 20 * 0.2, pl.col("lat") + pl.col("copy") // 20 * 0.2
        )
    )
    return many, moved.drop("copy")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Processor and wall seconds of one call; the better of three."""
    best = (1e9, 1e9)
    for _ in range(3):
        cpu, wall = time.process_time(), time.perf_counter()
        work()
        best = min(best, (time.process_time() - cpu, time.perf_counter() - wall), key=lambda t: t[1])
    return best


def main() -> None:
    """Print one line per check."""
    hours, sites = province(300)
    _, reference = timed(lambda: hours.sort("start", "site"))
    sys.stdout.write(
        f"{hours.height} rows of {sites.height} sites; reference: sorting them, {reference * 1000:.0f} ms\n"
    )
    for name in NAMES:
        cpu, wall = timed(lambda name=name: getattr(quality, name)(hours, sites))
        mark = "" if wall < GOAL else "   OVER 1 s"
        sys.stdout.write(
            f"{name:<22} {cpu:5.2f} s cpu {wall:5.2f} s wall  {wall / reference:6.1f} x the sort{mark}\n"
        )


if __name__ == "__main__":
    main()
