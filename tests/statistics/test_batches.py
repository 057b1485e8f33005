"""Daily means of a table that is read in batches are those of the whole table, wherever a batch is cut."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.statistics import batches, daily_means
from bihuan.domain.statistics.batches import OutOfOrder, means_in_batches

START = datetime(2019, 1, 1, tzinfo=UTC)


def table(seed: int, names: list[str], hours: int) -> pl.DataFrame:
    """Hours of some sites with gaps, absurd and missing values."""
    rng = np.random.default_rng(seed)
    frames = []
    for name in names:
        at = np.flatnonzero(rng.random(hours) < 0.9)
        values = np.round(rng.uniform(0, 300, (len(at), len(ITEM_NAMES))))
        values[rng.random(values.shape) < 0.1] = -1.0
        values[rng.random(values.shape) < 0.05] = np.nan
        starts = pl.Series([START + timedelta(hours=int(h)) for h in at], dtype=pl.Datetime("us", "UTC"))
        frames.append(
            pl.DataFrame(values, schema=list(ITEM_NAMES)).select(
                pl.lit(name).alias("site"), starts.alias("start"), pl.all()
            )
        )
    return pl.concat(frames)


def by_key(days: pl.DataFrame) -> pl.DataFrame:
    """In one order, for comparing."""
    return days.sort("site", "date")


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 400), st.integers(1, 60))
def test_any_cut_gives_the_whole(seed: int, sites: int, size: int, hours: int) -> None:
    frame = table(seed, ["b", "a", "d", "c"][:sites], hours)
    whole = daily_means(frame)

    class Cut:
        """A lazy table that comes in batches of a chosen size."""

        def collect_batches(self, *, maintain_order: bool) -> object:
            assert maintain_order
            return frame.iter_slices(size)

    parts = [batches._means(piece, ITEM_NAMES) for piece in batches._whole_sites(Cut())]
    if parts:
        assert_frame_equal(by_key(pl.concat(parts)), by_key(whole))
    assert_frame_equal(by_key(means_in_batches(frame.lazy(), ITEM_NAMES)), by_key(whole))


def test_unsorted_and_doubled_rows_are_refused_here_and_right_through_the_front_door() -> None:
    frame = table(1, ["a", "b", "c"], 50)
    mixed = frame.sample(fraction=1.0, shuffle=True, seed=3)
    back = pl.concat([frame, table(2, ["a"], 30).with_columns(pl.col("start") + timedelta(days=90))])
    twice = pl.concat([frame, frame.tail(1)])
    for bad in (mixed, back, twice):
        with pytest.raises(OutOfOrder):
            means_in_batches(bad.lazy(), ITEM_NAMES)
        assert_frame_equal(by_key(daily_means(bad.lazy())), by_key(daily_means(bad)))


def test_an_empty_table_has_no_days() -> None:
    empty = table(1, ["a"], 10).clear()
    assert_frame_equal(means_in_batches(empty.lazy(), ITEM_NAMES), daily_means(empty))
