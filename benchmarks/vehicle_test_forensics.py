"""Forensics of vehicle tests: how many of the simulator's frauds are found, how many clean tests are suspected, and how long it takes.

`python benchmarks/vehicle_test_forensics.py [--tests 1000000] [--seconds 180] [--score 200000]`. The score is of seeds 101-103; parameters were chosen
on seeds 1-9. The speed is of curves as they lie in Parquet parts, made outside of the timed part; the plain loop is measured on a sample and scaled.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations, pairwise
from pathlib import Path

import polars as pl

from bihuan.domain.vehicle_tests.forensics import Found, found_in, looked_at
from bihuan.domain.vehicle_tests.rates import far_above
from bihuan.simulate.vehicle_tests.curves import Made
from bihuan.simulate.vehicle_tests.records import make
from bihuan.simulate.vehicle_tests.wanted import Wanted

SCORED = (101, 102, 103)
BEGIN = datetime(2019, 6, 3, tzinfo=UTC)
STATIONS = 24
SAMPLE = 300


def say(line: str) -> None:
    """Print it at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def score(tests: int) -> None:
    """Detection per kind and false alarms, over the scored seeds."""
    injected, found, false, whole = Counter[str](), Counter[str](), Counter[str](), 0
    for seed in SCORED:
        made = make(Wanted(tests, STATIONS, BEGIN, seed))
        _count(made, found_in(made.tests, looked_at(made.traces()), made.checked), injected, found, false)
        whole += made.tests.height
    say(f"seeds {SCORED}, {whole} tests; parameters as they stand, chosen on seeds 1-9")
    say(f"{'deed':20}{'injected':>10}{'found':>8}{'share':>9}")
    for deed, count in injected.items():
        say(f"{deed:20}{count:>10}{found[deed]:>8}{found[deed] / count:>9.1%}")
    total = sum(false.values())
    say(f"false alarms: {total}, {10000 * total / whole:.2f} per 10,000 tests; by kind: {dict(false)}")


def _count(made: Made, seen: Found, injected: Counter[str], found: Counter[str], false: Counter[str]) -> None:
    touched = {test for tests in made.truth.values() for test in tests}
    by: dict[str, set[str]] = {}
    for kind, test in seen.suspects.select("kind", "test").iter_rows():
        by.setdefault(kind, set()).add(test)
    by["first_pass"] = set(far_above(seen.rates)["site"])
    lazy = seen.suspects.filter(pl.col("kind") == "no_daily")
    by["no_daily"] = set(lazy["site"])
    for deed, told in made.truth.items():
        kind = "copied" if deed.startswith("copied") else deed
        injected[deed] += len(told)
        found[deed] += len(by.get(kind, set()) & set(told))
    sites = {site for deed in ("first_pass", "no_daily", "wrong_result") for site in _sites(made, deed)}
    for kind, tests in by.items():
        false[kind] += len(tests - (sites if kind in ("first_pass", "no_daily") else touched))


def _sites(made: Made, deed: str) -> set[str]:
    told = made.truth[deed]
    return set(told) if deed != "wrong_result" else set(made.tests.filter(pl.col("test").is_in(told))["site"])


def speed(tests: int, seconds: int) -> None:
    """A million tests from Parquet parts, and a plain loop over a sample of them."""
    made = make(Wanted(tests, 90, BEGIN, 201, share=0.0005, length=seconds))
    with tempfile.TemporaryDirectory(prefix="bihuan-bench-") as folder:
        paths = []
        for n, part in enumerate(made.traces()):
            paths.append(Path(folder) / f"{n:04d}.parquet")
            part.write_parquet(paths[-1], compression="lz4", row_group_size=512)
        size = sum(p.stat().st_size for p in paths) / 1e9
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        begin, worked = time.perf_counter(), time.process_time()
        seen = found_in(made.tests, looked_at(_read(paths)), made.checked)
        lasted, worked = time.perf_counter() - begin, time.process_time() - worked
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        sample = pl.read_parquet(paths[0]).head(SAMPLE)
        each, pair = _plain(sample)
    pairs = pair * tests * (tests - 1) / 2
    say(
        f"{tests} tests x {seconds} s, {len(paths)} parts of {size:.1f} GB in all: {lasted:.1f} s ({worked:.1f} s of CPU), "
        f"peak {peak:.1f} GB (before: {before:.1f} GB), {seen.suspects.height} suspicions"
    )
    say(
        f"plain loop (measured on {SAMPLE} tests and scaled): features and cuts {each * tests:.0f} s, ratio {each * tests / lasted:.1f}; "
        f"with every pair compared {each * tests + pairs:.2g} s, ratio {(each * tests + pairs) / lasted:.2g}"
    )


def _read(paths: list[Path]) -> Iterator[pl.DataFrame]:
    for path in paths:
        yield pl.read_parquet(path)


def _plain(sample: pl.DataFrame) -> tuple[float, float]:
    """Seconds of loops of Python, as one would write them first: for features and cuts of each test; for one comparison of two cuts."""
    rows, cuts = sample.to_dicts(), []
    begin = time.perf_counter()
    for row in rows:
        curves = {c: v for c, v in row.items() if isinstance(v, list)}
        told = [_features(curve) for curve in curves.values()]
        cuts += [_cut(curves[name]) for name in ("hc", "no", "co", "k", "power") if name in curves][
            : len(told)
        ]
    each = (time.perf_counter() - begin) / len(rows)
    begin = time.perf_counter()
    likenesses = [
        sum(a * b for a, b in zip(one, two, strict=False)) for one, two in combinations(cuts[:SAMPLE], 2)
    ]
    return each, (time.perf_counter() - begin) / len(likenesses)


def _features(curve: list[float]) -> tuple[float, int]:
    late = curve[len(curve) * 2 // 5 :]
    return sum(late) / len(late), sum(a != b for a, b in pairwise(late))


def _cut(curve: list[float]) -> list[float]:
    wavy = [curve[t] - sum(curve[t - 2 : t + 3]) / 5 for t in range(2, len(curve) - 2)]
    top = max(range(len(wavy)), key=wavy.__getitem__)
    cut = wavy[max(0, top - 8) : top + 40]
    length = sum(v * v for v in cut) ** 0.5 or 1.0
    return [v / length for v in cut]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tests", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=180)
    parser.add_argument("--score", type=int, default=100_000)
    args = parser.parse_args()
    if args.score:
        score(args.score)
    if args.tests:
        speed(args.tests, args.seconds)


if __name__ == "__main__":
    main()
