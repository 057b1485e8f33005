"""有效巡查日: does a patrol count, and if not, which condition failed by how much.

Ground that is walked to and fro counts once: the way is cut into pieces, and within a small cell no more counts than a
straight way across it. So a hundred metres walked fifty times are a hundred metres.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import polars as pl
import shapely
from shapely.geometry.base import BaseGeometry

from bihuan.domain.patrol.plane import Plane
from bihuan.domain.patrol.rules import Rules
from bihuan.domain.patrol.track import GAP, JUMP, MOVING, WALK

PIECE = 10.0
"""Length of the pieces [m]."""
GROUND = 50.0
"""Edge of the cells [m]: wider than a path with the error of its points."""


@dataclass(frozen=True)
class Condition:
    """One condition: `value` against `needed` [unit]; met None where it cannot be judged. at_most: it may not be more."""

    name: str
    value: float | None
    needed: float
    unit: str
    at_most: bool = False

    @property
    def met(self) -> bool | None:
        """Is it met?"""
        if self.value is None:
            return None
        return self.value <= self.needed if self.at_most else self.value >= self.needed

    @property
    def lacking(self) -> float:
        """By how much it fails [unit]; 0 where it does not."""
        return abs(self.value - self.needed) if self.value is not None and self.met is False else 0.0


def judge(made: pl.DataFrame, rules: Rules, grid: BaseGeometry | None) -> tuple[Condition, ...]:
    """The conditions of an effective day. made: STEPS; grid: the area of the patrol in degrees, None where none is known."""
    there = made.filter(~pl.col("kind").is_in([GAP, JUMP]))
    moving = made.filter(pl.col("kind").is_in(MOVING))
    typical = moving["kmh"].median()
    assert typical is None or isinstance(typical, float)
    share = inside_share(there, grid)
    return (
        Condition("ground_m", ground(made), rules.ground_m, "m"),
        Condition("minutes", float(there["seconds"].sum()) / 60, rules.minutes, "min"),
        Condition("typical_kmh", typical, rules.typical_kmh, "km/h", at_most=True),
        Condition("inside_share", share, rules.inside_share, "%"),
    )


def counts(conditions: tuple[Condition, ...]) -> bool:
    """Is the day effective? What cannot be judged (a share without a grid, a speed without a way) fails nobody."""
    return all(condition.met is not False for condition in conditions)


def ground(made: pl.DataFrame) -> float:
    """Metres of different ground that was walked, at a speed at which one can look around."""
    walked = made.filter((pl.col("kind") == WALK) & (pl.col("metres") > 0))
    if walked.is_empty():
        return 0.0
    plane = Plane(float(walked["lat"][0]))
    many = np.ceil(walked["metres"].to_numpy() / PIECE).astype(np.int64)
    row = np.repeat(np.arange(walked.height), many)
    along = (np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + 0.5) / many[row]
    begin, end = (
        plane.xy(walked[x].to_numpy(), walked[y].to_numpy())
        for x, y in (("lon", "lat"), ("to_lon", "to_lat"))
    )
    middle = begin[row] + (end - begin)[row] * along[:, None]
    cells = np.floor(middle / GROUND).astype(np.int64)
    pieces = pl.DataFrame(
        {"x": cells[:, 0], "y": cells[:, 1], "m": (walked["metres"].to_numpy() / many)[row]}
    )
    across = GROUND * sqrt(2)
    return float(pieces.group_by("x", "y").agg(pl.col("m").sum().clip(0, across))["m"].sum())


def inside_share(there: pl.DataFrame, grid: BaseGeometry | None) -> float | None:
    """Share [%] of the time whose steps lie in the grid by their middle; None without a grid or a track."""
    if grid is None or there["seconds"].sum() == 0:
        return None
    lon = (there["lon"] + there["to_lon"]).to_numpy() / 2
    lat = (there["lat"] + there["to_lat"]).to_numpy() / 2
    shapely.prepare(grid)
    inside = shapely.contains_xy(grid, lon, lat)
    seconds = there["seconds"].to_numpy()
    return float(seconds[inside].sum() / seconds.sum() * 100)
