"""A track: the points as a phone sent them, and the steps between them that can be believed.

Nothing is drawn over a gap. A phone that lies still seems to wander; so points are gathered in short windows, each with its
median place, and a step that is shorter than the phone itself says its two ends may be off is none.
"""

from dataclasses import dataclass

import polars as pl

from bihuan.domain.patrol.plane import metres
from bihuan.domain.patrol.rules import Rules
from bihuan.domain.timeaxis import INSTANT

POINTS = pl.Schema(
    {
        "device": pl.String(),
        "seq": pl.Int64(),  # counts up on each device
        "at": INSTANT,  # by the phone's clock
        "lat": pl.Float64(),
        "lon": pl.Float64(),
        "accuracy_m": pl.Float64(),  # null: the sender does not say
        "speed_ms": pl.Float64(),
        "mock": pl.Boolean(),  # the phone says that the place was made by a program
        "received": INSTANT,
    }
)
STEPS = pl.Schema(
    {
        "start": INSTANT,
        "until": INSTANT,
        "lon": pl.Float64(),
        "lat": pl.Float64(),
        "to_lon": pl.Float64(),
        "to_lat": pl.Float64(),
        "metres": pl.Float64(),
        "seconds": pl.Float64(),
        "kmh": pl.Float64(),
        "accuracy_m": pl.Float64(),  # of both ends together
        "kind": pl.String(),
    }
)
WALK, DRIVE, STILL, GAP, JUMP = "walk", "drive", "still", "gap", "jump"
"""A step at which one can look around; faster; none, within what the places may be off; no points between; not possible."""
MOVING = (WALK, DRIVE)
UNKNOWN_ACCURACY = 15.0
"""What a place may be off [m] whose sender does not say: that of a phone among trees."""


@dataclass(frozen=True)
class Totals:
    """A track in numbers: metres of all believable steps, seconds between believable points, seconds of gaps."""

    metres: float
    seconds: float
    gap_seconds: float
    gaps: int
    points: int
    doubtful: int
    conflicts: int


def ordered(points: pl.DataFrame) -> pl.DataFrame:
    """Each point once, in the order of time: of one that came twice, what came first."""
    first = points.sort("received", maintain_order=True).unique(
        ["device", "seq"], keep="first", maintain_order=True
    )
    return first.sort("at", "device", "seq")


def conflicts(points: pl.DataFrame) -> int:
    """How many points came again with another place or time."""
    said = points.unique(["device", "seq", "at", "lat", "lon"])
    return said.height - points.unique(["device", "seq"]).height


def believable(rules: Rules) -> pl.Expr:
    """Is a point as exact as the rules want it?"""
    return pl.col("accuracy_m").is_null() | (pl.col("accuracy_m") <= rules.accuracy_m)


def windows(points: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The median place of the believable points of each window: at, lon, lat, accuracy_m, first and last time.

    points: of `ordered`. A window ends early at a gap.
    """
    good = points.filter(believable(rules))
    silent = pl.col("at").diff().dt.total_milliseconds() > rules.gap_s * 1000
    stretch = silent.fill_null(value=False).cum_sum().alias("stretch")
    slot = (pl.col("at").dt.epoch("ms") // int(rules.window_s * 1000)).alias("slot")
    return (
        good.with_columns(stretch, slot)
        .group_by("stretch", "slot", maintain_order=True)
        .agg(
            pl.col("at").median(),
            pl.col("lon", "lat").median(),
            pl.col("accuracy_m").fill_null(UNKNOWN_ACCURACY).median(),
            first=pl.col("at").min(),
            last=pl.col("at").max(),
        )
    )


def steps(points: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """STEPS between the windows of a track. points: POINTS of one patrol, as they came."""
    found = windows(ordered(points), rules)
    before = found.select(
        start=pl.col("at").shift(1), lon=pl.col("lon").shift(1), lat=pl.col("lat").shift(1),
        off=pl.col("accuracy_m").shift(1), was=pl.col("stretch").shift(1), ended=pl.col("last").shift(1),
    )  # fmt: skip
    pairs = pl.concat(
        [
            before,
            found.select(
                "first", "stretch", until="at", to_lon="lon", to_lat="lat", accuracy_m=pl.col("accuracy_m")
            ),
        ],
        how="horizontal",
    ).filter(pl.col("start").is_not_null())
    long = pl.col("stretch") != pl.col("was")
    return (
        pairs.with_columns(
            start=pl.when(long).then("ended").otherwise("start"),
            until=pl.when(long).then("first").otherwise("until"),
            accuracy_m=(pl.col("accuracy_m") ** 2 + pl.col("off") ** 2).sqrt(),
            metres=metres("lon", "lat", "to_lon", "to_lat"),
            gap=long,
        )
        .with_columns(seconds=(pl.col("until") - pl.col("start")).dt.total_milliseconds() / 1000)
        .with_columns(kmh=pl.when(pl.col("seconds") > 0).then(pl.col("metres") / pl.col("seconds") * 3.6))
        .with_columns(kind=_kind(rules))
        .select(STEPS.names())
        .cast(STEPS)
    )


def _kind(rules: Rules) -> pl.Expr:
    impossible = pl.col("kmh").is_null() | (pl.col("kmh") > rules.impossible_kmh)
    return (
        pl.when("gap")
        .then(pl.lit(GAP))
        .when(pl.col("metres") <= pl.col("accuracy_m"))
        .then(pl.lit(STILL))
        .when(impossible)
        .then(pl.lit(JUMP))
        .when(pl.col("kmh") > rules.see_kmh)
        .then(pl.lit(DRIVE))
        .otherwise(pl.lit(WALK))
    )


def totals(points: pl.DataFrame, made: pl.DataFrame, rules: Rules) -> Totals:
    """A track in numbers. made: its `steps`."""
    once = points.unique(["device", "seq"])
    there = made.filter(~pl.col("kind").is_in([GAP, JUMP]))
    gaps = made.filter(pl.col("kind") == GAP)
    return Totals(
        metres=float(made.filter(pl.col("kind").is_in(MOVING))["metres"].sum()),
        seconds=float(there["seconds"].sum()),
        gap_seconds=float(gaps["seconds"].sum()),
        gaps=gaps.height,
        points=once.height,
        doubtful=once.filter(~believable(rules)).height,
        conflicts=conflicts(points),
    )
