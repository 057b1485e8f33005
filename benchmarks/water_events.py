"""How often events of sections are found in real water, and which share of injected spills, how late.

    python benchmarks/water_events.py FOUR_HOURLY.parquet DAILY.parquet

Both files as the national release has them (columns: province, section, time, class, items, status; docs/surface-water.md). Nobody has marked which of the events are real,
so their number is the work given to people. Spills are put into four-hourly series that had no event: the usual value of an item times a factor, for some hours.
"""

import argparse
import sys
from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl

from bihuan.domain.standards.surface_water import ROMAN
from bihuan.domain.water_events import Sudden, events

ITEMS = ("ph", "do", "codmn", "nh3n", "tp")
DAILY = Sudden(days=30)


def readings(path: str, hours: int) -> pl.DataFrame:
    """The rows with values, times in UTC, the last of what was published several times."""
    rows = pl.read_parquet(path).with_row_index("row")
    if "status" in rows.columns:
        rows = rows.filter(pl.col("status") == "正常")
    site = pl.concat_str("province", "section", separator="·")
    moment = (pl.col("time").cast(pl.Datetime("us")) - timedelta(hours=8)).dt.replace_time_zone("UTC")
    kept = rows.select(
        "row", *(pl.col(i).cast(pl.Float64) for i in ITEMS), site=site, start=moment, hours=pl.lit(hours)
    )
    kept = kept.filter(pl.any_horizontal(pl.col(i).is_not_null() for i in ITEMS)).drop_nulls("start")
    return kept.sort("row").unique(["site", "start"], keep="last").drop("row").sort("site", "start")


def counted(name: str, rows: pl.DataFrame, sudden: Sudden) -> pl.DataFrame:
    """How many events in real readings, and of which items and classes."""
    found = events(rows, sudden)
    judged = rows.filter(pl.int_range(pl.len()).over("site") >= sudden.known)
    days = judged.select("site", pl.col("start").dt.date()).n_unique()
    rose = found.explode("items").unnest("items").filter("rose")["item"].value_counts(sort=True)
    alone = (found["readings"] == 1).mean()
    worst = found["class_worst"].value_counts(sort=True).rows()
    sys.stdout.write(
        f"{name}: {found.height} events in {days} judged section-days of {judged['site'].n_unique()} sections: {1000 * found.height / days:.1f} per 1000; of one reading {alone or 0:.0%}; "
        f"{', '.join(f'{i} {n}' for i, n in rose.rows())}; worst {', '.join(f'{ROMAN[c - 1]} {n}' for c, n in worst)}\n"
    )
    return found


def injected(
    rows: pl.DataFrame, quiet: pl.DataFrame, item: str, factor: float, length: int, seed: int
) -> tuple[float, float, int]:
    """Share found, median delay [readings] and number of spills: one in each quiet section, of `length` readings, rising and falling."""
    rng = np.random.default_rng(seed)
    mine = rows.join(quiet, on="site").with_columns(
        n=pl.int_range(pl.len()).over("site"), count=pl.len().over("site")
    )
    mine = mine.filter(pl.col("count") >= 16 + length)
    sites = mine["site"].unique(maintain_order=True)
    begins = pl.DataFrame({"site": sites, "at": rng.integers(10, 14, len(sites))})
    usual = mine.filter(pl.col("n") < 10).group_by("site").agg(usual=pl.col(item).median())
    place = mine.join(begins, on="site").join(usual, on="site").with_columns(k=pl.col("n") - pl.col("at"))
    shape = pl.when(pl.col("k") == 0).then(0.6).otherwise(1.0)
    inside = pl.col("k").is_between(0, length - 1)
    spilt = place.with_columns(
        pl.when(inside)
        .then(pl.col(item) + pl.col("usual") * (factor - 1) * shape)
        .otherwise(item)
        .alias(item)
    )
    worse = (
        spilt.filter(inside).group_by("site").agg(pl.col(item).max(), pl.col("start").first().alias("begin"))
    )
    limit, step = {"nh3n": (1.0, 0.3), "tp": (0.2, 0.06), "codmn": (6.0, 1.5)}[item]
    visible = worse.join(usual, on="site").filter(
        pl.col(item) > limit, pl.col("usual") <= limit, pl.col(item) - pl.col("usual") > step
    )
    found = events(spilt.select(rows.columns)).join(visible.select("site", "begin"), on="site")
    late = (pl.col("start") - pl.col("begin")).dt.total_minutes() / 240
    hits = (
        found.with_columns(late=late)
        .filter(pl.col("late").is_between(0, length))
        .unique("site", keep="first")
    )
    return hits.height / max(visible.height, 1), float(hits["late"].median() or 0), visible.height


def main() -> None:
    """Real readings, then spills."""
    parser = argparse.ArgumentParser()
    parser.add_argument("four_hourly")
    parser.add_argument("daily")
    args = parser.parse_args()
    four, daily = readings(args.four_hourly, 4), readings(args.daily, 24)
    found = counted("four-hourly", four, Sudden())
    for begins in (3.0, 5.0):
        counted(f"four-hourly, begins at {begins:g} spreads", four, replace(Sudden(), begins=begins))
    counted("daily, against 30 days", daily, DAILY)
    quiet = four.select("site").unique().join(found.select("site"), on="site", how="anti")
    for item in ("nh3n", "tp", "codmn"):
        for factor, length in ((3.0, 2), (3.0, 6), (10.0, 1), (10.0, 3)):
            share, late, count = injected(four, quiet, item, factor, length, 7)
            sys.stdout.write(
                f"spill of {item} x {factor:g} for {length} readings, worse than III in {count} sections: {share:.0%} found, {late:g} readings late (median)\n"
            )


if __name__ == "__main__":
    main()
