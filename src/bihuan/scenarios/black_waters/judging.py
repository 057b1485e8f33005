"""Values -> samples -> rounds -> grades of points and whole bodies, all bodies at once: pure, frames in, frames out.

A sample is a point on a day of China: the mean of what was measured there on that day, a phone's and the laboratory's together. Days of
a body that follow each other closely are a round; it is named by its first day.
"""

from dataclasses import dataclass

import polars as pl

from bihuan.domain.flags import BELOW
from bihuan.domain.standards.surface_water import black_odorous
from bihuan.domain.standards.surface_water.black_odorous import LIGHT
from bihuan.scenarios.black_waters.settings import Settings

CODES = {"sd": "sd", "w01009": "do", "orp": "orp", "w21003": "nh3n", "water_depth": "depth"}
"""The quantities of a sample, and what they are called here."""
ITEMS = tuple(LIGHT)
BELOW_ITEMS = tuple(f"below_{item}" for item in ITEMS)
POINTS = pl.Schema(
    {
        "point": pl.String(),
        "body": pl.String(),
        "position": pl.Float64(),
        "depth": pl.Float64(),
        "since": pl.Date(),
        "until": pl.Date(),
        "items": pl.List(pl.String()),
    }
)
"""Points with the body that they lie on, their place along it [m], usual depth [cm], days, and the items that are judged there."""
ROUND = ("body", "round")
POINT = (*ROUND, "point")


@dataclass(frozen=True)
class Judged:
    """What was measured of bodies, judged; `round` is a round's first day.

    samples: a row for each point and day, items with grade_<item>, and below_<item> where all that was measured is below the detection
    limit (then the value is half of it). points: for each point of each round, in order along the water, its
    grade (null: nothing measured). lacking: point and item of a round with how many `times` it was measured, where that is too seldom.
    reaches: heavy ones (`first` to `last` point). rounds: `until` (its last day), days, points, judged, black, heavy, grade, `whole`:
    as many points and times as are asked for.
    """

    samples: pl.DataFrame
    points: pl.DataFrame
    lacking: pl.DataFrame
    reaches: pl.DataFrame
    rounds: pl.DataFrame


def judge(values: pl.DataFrame, points: pl.DataFrame, wanted: Settings) -> Judged:
    """Judge values (site, quantity, start, value, flag) of points (POINTS)."""
    samples = _in_rounds(_samples(values, points), wanted)
    judged = black_odorous.graded(samples)
    there = _points_of_rounds(samples, points)
    by_point = there.join(
        black_odorous.points(samples, POINT), on=POINT, how="left", maintain_order="left", nulls_equal=True
    )
    lacking = _lacking(samples, there, wanted.least_times)
    spans = samples.group_by(ROUND).agg(until=pl.col("day").max(), days=pl.col("day").n_unique())
    short = lacking.select(ROUND).unique().with_columns(short=pl.lit(value=True))
    rounds = (
        black_odorous.waters(by_point, ROUND)
        .join(spans, on=ROUND)
        .join(short, on=ROUND, how="left")
        .with_columns(whole=pl.col("short").is_null() & (pl.col("points") >= wanted.least_points))
        .drop("short")
        .sort(ROUND)
    )
    return Judged(judged, by_point, lacking, black_odorous.heavy_reaches(by_point, ROUND), rounds)


def _samples(values: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """body, point, day, the items that are judged there and `depth`; nothing but depth is no sample."""
    day = pl.col("start").dt.convert_time_zone("Asia/Shanghai").dt.date()
    named = values.filter(pl.col("quantity").is_in(list(CODES)), pl.col("value").is_not_null()).select(
        point="site", day=day, item=pl.col("quantity").replace_strict(CODES, return_dtype=pl.String), value="value", below=pl.col("flag") == BELOW
    )  # fmt: skip
    below = pl.col("below").fill_null(value=False)
    wide = named.group_by("point", "day").agg(
        *(pl.col("value").filter(pl.col("item") == item).mean().alias(item) for item in CODES.values()),
        *(
            below.filter(pl.col("item") == item).all().alias(name)
            for item, name in zip(ITEMS, BELOW_ITEMS, strict=True)
        ),
    )
    known = wide.join(points, on="point", suffix="_usual").with_columns(
        pl.coalesce("depth", "depth_usual").alias("depth"),
        *(pl.when(pl.col("items").list.contains(item)).then(item).alias(item) for item in ITEMS),
    )
    measured = pl.any_horizontal(pl.col(item).is_not_null() for item in ITEMS)
    return known.filter(measured).select("body", "point", "position", "day", *ITEMS, "depth", *BELOW_ITEMS)


def _in_rounds(samples: pl.DataFrame, wanted: Settings) -> pl.DataFrame:
    """With `round`, in the order of rounds, of points along the water, of days."""
    days = samples.select("body", "day").unique().sort("body", "day")
    pause = pl.col("day").diff().dt.total_days().over("body") > wanted.most_days
    chains = days.with_columns(chain=pause.fill_null(value=False).cum_sum().over("body"))
    since = (pl.col("day") - pl.col("day").min()).dt.total_days().over("body", "chain")
    cut = chains.with_columns(part=since // wanted.round_days)
    rounds = cut.with_columns(round=pl.col("day").min().over("body", "chain", "part"))
    named = samples.join(rounds.select("body", "day", "round"), on=["body", "day"])
    return named.sort("body", "round", "position", "point", "day")


def _points_of_rounds(samples: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """Every point that a body had at the beginning of a round, and every one that was measured in it, in order along the water."""
    pairs = samples.select(ROUND).unique().join(points, on="body")
    begun = pl.col("since").is_null() | (pl.col("since") <= pl.col("round"))
    there = pairs.filter(begun, pl.col("until").is_null() | (pl.col("until") > pl.col("round")))
    measured = pairs.join(samples, on=POINT, how="semi")
    every = pl.concat([there, measured]).unique(POINT)
    return every.select(*POINT, "position", "items").sort(*ROUND, "position", "point")


def _lacking(samples: pl.DataFrame, there: pl.DataFrame, least: int) -> pl.DataFrame:
    """POINT, item, times: what is judged at a point and was measured on fewer days than asked for."""
    times = samples.group_by(POINT).agg(pl.col(item).count() for item in ITEMS)
    asked = there.explode("items").rename({"items": "item"})
    counts = times.unpivot(list(ITEMS), index=list(POINT), variable_name="item", value_name="times")
    found = asked.join(counts, on=[*POINT, "item"], how="left", maintain_order="left")
    return found.with_columns(pl.col("times").fill_null(0)).filter(pl.col("times") < least)
