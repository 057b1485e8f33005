"""Curves by the second as lists: what a file gives in rows becomes one row for each test."""

import polars as pl

from bihuan.domain.vehicle_tests.tables import CHANNELS, TRACES


def traces_of(seconds: pl.DataFrame) -> pl.DataFrame:
    """Rows by the second (test, second, quantities; each second once) as TRACES; a second that is missing between others is null."""
    spans = seconds.group_by("test").agg(low=pl.col("second").min(), high=pl.col("second").max())
    grid = spans.select("test", second=pl.int_ranges("low", pl.col("high") + 1)).explode("second")
    whole = grid.join(seconds, on=["test", "second"], how="left").sort("test", "second")
    lists = whole.group_by("test", maintain_order=True).agg(pl.col(c).cast(pl.Float32) for c in CHANNELS)
    empty = [pl.when(pl.col(c).list.drop_nulls().list.len() > 0).then(pl.col(c)).alias(c) for c in CHANNELS]
    return lists.with_columns(empty).cast(TRACES)
