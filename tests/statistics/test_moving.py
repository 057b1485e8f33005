"""Trailing 8 h ozone: the standard's and the one the national hourly release shows."""

from datetime import date

import polars as pl

from bihuan.domain.statistics import moving_8h
from tests.statistics.made import hours_of, yangquan


def local_hour() -> pl.Expr:
    """Hour of the day in China in which the period starts."""
    return pl.col("start").dt.convert_time_zone("Asia/Shanghai").dt.hour()


def close(variant: str, *, before_eight: bool) -> float:
    """Share of hours whose mean is within 1 µg/m³ of the published O3_8h."""
    real = yangquan()
    both = moving_8h(real, variant).join(real.select("site", "start", "O3_8h"), on=["site", "start"])
    kept = both.filter((local_hour() < 7) == before_eight).drop_nulls()
    assert kept.height > 2000
    return kept.select(((pl.col("mean") - pl.col("O3_8h")).abs() <= 1).mean()).item()


def test_platform_values_begin_anew_at_one_oclock():
    # Seen in the published values of 2019: they agree before 08:00 only with windows cut at midnight.
    assert close("platform", before_eight=True) > 0.98
    assert close("standard", before_eight=True) < 0.5


def test_from_eight_oclock_both_agree_with_the_release():
    assert close("platform", before_eight=False) > 0.95
    assert close("standard", before_eight=False) > 0.95


def test_six_of_eight_hours_are_needed():
    frame = hours_of(date(2019, 6, 1), [None, None, 10.0, 10.0, 10.0, 10.0, 10.0, 40.0], "o3")
    got = moving_8h(frame)
    assert got["mean"].to_list() == [None] * 7 + [15.0]
    assert got["n"].to_list() == [0, 0, 1, 2, 3, 4, 5, 6]


def test_a_gap_of_rows_is_a_gap_of_time():
    frame = hours_of(date(2019, 6, 1), [10.0] * 16, "o3")
    holes = frame.filter(~local_hour().is_in([8, 9, 10]))
    got = moving_8h(holes).filter(local_hour() == 11)
    assert (got["n"].item(), got["mean"].item()) == (5, None)
