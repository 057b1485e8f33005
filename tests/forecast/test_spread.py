"""Widths: what they must cover, whatever the errors look like."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.domain.forecast import spread
from bihuan.domain.forecast.linear import KNOTS
from bihuan.domain.forecast.training import Validation

LEADS = np.array([1, 6, 30, 60, 100])


def _validation(days: int, size: np.ndarray, seed: int = 3) -> tuple[Validation, np.ndarray]:
    """Root errors normal with `size` [origin] around a prediction of 36 (root 6) to 100 (root 10); day of the year 1.."""
    chance = np.random.default_rng(seed)
    origins = np.arange(0, days * 24, 12)
    root = chance.uniform(6, 10, (len(KNOTS), len(origins), 4))
    error = chance.standard_normal(root.shape) * size[None, : len(origins), None]
    predicted, observed = root**2, np.maximum(root + error, 0) ** 2
    return Validation(origins, predicted, observed, {}), (origins / 24) % 365 + 1


def _width(made: spread.Spread, day: float) -> np.ndarray:
    """q95 - q05 in root space at a prediction of 64, by lead."""
    levels = made.quantiles(np.full((len(LEADS), 1), 64.0), LEADS, np.array([0]), day)[:, 0]
    low, high = (np.sqrt(levels[:, int(np.argmin(np.abs(spread.LEVELS - q)))]) for q in (0.05, 0.95))
    return np.asarray(high - low)


def test_normal_errors_of_size_1_give_the_normal_width() -> None:
    # q95 - q05 of a standard normal is 2 x 1.645 = 3.29; widened by 1 + 2 / 366 for the length, stretched a little.
    # Lead 1 is learned from few errors (a tenth of 2,920 in each of the upper bins), so the mean over leads is judged.
    made = spread.learn(*_validation(365, np.ones(730)))
    assert _width(made, 100.0).mean() == pytest.approx(3.29, rel=0.06)


def test_winter_errors_twice_as_large_make_winter_intervals_wider_and_leave_summer_alone() -> None:
    # Days 1-90 and 275-365 have errors of size 2, the rest of size 1; between the nodes there is a passage.
    day = np.arange(730) / 2
    made = spread.learn(*_validation(365, np.where((day < 90) | (day > 275), 2.0, 1.0)))
    winter, summer = _width(made, 15.0), _width(made, 185.0)
    assert (winter / summer > 1.5).all()
    assert summer.mean() == pytest.approx(3.29, rel=0.25)  # a tenth of the winter counts in summer too


def test_blocks_of_days_that_differ_stretch_the_interval_beyond_their_mean() -> None:
    # A bias of each 12-day block (size 1) on top of errors of size 0.3 inside it: quantiles of all blocks together
    # cover 90 % of them, but less of a block that was not seen. The interval must be wider than the pooled one.
    chance = np.random.default_rng(8)
    origins = np.arange(0, 60 * 24, 12)
    bias = chance.standard_normal(5)[np.minimum(origins // (12 * 24), 4)]
    root = chance.uniform(7.5, 8.5, (len(KNOTS), len(origins), 4))
    error = bias[None, :, None] + 0.3 * chance.standard_normal(root.shape)
    made = spread.learn(Validation(origins, root**2, (root + error) ** 2, {}), np.full(len(origins), 100.0))
    pooled = np.quantile(error, 0.95) - np.quantile(error, 0.05)
    assert (_width(made, 100.0) > 1.15 * pooled).all()


def test_few_errors_are_less_certain() -> None:
    long, short = (spread.learn(*_validation(days, np.ones(730))) for days in (300, 4))
    assert (_width(short, 3.0) > 1.2 * _width(long, 3.0)).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.floats(1, 366), st.floats(0, 900))
def test_quantiles_never_cross_and_are_never_negative(seed: int, day: float, mean: float) -> None:
    made = spread.learn(*_validation(20, np.random.default_rng(seed).uniform(0.2, 5, 730), seed))
    levels = made.quantiles(np.full((len(LEADS), 2), mean), LEADS, np.array([0, -1]), day)
    assert (np.diff(levels, axis=-1) >= 0).all()
    assert (levels >= 0).all()
