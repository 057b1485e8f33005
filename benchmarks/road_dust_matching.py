"""Points of mobile runs onto road segments, and on to ranks.  python benchmarks/road_dust_matching.py [--points 1000000] [--segments 2000]

A grid of streets, points scattered about them by up to 40 m. The plain reference asks shapely for the distance of one point to every segment in
its neighbourhood, in a loop, on a sample; both must find the same segments. Goal: a month of a million points below 20 s.
"""

import argparse
import sys
import time
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import shapely

from bihuan.domain.road_dust.matching import NONE, matched, net_of
from bihuan.domain.road_dust.passes import passes
from bihuan.domain.road_dust.rules import rules_on
from bihuan.domain.road_dust.scores import scores

GOAL, SAMPLE, WITHIN, EVERY = 20.0, 2000, 30.0, 5
BEGAN = datetime(2026, 6, 1, tzinfo=UTC)


def main() -> None:
    """Make, match, compare, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--segments", type=int, default=2000)
    args = parser.parse_args()
    rng = np.random.default_rng(1)
    starts = np.column_stack(
        [113.3 + rng.random(args.segments) * 0.6, 37.7 + rng.random(args.segments) * 0.4]
    )
    corners = starts[:, None, :] + np.cumsum(rng.normal(0, 0.002, (args.segments, 6, 2)), axis=1)
    lines = {
        f"R{n:04d}": {"type": "LineString", "coordinates": corners[n].tolist()} for n in range(args.segments)
    }
    run = np.repeat(rng.integers(0, args.segments, args.points // 12 + 1), 12)[: args.points]
    at, part = rng.random(args.points), rng.integers(0, 5, args.points)
    places = (
        corners[run, part]
        + (corners[run, part + 1] - corners[run, part]) * at[:, None]
        + rng.normal(0, 0.00015, (args.points, 2))
    )
    begin = time.perf_counter()
    net = net_of(lines)
    found, _far = matched(net, places[:, 0], places[:, 1], WITHIN)
    matching = time.perf_counter() - begin
    begin = time.perf_counter()
    scored = _scored(net.keys, found, rng)
    scoring = time.perf_counter() - begin
    begin = time.perf_counter()
    shapes = [shapely.LineString(np.array(lines[key]["coordinates"]) * net.scale) for key in net.keys]
    plain = [_nearest(shapes, *(places[i] * net.scale)) for i in range(SAMPLE)]
    loop = (time.perf_counter() - begin) / SAMPLE * args.points
    assert plain == found[:SAMPLE].tolist(), "the plain loop finds other segments"
    over = "" if matching + scoring < GOAL else f"   OVER {GOAL:g} s"
    sys.stdout.write(
        f"{args.points:,} points, {args.segments:,} segments, {np.mean(found != NONE):.0%} on one\nmatched in {matching:.1f} s, passes and ranks of "
        f"{scored} segments in {scoring:.1f} s{over}\nplain loop (from {SAMPLE:,} points) {loop:,.0f} s: {loop / matching:,.0f} times as long\n"
    )


def _nearest(shapes: list[shapely.LineString], x: float, y: float) -> int:
    point = shapely.Point(x, y)
    metres, number = min((shape.distance(point), n) for n, shape in enumerate(shapes))
    return number if metres <= WITHIN else NONE


def _scored(keys: tuple[str, ...], found: np.ndarray, rng: np.random.Generator) -> int:
    times = [BEGAN + timedelta(seconds=EVERY * n) for n in range(len(found) // 50 + 1)]
    start = pl.Series("start", times).gather(np.arange(len(found)) // 50)
    points = pl.DataFrame(
        {
            "vehicle": (np.arange(len(found)) % 50).astype(str), "start": start, "segment": np.array([*keys, None], dtype=object)[found],
            "speed": rng.uniform(10, 70, len(found)), "pm10": rng.uniform(50, 200, len(found)), "weather": "ok",
        },
        schema_overrides={"segment": pl.String},
    )  # fmt: skip
    rules = rules_on(date(2026, 6, 1))
    return scores(passes(points, rules), rules).height


if __name__ == "__main__":
    main()
