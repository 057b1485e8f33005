"""A million points of tracks judged: steps, conditions and signs, as a ratio to sorting the same points once with polars.

    python benchmarks/patrol.py [--points 1000000]

Goal: all of it in less than ten times the sort that nobody can leave out (points arrive out of order and twice).
"""

import argparse
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from bihuan.domain.patrol.batches import read
from bihuan.domain.patrol.effective import judge
from bihuan.domain.patrol.rules import rules_on
from bihuan.domain.patrol.signs import signs
from bihuan.domain.patrol.track import steps
from bihuan.simulate.walker import batches

KEY = "00000000-0000-4000-8000-000000000001"
START = datetime(2019, 1, 1, tzinfo=UTC)
RULES = rules_on(START.date())
GOAL = 10.0


def track(points: int) -> pl.DataFrame:
    """The walk of a simulated phone, day after day."""
    one = pl.concat([read(raw, START, KEY).points for raw in batches(KEY, START, [(113.6, 37.8)] * 3)])
    days = range(points // one.height + 1)
    return pl.concat(
        [one.with_columns(at=pl.col("at") + timedelta(days=n), device=pl.lit(f"d{n}")) for n in days]
    )


def main() -> None:
    """Print the times and the ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=1_000_000)
    frame = track(parser.parse_args().points)
    begun = time.perf_counter()
    frame.unique(["device", "seq"], keep="first", maintain_order=True).sort("at", "device", "seq")
    sorted_ = time.perf_counter()
    made = steps(frame, RULES)
    judge(made, RULES, None)
    judged = time.perf_counter()
    signs(frame, RULES)
    done = time.perf_counter()
    ratio = (done - sorted_) / (sorted_ - begun)
    sys.stdout.write(
        f"{frame.height} points: sort {sorted_ - begun:.2f} s, judged {judged - sorted_:.2f} s, signs {done - judged:.2f} s\n"
    )
    sys.stdout.write(f"ratio to the sort {ratio:.1f} (goal {GOAL:.0f})\n")


if __name__ == "__main__":
    main()
