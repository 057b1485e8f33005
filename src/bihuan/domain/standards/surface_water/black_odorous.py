"""黑臭水体: how black and odorous points and whole waters are (城市黑臭水体整治工作指南, 2015), by transparency, DO, ORP and NH3-N.

County checks since 2022 often leave ORP out: which items are judged is what the frame has. An item without a value says nothing. All
functions take the frames of many waters at once.
"""

from collections.abc import Sequence
from enum import IntEnum

import polars as pl

LIGHT = {"sd": (10.0, 25.0), "do": (0.2, 2.0), "orp": (-200.0, 50.0), "nh3n": (8.0, 15.0)}
"""Light between the two bounds: transparency [cm], DO [mg/L], ORP [mV] heavier below the first, NH3-N [mg/L] above the second."""
SHALLOW, OF_DEPTH = 25.0, 0.4
"""In water shallower than 25 cm, 40 % of its depth stand in place of both bounds of transparency: the note of the table stands beside both
(from memory, unsure); at 25 cm they are the bound of heavy. With both at one value, such water is heavy below it and not black above."""
ONE_ITEM, SEVERAL = 0.6, 0.3
HEAVY_POINTS, IN_A_ROW = 0.6, 3


class Grade(IntEnum):
    """黑臭级别."""

    NONE = 0
    LIGHT = 1
    HEAVY = 2


def graded(samples: pl.DataFrame) -> pl.DataFrame:
    """With `grade_<item>` (a Grade as number) of each sample. samples: of sd [cm], do, orp, nh3n what was measured; `depth` [cm] if known."""
    return samples.with_columns(
        _grade(samples, name, *bounds).alias(f"grade_{name}")
        for name, bounds in LIGHT.items()
        if name in samples.columns
    )


def _grade(samples: pl.DataFrame, name: str, low: float, high: float) -> pl.Expr:
    value, bottom, top = pl.col(name), pl.lit(low), pl.lit(high)
    if name == "nh3n":
        heavy, light = value > top, value >= bottom
    else:
        if name == "sd" and "depth" in samples.columns:
            shallow, bound = pl.col("depth") < SHALLOW, pl.col("depth") * OF_DEPTH
            bottom, top = (pl.when(shallow).then(bound).otherwise(b) for b in (bottom, top))
        heavy, light = value < bottom, value <= top
    grade = pl.when(heavy).then(2).when(light).then(1).when(value.is_not_null()).then(0)
    return grade.cast(pl.Int8)


def points(samples: pl.DataFrame, by: Sequence[str] = ("point",)) -> pl.DataFrame:
    """The grade of each point (by the columns `by`): heavy where one item is heavy in 60 % of its data or two in 30 %, none where all is
    better than light in all data, null where nothing was measured."""
    judged = graded(samples)
    names = [n for n in judged.columns if n.startswith("grade_")]
    share = {n: (pl.col(n) == Grade.HEAVY).mean().alias(n) for n in names}
    worst = judged.group_by(by, maintain_order=True).agg(
        *share.values(), any=pl.max_horizontal(pl.col(n).max() for n in names)
    )
    one = pl.any_horizontal(pl.col(n) >= ONE_ITEM for n in names)
    two = pl.sum_horizontal((pl.col(n) >= SEVERAL).cast(pl.Int32) for n in names) >= 2
    grade = (
        pl.when(one | two).then(2).when(pl.col("any") >= 1).then(1).when(pl.col("any").is_not_null()).then(0)
    )
    return worst.select(*by, grade=grade.cast(pl.Int8))


def waters(found: pl.DataFrame, by: Sequence[str] = ("water",)) -> pl.DataFrame:
    """Of each whole water (by the columns `by`): points, those judged, black and heavy ones, and its grade. found: of `points`.

    Heavy where 60 % of the judged points are, light where any is black, null where none was judged.
    """
    grade = pl.col("grade")
    counts = found.group_by(by, maintain_order=True).agg(
        points=pl.len(), judged=grade.count(), black=(grade > 0).sum(), heavy=(grade == Grade.HEAVY).sum()
    )
    whole = (
        pl.when(pl.col("judged") == 0)
        .then(None)
        .when(pl.col("heavy") >= HEAVY_POINTS * pl.col("judged"))
        .then(2)
        .otherwise((pl.col("black") > 0).cast(pl.Int8))
    )
    return counts.with_columns(grade=whole.cast(pl.Int8))


def heavy_reaches(found: pl.DataFrame, by: Sequence[str] = ("water",)) -> pl.DataFrame:
    """The reaches that are heavy because three or more heavy points follow each other: `by`, `first` and `last` point, `points`.

    found: of `points`, with `point`, in the order along each water. A point that was not measured ends a reach: nothing is known of it.
    """
    heavy = (pl.col("grade") == Grade.HEAVY).fill_null(value=False)
    runs = found.with_columns(run=heavy.rle_id().over(by)).filter(heavy)
    reaches = runs.group_by(*by, "run", maintain_order=True).agg(
        first=pl.col("point").first(), last=pl.col("point").last(), points=pl.len()
    )
    return reaches.filter(pl.col("points") >= IN_A_ROW).drop("run")
