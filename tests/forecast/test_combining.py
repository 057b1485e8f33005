"""Weights of the members: the better one gets more, and none alone would have been better."""

import numpy as np

from bihuan.domain.forecast.combining import combine
from bihuan.domain.forecast.linear import BLOCKS, KNOTS

MEMBERS = ("usual", "raw_damped", "root_damped", "raw_full", "root_full")
DAY2 = BLOCKS.index((25, 48))


def _validation(days: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Members [member, knot, origin, site] with errors of size 10 (usual), 4 (raw_damped), 8, 8, 8 around 60."""
    chance = np.random.default_rng(seed)
    origins = np.arange(0, days * 24, 6)
    observed = 60 + 15 * chance.standard_normal((len(KNOTS), len(origins), 2))
    sizes = np.array([10.0, 4.0, 8.0, 8.0, 8.0])[:, None, None, None]
    return observed + sizes * chance.standard_normal((5, *observed.shape)), observed, origins


def test_independent_errors_get_weights_by_the_inverse_of_their_variance() -> None:
    # By hand: 1/100 : 1/16 : 1/64 : 1/64 : 1/64 = 0.0838 : 0.5236 : 0.1309 (three times).
    stacked, observed, when = _validation(days=4000)
    weights = combine(stacked, observed, DAY2, MEMBERS, when)
    assert np.allclose(weights, [0.0838, 0.5236, 0.1309, 0.1309, 0.1309], atol=0.02)


def test_weights_sum_to_one_and_are_never_negative_even_with_three_days() -> None:
    stacked, observed, when = _validation(days=3)
    weights = combine(stacked, observed, DAY2, MEMBERS, when)
    assert weights.min() >= 0
    assert np.isclose(weights.sum(), 1.0)


def test_the_opinion_gives_way_where_it_would_lose_to_the_best_member() -> None:
    # `usual` is exact and all others are 40 too high: with 10 days the opinion (0.8 for the others) would cost much.
    _, observed, when = _validation(days=10)
    stacked = np.stack([observed, *[observed + 40.0] * 4])
    weights = combine(stacked, observed, DAY2, MEMBERS, when)
    assert weights[0] > 0.97


def test_recent_errors_decide_between_members_that_change_places() -> None:
    # raw_damped is right in the last 120 of 720 days only, raw_full in those before; halved in 120 days, the recent
    # part weighs (1 - 1/2) and all the rest (1/2 - 1/64): both about the same, though it is five times shorter.
    _, observed, when = _validation(days=720)
    late = (when >= 600 * 24)[None, :, None]
    bad = observed + 30.0
    stacked = np.stack([bad, np.where(late, observed, bad), bad, np.where(late, bad, observed), bad])
    weights = combine(stacked, observed, DAY2, MEMBERS, when)
    assert abs(weights[1] - weights[3]) < 0.15
