"""黑臭水体: how black and odorous a point and a water body is (城市黑臭水体整治工作指南, 2015), by transparency, DO, ORP and NH3-N.

County checks since 2022 often leave ORP out: which items are judged is what the frame has.
"""

from enum import IntEnum

import polars as pl

LIGHT = {"sd": (10.0, 25.0), "do": (0.2, 2.0), "orp": (-200.0, 50.0), "nh3n": (8.0, 15.0)}
"""Light between the two bounds: transparency [cm], DO [mg/L], ORP [mV] heavier below the first, NH3-N [mg/L] above the second."""
SHALLOW, OF_DEPTH = 25.0, 0.4
"""In water shallower than 25 cm transparency is light from 40 % of the depth down."""
ONE_ITEM, SEVERAL = 0.6, 0.3
HEAVY_POINTS, IN_A_ROW = 0.6, 3


class Grade(IntEnum):
    """黑臭级别."""

    NONE = 0
    LIGHT = 1
    HEAVY = 2


def graded(samples: pl.DataFrame) -> pl.DataFrame:
    """With `grade_<item>` (a Grade as number) of each sample. samples: point, and of sd [cm], do, orp, nh3n what was measured; `depth` [cm] if known."""
    return samples.with_columns(
        _grade(samples, name, *bounds).alias(f"grade_{name}")
        for name, bounds in LIGHT.items()
        if name in samples.columns
    )


def _grade(samples: pl.DataFrame, name: str, low: float, high: float) -> pl.Expr:
    value = pl.col(name)
    if name == "nh3n":
        return pl.when(value > high).then(2).when(value >= low).then(1).when(value.is_not_null()).then(0)
    top = pl.lit(high)
    if name == "sd" and "depth" in samples.columns:
        top = pl.when(pl.col("depth") < SHALLOW).then(pl.col("depth") * OF_DEPTH).otherwise(high)
    light = value <= top
    return pl.when(value < low).then(2).when(light).then(1).when(value.is_not_null()).then(0)


def points(samples: pl.DataFrame) -> pl.DataFrame:
    """The grade of each point: heavy where one item is heavy in 60 % of its data or two in 30 %, none where all is better than light in all data."""
    judged = graded(samples)
    names = [n for n in judged.columns if n.startswith("grade_")]
    share = {n: (pl.col(n) == Grade.HEAVY).mean().alias(n) for n in names}
    worst = judged.group_by("point", maintain_order=True).agg(
        *share.values(), any=pl.max_horizontal(pl.col(n).max() for n in names)
    )
    one = pl.any_horizontal(pl.col(n) >= ONE_ITEM for n in names)
    two = pl.sum_horizontal((pl.col(n) >= SEVERAL).cast(pl.Int32) for n in names) >= 2
    grade = (
        pl.when(one | two).then(2).when(pl.col("any") >= 1).then(1).when(pl.col("any").is_not_null()).then(0)
    )
    return worst.select("point", grade=grade)


def body(found: pl.DataFrame) -> tuple[Grade | None, bool]:
    """The grade of the whole water, and whether three heavy points follow each other. found: of `points`, in the order along the water."""
    grades = found["grade"].drop_nulls().to_list()
    if not grades:
        return None, False
    heavy = [g == Grade.HEAVY for g in grades]
    in_a_row = any(all(heavy[n : n + IN_A_ROW]) for n in range(len(heavy) - IN_A_ROW + 1))
    if sum(heavy) >= HEAVY_POINTS * len(heavy):
        return Grade.HEAVY, in_a_row
    return Grade(min(1, max(grades))), in_a_row
