"""Skill and speed of the forecast against its bars.  python benchmarks/forecast.py [--beijing FILE] [--only NAME...] [--days N]

Trials: `summer` and `winter` on the packed stations of 2019 (the practice city and its neighbours); with --beijing,
an ambient table with weather from 2013-03 to 2016-02, also `beijing`, `observed` (true future weather) and `noisy`
(weather with the stated error). Every number is a ratio to the best baseline on the same targets, or what the bar
names; a line ends with the bars that it misses. --days N: also the chances of daily AQI, of an issue every N days
(2 for the packed stations, 7 for the half year of Beijing; an issue takes 2 to 8 s, by the age of its fit).
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib import resources
from pathlib import Path

import daily_chances
import polars as pl

from bihuan.domain.forecast import model as models
from bihuan.domain.forecast import peers, rolling
from bihuan.domain.forecast.issuing import issue
from bihuan.domain.timeaxis import parse_moment
from bihuan.domain.verification import chances, pairs, quantiles
from bihuan.feeds import ambient_table

ITEMS = ("pm25", "o3")
OURS = "ours"
THRESHOLDS = {75: {"none": 0.15, "observed": 0.61}, 150: {"none": 0.13, "observed": 0.59}}


@dataclass(frozen=True)
class Trial:
    """Origins every 6 h from `first` to `last`; fitted on what lies before, refitted after `refit`."""

    first: str
    last: str
    refit: timedelta | None = None
    weather: models.Weather = "none"


BEIJING = ("2015-09-01T00:00", "2016-02-25T18:00", None)
TRIALS = {
    "summer": Trial("2019-08-01T00:00", "2019-09-27T18:00"),
    "winter": Trial("2019-02-01T00:00", "2019-03-28T18:00", timedelta(days=7)),
    "beijing": Trial(*BEIJING),
    "observed": Trial(*BEIJING, "observed"),
    "noisy": Trial(*BEIJING, "noisy"),
}


def packed() -> pl.DataFrame:
    """The practice city's stations and their neighbours in 2019."""
    folder = Path(str(resources.files("bihuan.practice") / "data"))
    tables = [ambient_table.read(folder / f"{name}_2019.parquet").rows for name in ("yangquan", "neighbours")]
    return pl.concat(tables, how="diagonal")


def said(history: pl.DataFrame, trial: Trial) -> pl.DataFrame:
    """Pairs of all peers and of ours on the same targets, with the climatological chance of each threshold."""
    first, last = parse_moment(trial.first), parse_moment(trial.last)
    plan = rolling.Plan(first, last, timedelta(hours=6), 72, ITEMS, trial.weather, trial.refit)
    rows = []
    for segment in rolling.run(history, plan):
        rows.append(segment.rows.with_columns(model=pl.lit(OURS)))
        rows.append(peers.rows(segment, history, plan.leads, quantiles=True))
    measured = pairs.observed_long(history, ITEMS)
    found = pairs.shared(pairs.paired(pl.concat(rows), measured))
    past = measured.filter(pl.col("start") < first)
    for threshold in THRESHOLDS:
        usual = chances.climatology(past, threshold)
        found = chances.with_climatology(found, usual).rename({"usual": f"usual{threshold}"})
    return found


def lines(found: pl.DataFrame, weather: models.Weather) -> Iterator[str]:
    """One line for each item and lead block."""
    by = ["model", "item", "block"]
    square = ((pl.col("mean") - pl.col("observed")) ** 2).mean().sqrt()
    error = found.group_by(by).agg(value=square)
    crps = found.group_by(by).agg(value=quantiles.crps().mean()).drop_nulls()
    ours = found.filter(pl.col("model") == OURS)
    inside = quantiles.coverage(ours, ["item", "block"])
    levels = quantiles.quantile_reliability(ours, ["item", "block"])
    levels = levels.with_columns(apart=(pl.col("level") - pl.col("share")).abs())
    for cell in inside.sort("item", "block", descending=[True, False]).to_dicts():
        item, block = cell["item"], cell["block"]
        here = (pl.col("item") == item) & (pl.col("block") == block)
        far = float(levels.filter(here).select(pl.col("apart").max()).item())
        top = 0.60 if weather == "none" else 0.75
        against = peers.TREES if weather != "none" else None
        most = {"none": 0.96 if block == "1-24" else 0.97, "observed": 0.93, "noisy": 0.95}[weather]
        words = [
            _ratio("RMSE", error.filter(here), most, against),
            _ratio("CRPS", crps.filter(here), 0.95, None),
            _bar(f"in 90 % {100 * cell['inside']:.0f}", 0.87 <= cell["inside"] <= 0.93),
            _bar(f"top tenth {100 * cell['inside_top']:.0f}", cell["inside_top"] >= top),
            _bar(f"quantiles off by {100 * far:.1f}", far <= 0.03),
            *(_skill(found.filter(here), t, weather) for t in THRESHOLDS if item == "pm25"),
        ]
        yield f"  {item:5}{block:6} " + "; ".join(words)


def against_damped(found: pl.DataFrame) -> Iterator[str]:
    """One line for each item: RMSE as a ratio to damped persistence, the worst lead and the worst month of targets."""
    square = ((pl.col("mean") - pl.col("observed")) ** 2).mean().sqrt()
    damped = peers.NAMES["raw_damped"]
    rows = found.filter(pl.col("model").is_in([OURS, damped])).with_columns(month=pairs.month())
    for item in ITEMS:
        words = []
        for by in ("lead", "month"):
            cells = rows.filter(pl.col("item") == item).group_by(by, "model").agg(square.alias("rmse"))
            ratio = pl.col(OURS) / pl.col(damped)
            table = cells.pivot("model", index=by, values="rmse").select(by, ratio=ratio).sort("ratio")
            worst, most = table.row(-1)
            over = table.filter(pl.col("ratio") > 1)[by].sort().to_list()
            where = f" (above 1 at {len(over)} of {table.height}, {over[0]}..{over[-1]})" if over else ""
            words.append(_bar(f"worst {by} {worst}: {most:.3f}{where}", not over))
        yield f"  {item:5}RMSE / damped persistence: " + "; ".join(words)


def chances_of_days(history: pl.DataFrame, trial: Trial, every: int) -> Iterator[str]:
    """What the joint paths said of daily AQI at 08:00 every `every` days, and what came."""
    begin = time.perf_counter()
    morning = timedelta(hours=8)
    first, last = parse_moment(trial.first) + morning, parse_moment(trial.last[:10]) - timedelta(days=3)
    rows = daily_chances.said(history, first, last, timedelta(days=every), trial.refit)
    without = (
        ""
        if "co" in history.columns
        else ", without CO (the file's column is in µg/m³: refused by the importer)"
    )
    yield (
        f"  daily AQI, issued at 08:00 every {every} days, days 1-3 ahead, {rows['site'].n_unique()} sites{without} "
        f"({time.perf_counter() - begin:.0f} s)"
    )
    yield from daily_chances.lines(rows)


def _bar(text: str, met: bool) -> str:
    return text if met else f"{text} MISSED"


def _ratio(name: str, scores: pl.DataFrame, most: float, against: str | None) -> str:
    """Ours, and its ratio to the best baseline (or to the one named)."""
    of = dict(scores.select("model", "value").iter_rows())
    ours = of.pop(OURS)
    best = against or min(of, key=lambda peer: of[peer])
    others = [f"{peer} {value:.1f}" for peer, value in sorted(of.items(), key=lambda kv: kv[1])[:3]]
    return _bar(f"{name} {ours:.2f} = {ours / of[best]:.3f} x {best}", ours <= most * of[best]) + (
        f" [{', '.join(others)}]"
    )


def _skill(found: pl.DataFrame, threshold: int, weather: models.Weather) -> str:
    """Brier skill of ours and of the trees' quantiles; the bar stands at 25-48 h."""
    rows = found.filter(pl.col("model").is_in([OURS, peers.TREES])).with_columns(
        chance=chances.chance_above(threshold)
    )
    scores = chances.brier(rows, threshold, ["model"], reference=f"usual{threshold}")
    of = dict(scores.select("model", "skill").iter_rows())
    least = THRESHOLDS[threshold].get(weather, 0.0)
    met = found["block"][0] != "25-48" or of[OURS] > least
    return _bar(f"P(>{threshold}) skill {of[OURS]:.3f} (trees {of[peers.TREES]:.3f})", met)


def speed(history: pl.DataFrame) -> str:
    """Seconds of a fit of all items and sites on the whole history, and of one issue."""
    begin = time.perf_counter()
    fitted = models.fit(history)
    done = time.perf_counter()
    issue(fitted, history, fitted.until)
    sites = history["site"].n_unique()
    return f"{sites} sites: fit {done - begin:.1f} s (bar: 50 sites < 600), issue {time.perf_counter() - done:.1f} s (bar: < 5)"


def main() -> None:
    """Print the trials asked for, then the speed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beijing", type=Path, metavar="FILE")
    parser.add_argument("--only", nargs="+", choices=TRIALS, default=list(TRIALS))
    parser.add_argument("--days", type=int, metavar="N")
    args = parser.parse_args()
    table: dict[bool, Callable[[], pl.DataFrame]] = {
        False: packed,
        True: lambda: ambient_table.read(args.beijing).rows,
    }
    for name in args.only:
        trial = TRIALS[name]
        far = trial.first.startswith("2015")
        if far and args.beijing is None:
            continue
        begin = time.perf_counter()
        found = said(table[far](), trial)
        sys.stdout.write(
            f"{name}, {trial.first} to {trial.last}, weather {trial.weather} ({time.perf_counter() - begin:.0f} s)\n"
        )
        sys.stdout.write("\n".join([*lines(found, trial.weather), *against_damped(found)]) + "\n")
        if args.days and trial.weather == "none":
            sys.stdout.write("\n".join(chances_of_days(table[far](), trial, args.days)) + "\n")
        sys.stdout.flush()
    sys.stdout.write(speed(packed()) + "\n")


if __name__ == "__main__":
    main()
