"""What lately came true moves the mean and reads the quantiles anew; days that have not ended teach nothing."""

import numpy as np
import pytest

from bihuan.domain.forecast import recent_bias
from bihuan.domain.forecast.recent_bias import BINS, HALF_LIFE
from bihuan.domain.forecast.spread import LEVELS

DAY = 24
ONE_DAY, THIRD_DAY = 3, 5  # lead blocks 13-24 and 49-72
LEADS = np.arange(13, 25)


def lived(days: int, missed: float, *, blocks_of: int = 18) -> recent_bias.Experience:
    """An origin at each midnight of `days` days that missed the same at lead `blocks_of`."""
    met = recent_bias.empty(0, days * DAY)
    origins = np.arange(days) * DAY - 1
    met.add_means(origins, blocks_of, np.full((days, 1), 50.0), np.full((days, 1), 50.0 + missed))
    return met


def test_nothing_met_corrects_nothing() -> None:
    met = recent_bias.empty(0, 10 * DAY)
    levels = np.linspace(5.0, 95.0, len(LEVELS)) * np.ones((len(LEADS), 2, 1))
    assert met.shift(np.array([100])).tolist() == [[0.0]] * 7
    assert met.shares(100) == pytest.approx(np.full((7, BINS), 0.05))
    assert recent_bias.corrected(levels, LEADS, met.shares(100)) == pytest.approx(levels)


def test_the_mean_moves_by_what_was_missed_drawn_to_zero() -> None:
    """30 days, each 10 too low: the sum of halves over 15 days against 15 days that count as right."""
    met = lived(30, 10.0)
    weight = sum(0.5 ** (k / HALF_LIFE) for k in range(30))
    (shift,) = met.shift(np.array([30 * DAY - 1]))[ONE_DAY]
    assert shift == pytest.approx(10 * weight / (weight + 15.0))
    assert met.shift(np.array([30 * DAY - 1]))[THIRD_DAY] == 0.0


def test_far_leads_are_drawn_to_zero_three_times_as_much() -> None:
    weight = sum(0.5 ** (k / HALF_LIFE) for k in range(30))
    met = recent_bias.empty(0, 30 * DAY)
    rows = np.arange(30) * DAY + 5
    met.add_means(rows - 60, 60, np.full((30, 1), 50.0), np.full((30, 1), 60.0))
    assert met.shift(np.array([30 * DAY - 1]))[THIRD_DAY, 0] == pytest.approx(10 * weight / (weight + 45.0))


def test_only_days_that_had_ended_are_known() -> None:
    met = recent_bias.empty(0, 3 * DAY)
    met.add_means(
        np.array([-1, DAY - 1]), 18, np.array([[50.0], [50.0]]), np.array([[60.0], [50.0 + 1000.0]])
    )
    first = met.shift(np.array([2 * DAY - 2]))[ONE_DAY, 0]
    assert first == pytest.approx(10.0 / 16.0)
    assert met.shift(np.array([2 * DAY - 1]))[ONE_DAY, 0] > 50
    assert met.shift(np.array([DAY - 2]))[ONE_DAY, 0] == 0.0


def test_a_value_that_always_falls_in_one_place_pulls_the_quantiles_there() -> None:
    """After 60 days in which all lay between the 80 % and 85 % quantile, the median lies near there."""
    met = recent_bias.empty(0, 60 * DAY)
    levels = np.tile(100.0 * LEVELS, (len(LEADS), 3, 1))
    for day in range(60):
        met.add_places(day * DAY - 1, LEADS, levels, np.full((len(LEADS), 3), 82.0))
    shares = met.shares(60 * DAY - 1)
    weight = sum(0.5 ** (k / HALF_LIFE) for k in range(60))
    assert shares[ONE_DAY, 16] == pytest.approx((weight + 5.0 / BINS) / (weight + 5.0))
    made = recent_bias.corrected(levels, LEADS, shares)
    middle = made[0, 0, int(np.argmin(abs(LEVELS - 0.5)))]
    assert 80 < middle < 85
    assert (np.diff(made, axis=-1) >= 0).all()


def test_even_places_change_little() -> None:
    """Observed values spread evenly over their forecasts: the quantiles were right and stay."""
    chance = np.random.default_rng(3)
    met = recent_bias.empty(0, 60 * DAY)
    levels = np.tile(100.0 * LEVELS, (len(LEADS), 20, 1))
    for day in range(60):
        met.add_places(day * DAY - 1, LEADS, levels, chance.uniform(0, 100, (len(LEADS), 20)))
    made = recent_bias.corrected(levels, LEADS, met.shares(60 * DAY - 1))
    assert made == pytest.approx(levels, abs=1.5)


def test_gaps_teach_nothing() -> None:
    met = recent_bias.empty(0, 2 * DAY)
    levels = np.tile(100.0 * LEVELS, (len(LEADS), 2, 1))
    met.add_places(-1, LEADS, levels, np.full((len(LEADS), 2), np.nan))
    met.add_means(np.array([-1]), 18, np.array([[np.nan]]), np.array([[30.0]]))
    assert met.places.sum() == 0
    assert met.seen.sum() == 0


def test_days_keep_their_place_on_another_grid() -> None:
    met = lived(10, 10.0)
    later = recent_bias.moved(met, 4 * DAY, 10 * DAY)
    assert later.shift(np.array([6 * DAY - 1])) == pytest.approx(met.shift(np.array([10 * DAY - 1])))
    later.add_means(np.array([6 * DAY - 1]), 18, np.array([[0.0]]), np.array([[500.0]]))
    assert met.missed.sum() == 100.0
