"""Values that were measured elsewhere or at another time."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from bihuan.domain.emissions.checks import copies as rules
from tests.emissions.checks import world
from tests.emissions.checks.world import at

CALM = world.honest(days=3)


def test_a_copied_day() -> None:
    """The second day is sent again as the third, from 00:00 to 20:00."""
    again = CALM.filter(pl.col("start").is_between(at(0, 1), at(20, 1), closed="left")).with_columns(
        pl.col("start") + timedelta(days=1)
    )
    rest = CALM.filter(~pl.col("start").is_between(at(0, 2), at(20, 2), closed="left"))
    found = rules.copied(world.stacks(pl.concat([rest, again]).sort("start")))
    assert found.select("start", "until", "item").rows() == [
        (at(0, 2), at(20, 2), "nox"), (at(0, 2), at(20, 2), "pm"), (at(0, 2), at(20, 2), "so2"),
    ]  # fmt: skip
    # the hour of the calibration has 30 minutes and does not count
    assert found["magnitude"].to_list() == [19.0, 19.0, 19.0]
    assert found["title"][0] == "氮氧化物 19 小时的分钟值与 6月11日 00:00 起的逐一相同（相隔 24 小时）"


def test_one_minute_of_difference_is_no_copy() -> None:
    """Every hour of the copy has one minute changed by 0.1."""
    again = CALM.filter(pl.col("start").is_between(at(0, 1), at(20, 1), closed="left")).with_columns(
        pl.col("start") + timedelta(days=1),
        *(
            pl.when(pl.col("start").dt.minute() == 31).then(pl.col(p) + 0.1).otherwise(p).alias(p)
            for p in ("pm", "so2", "nox")
        ),
    )
    rest = CALM.filter(~pl.col("start").is_between(at(0, 2), at(20, 2), closed="left"))
    assert rules.copied(world.stacks(pl.concat([rest, again]).sort("start"))).is_empty()


def _replayed(noise: float, hours: float = 20.0) -> pl.DataFrame:
    """From midnight of the third day the NOx of the second day again, with fresh noise laid over [mg/m³]."""
    old = CALM.filter(pl.col("start").is_between(at(0, 1), at(hours, 1), closed="left"))["nox"]
    fresh = np.random.default_rng(9).normal(0, noise, len(old))
    begin = CALM["start"].index_of(at(0, 2))
    assert begin is not None
    values = CALM["nox"].to_numpy().copy()
    values[begin : begin + len(old)] = np.round(old.to_numpy() + fresh, 1)
    return world.converted(CALM.with_columns(nox=pl.Series(values)))


def test_a_copy_under_a_little_noise() -> None:
    """The world's own minute noise is about 1 mg/m³; 0.3 over it leaves r near 1 / (1 + 0.09) = 0.92."""
    found = rules.resembling(world.stacks(_replayed(0.3)))
    assert found.select("start", "until", "item").rows() == [(at(0, 2), at(20, 2), "nox")]
    assert 0.85 < found["magnitude"].item() < 0.97
    assert (
        found["title"]
        .item()
        .startswith("氮氧化物 20 小时的逐分钟变化与 1 天前同时刻的相同（相关系数不低于 0.")
    )


def test_four_hours_or_much_noise_are_not_enough() -> None:
    assert rules.resembling(world.stacks(_replayed(0.3, hours=4))).is_empty()
    assert rules.resembling(world.stacks(_replayed(1.5))).is_empty()


TWO = world.honest(days=2)


def _pair(noise: float) -> pl.DataFrame:
    """Outlet B sends on the second day 1.1 times the SO2 of A with a little of its own noise."""
    b = world.outlet_minutes("B", 2, 2)
    copy = TWO["so2"] * 1.1 + (b["so2"] - b["so2"].mean()) * noise
    inside = pl.col("start") >= at(0, 1)
    return pl.concat([TWO, b.with_columns(so2=pl.when(inside).then(copy).otherwise("so2"))])


def test_twins() -> None:
    found = rules.twins(world.stacks(_pair(0.0)))
    assert found.select("target", "start", "until", "item").rows() == [("B", at(0, 1), at(0, 2), "so2")]
    assert found["magnitude"].item() == pytest.approx(1.0)
    assert found["title"].item() == "二氧化硫分钟值与排放口 A 完全同步（相关系数 1），1 天"


def test_outlets_that_only_move_alike_are_no_twins() -> None:
    """A fifth of own noise: r = 1.1 / sqrt(1.1² + 0.2²) = 0.984 when both vary alike."""
    assert rules.twins(world.stacks(_pair(0.2))).is_empty()


def test_values_without_change_are_no_twins() -> None:
    flat = pl.concat([TWO, world.outlet_minutes("B", 2, 2)]).with_columns(so2=pl.lit(18.0))
    assert rules.twins(world.stacks(flat)).is_empty()


def test_records_of_ten_minutes_that_copy_those_of_one() -> None:
    one = world.honest(seed=5)
    means = one.group_by_dynamic("start", every="10m").agg(pl.col("pm", "so2", "nox").mean())
    other = world.outlet_minutes("B", 6, 3, 10).drop("pm", "so2", "nox").join(means, on="start")
    both = world.stacks(pl.concat([one, other.select(one.columns)]))
    outlets = both.outlets.with_columns(interval=pl.when(pl.col("site") == "B").then(10).otherwise(1))
    found = rules.twins(replace(both, outlets=outlets.cast(both.outlets.schema)))
    assert set(found["target"]) == {"B"}
    assert set(found["item"]) == {"pm", "so2", "nox"}
