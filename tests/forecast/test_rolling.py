"""Backtests: nothing after an origin may reach what is said at it."""

from datetime import timedelta

import polars as pl

from bihuan.domain.forecast import rolling
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.timeaxis import parse_moment
from tests.forecast.real import history

FIRST, LAST = parse_moment("2019-02-10T00:00"), parse_moment("2019-02-14T00:00")


def _plan(**more: object) -> rolling.Plan:
    return rolling.Plan(FIRST, LAST, timedelta(hours=12), 30, ("pm25",), **more)  # type: ignore[arg-type]  # test shorthand


def test_a_scrambled_future_changes_nothing_said_before_it() -> None:
    cut = parse_moment("2019-02-12T00:00")
    early = history().filter(pl.col("start") < cut - timedelta(hours=0))
    late = history().filter(pl.col("start") >= cut, pl.col("start") < LAST)
    rows = pl.concat([early, late])
    scrambled = pl.concat([early, late.with_columns(pl.col(ITEM_NAMES).shuffle(1) * 4)])
    before = pl.col("issued") <= cut
    said, again = (pl.concat([s.rows for s in rolling.run(h, _plan())]) for h in (rows, scrambled))
    assert said.filter(before).equals(again.filter(before))
    assert not said.filter(~before).equals(again.filter(~before))


def test_refit_makes_segments_that_learn_only_from_before_their_first_origin() -> None:
    plan = _plan(refit=timedelta(days=2))
    assert [len(s) for s in plan.segments()] == [4, 4, 1]
    fits = [s.model.until for s in rolling.run(history(), plan)]
    assert fits == [FIRST, FIRST + timedelta(days=2), FIRST + timedelta(days=4)]
