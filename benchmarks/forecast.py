"""Skill and speed of the forecast.  python benchmarks/forecast.py [AMBIENT_TABLE...]

Without a table: the practice city's stations and neighbours of 2019. Prints RMSE by lead block as a ratio to each
named baseline on the same targets, the coverage of the 90 % interval, and the seconds of fit and issue.
"""

import sys
import time
from datetime import timedelta
from importlib import resources
from pathlib import Path

import polars as pl

from bihuan.domain.forecast import model as models
from bihuan.domain.forecast import peers, rolling, verification
from bihuan.domain.forecast.issuing import issue
from bihuan.domain.timeaxis import parse_moment
from bihuan.feeds import ambient_table

ITEMS = ("pm25", "o3")
TRIALS = {
    "August and September, one fit": ("2019-08-01T00:00", "2019-09-27T18:00", None),
    "February and March, refit each week": ("2019-02-01T00:00", "2019-03-28T18:00", timedelta(days=7)),
}


def _tables(names: list[str]) -> pl.DataFrame:
    packed = resources.files("bihuan.practice") / "data"
    paths = [Path(n) for n in names] or [
        Path(str(packed / f"{n}_2019.parquet")) for n in ("yangquan", "neighbours")
    ]
    return pl.concat([ambient_table.read(p).rows for p in paths], how="diagonal")


def skill(history: pl.DataFrame, first: str, last: str, refit: timedelta | None) -> list[str]:
    """One trial: a line for each item and lead block."""
    plan = rolling.Plan(parse_moment(first), parse_moment(last), timedelta(hours=6), 72, ITEMS, "none", refit)
    rows, sums = [], []
    for segment in rolling.run(history, plan):
        rows.append(segment.rows)
        sums += peers.errors(segment, history, ITEMS, plan.leads)
    block = (pl.col("lead") - 1) // 24
    errors = pl.DataFrame(sums, schema=["peer", "item", "lead", "square", "n"], orient="row")
    table = errors.group_by("item", "peer", block.alias("day")).agg(
        rmse=(pl.col("square").sum() / pl.col("n").sum()).sqrt()
    )
    said = pl.concat(rows).with_columns(model=pl.lit("ours"))
    scores = verification.score(said, verification.observed_long(history, ITEMS))
    inside = {(r["item"], r["block"]): r["coverage90"] for r in scores.to_dicts()}
    lines = []
    for (item, day), group in table.sort("item", "day").group_by("item", "day", maintain_order=True):
        of = {r["peer"]: r["rmse"] for r in group.to_dicts()}
        ours = of.pop("model")
        ratios = ", ".join(f"{k} {ours / v:.2f}" for k, v in sorted(of.items(), key=lambda kv: -ours / kv[1]))
        name = f"{24 * int(str(day)) + 1}-{24 * int(str(day)) + 24}"
        lines.append(
            f"  {item:5} {name:6} RMSE {ours:6.2f}, in 90 %: {100 * inside[item, name]:.0f} %; ratio to {ratios}"
        )
    return lines


def speed(history: pl.DataFrame) -> str:
    """Seconds of a fit of all items and sites on the whole history, and of one issue."""
    begin = time.perf_counter()
    fitted = models.fit(history)
    done = time.perf_counter()
    issue(fitted, history, fitted.until)
    sites = history["site"].n_unique()
    return f"{sites} sites: fit {done - begin:.1f} s (target < 180), issue {time.perf_counter() - done:.1f} s (target < 5)"


def main() -> None:
    """Print all trials, then the speed."""
    history = _tables(sys.argv[1:])
    for name, (first, last, refit) in TRIALS.items():
        sys.stdout.write("\n".join([name, *skill(history, first, last, refit)]) + "\n")
        sys.stdout.flush()
    sys.stdout.write(speed(history) + "\n")


if __name__ == "__main__":
    main()
