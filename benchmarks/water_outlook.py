"""Class of one to seven days ahead against persistence, on real days of many sections.

    python benchmarks/water_outlook.py DAILY.parquet [--every 10]

DAILY: columns section, time, class items, one value a day (the daily file of sections). At each origin only days up to it are known. Prints, by lead, the ranked probability
score of the class (the smaller the better) of the outlook and of persistence (the class of the last day, for sure), their ratio, and how often the
90 % band of each item holds. Fewer than 1.0 of persistence is the goal.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import polars as pl

from bihuan.domain.standards.surface_water import RELEASE, with_classes
from bihuan.domain.standards.surface_water.means import rounded
from bihuan.domain.water_outlook import class_chances, courses, days_ahead, past_of

LEADS, HISTORY, SECTIONS = 7, 60, 40


def score(chances: dict[int, float], found: int) -> float:
    """Ranked probability score of one forecast."""
    sums = np.cumsum([chances.get(n, 0.0) for n in range(1, 7)])
    return float(((sums - (np.arange(1, 7) >= found)) ** 2).sum())


def main() -> None:
    """Every section of the file with a long record, every few days."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--every", type=int, default=10)
    args = parser.parse_args()
    rows = pl.read_parquet(args.file).drop_nulls("time").with_columns(day=pl.col("time").dt.date())
    days = rows.group_by("section", "day").agg(pl.col(RELEASE).mean()).drop_nulls(["do", "nh3n"])
    long = (
        days.group_by("section")
        .len()
        .sort("len", "section", descending=True)
        .head(SECTIONS)["section"]
        .to_list()
    )
    ours, still, inside, count = np.zeros(LEADS), np.zeros(LEADS), np.zeros(LEADS), np.zeros(LEADS)
    for section in long:
        past = past_of(days.filter(pl.col("section") == section), RELEASE)
        for origin in range(HISTORY, len(past.values) - LEADS, args.every):
            known = type(past)(past.names, past.values[: origin + 1])
            coming = courses(known, [], LEADS, seed=origin)
            if coming is None or np.isnan(past.values[origin]).all():
                continue
            now = class_chances(past.values[origin][None], RELEASE, "river")
            for day in days_ahead(coming, RELEASE, "river"):
                there = past.values[origin + day.lead]
                if np.isnan(there).any():
                    continue
                frame = pl.DataFrame({n: [there[k]] for k, n in enumerate(RELEASE)})
                found = with_classes(rounded(frame))["class"][0]
                at = day.lead - 1
                ours[at] += score(dict(day.chances), found)
                still[at] += score(now, found)
                inside[at] += np.mean(
                    [q[0] <= there[k] <= q[-1] for k, n in enumerate(RELEASE) if (q := day.quantiles.get(n))]
                )
                count[at] += 1
    for at in range(LEADS):
        mark = "" if ours[at] < still[at] else "   WORSE than persistence"
        sys.stdout.write(
            f"day {at + 1}: {int(count[at])} forecasts, RPS {ours[at] / count[at]:.3f}, persistence {still[at] / count[at]:.3f}, "
            f"ratio {ours[at] / still[at]:.2f}, 90 % band holds {100 * inside[at] / count[at]:.0f} %{mark}\n"
        )


if __name__ == "__main__":
    main()
