"""The interval of a difference: by hand where it can be, by its behaviour where it is random."""

import numpy as np
import polars as pl
import pytest

from bihuan.domain.verification.bootstrap import compared, daily_losses, difference
from tests.verification.rows import pairs

SQUARE = (pl.col("mean") - pl.col("observed")) ** 2


def _two(ours: list[float], other: list[float]) -> pl.DataFrame:
    zero = [0.0] * len(ours)
    return pl.concat([pairs(zero, model="ours", mean=ours), pairs(zero, model="other", mean=other)])


def test_figures_by_hand() -> None:
    # RMSE 3 against 4 in every hour: no day differs from another, so the interval is a point.
    found = difference(_two([3] * 480, [4] * 480), "ours", "other", SQUARE, ["item"], root=True).row(
        0, named=True
    )
    assert (found["n"], found["days"]) == (480, 20)
    assert [found[k] for k in ("ratio", "ratio_low", "ratio_high")] == pytest.approx([0.75] * 3)
    assert [found[k] for k in ("difference", "difference_low", "difference_high")] == pytest.approx(
        [-1.0] * 3
    )


def test_only_shared_targets_count() -> None:
    rows = _two([3] * 480, [4] * 480).filter((pl.col("model") == "ours") | (pl.col("lead") <= 24))
    assert difference(rows, "ours", "other", SQUARE, []).row(0, named=True)["n"] == 24


def test_too_few_days_have_no_interval() -> None:
    found = difference(_two([3] * 72, [4] * 72), "ours", "other", SQUARE, []).row(0, named=True)
    assert found["ratio"] == pytest.approx(9 / 16)
    assert found["ratio_low"] is None
    assert found["difference_low"] is None


def test_equal_skill_is_not_called_different_more_often_than_stated() -> None:
    # Errors that last two days: with blocks of one day the interval would be too narrow.
    chance = np.random.default_rng(5)
    missed = 0
    for seed in range(100):
        ours, other = np.repeat(chance.standard_normal((2, 40)), 2, axis=1)
        daily = _two(ours.tolist(), other.tolist()).with_columns(
            start=pl.col("start") + pl.duration(days=pl.col("lead"))
        )
        found = difference(daily, "ours", "other", SQUARE, [], draws=200, seed=seed).row(0, named=True)
        missed += not found["difference_low"] <= 0 <= found["difference_high"]
    assert 3 <= missed <= 22  # stated 10 of 100; a block bootstrap of 80 days is a little narrow


def test_groups_stand_apart() -> None:
    rows = _two([3] * 240 + [8] * 240, [4] * 480).with_columns(
        half=pl.when(pl.col("lead") <= 240).then(pl.lit("a")).otherwise(pl.lit("b"))
    )
    found = difference(rows, "ours", "other", SQUARE, ["half"], root=True, block=3)
    assert found["half"].to_list() == ["a", "b"]
    assert found["ratio"].to_list() == pytest.approx([0.75, 2.0])


def test_no_shared_target_gives_no_row() -> None:
    assert difference(_two([1.0], [1.0]), "ours", "nobody", SQUARE, ["item"]).is_empty()


def test_losses_of_two_spans_together_are_those_of_the_whole() -> None:
    # Cut in the middle of a day: the two halves of it are one day again.
    rows = _two([3] * 100 + [8] * 380, [4] * 480)
    halves = [rows.filter(pl.col("lead") <= 300), rows.filter(pl.col("lead") > 300)]
    parts = [daily_losses(half, "ours", "other", SQUARE, ["item", "lead"]) for half in halves]
    whole = difference(rows, "ours", "other", SQUARE, ["item"], root=True)
    assert compared(pl.concat(parts), ["item"], root=True).row(0) == whole.row(0)
    assert whole["days"].item() == 20
