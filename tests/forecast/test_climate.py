"""Running means and gap filling: what must always hold."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.forecast import climate


@given(st.integers(1, 90), st.floats(1, 500), st.integers(0, 2**31))
def test_the_usual_of_a_constant_series_is_the_constant(hours: int, level: float, seed: int) -> None:
    values = np.full((hours, 2), level)
    values[np.random.default_rng(seed).uniform(size=values.shape) < 0.3] = np.nan
    profile = climate.running_profile(values, 5.0)
    seen = np.isfinite(profile)
    assert np.allclose(profile[seen], level)


@given(st.integers(30, 120), st.integers(0, 2**31))
def test_no_row_looks_at_a_later_row(hours: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    values = chance.uniform(0, 100, (hours, 3))
    values[chance.uniform(size=values.shape) < 0.2] = np.nan
    cut = hours // 2
    other = values.copy()
    other[cut:] = chance.permutation(other[cut:]) * 3
    for function in (
        lambda v: climate.running_profile(v, 3.0, prior=v.mean(axis=1, keepdims=True)),
        lambda v: climate.trailing_mean(v, 24),
        climate.carried,
    ):
        assert np.array_equal(function(values)[:cut], function(other)[:cut], equal_nan=True)


def test_trailing_mean_by_hand() -> None:
    values = np.array([[1.0], [np.nan], [3.0], [5.0]])
    assert climate.trailing_mean(values, 2)[:, 0].tolist() == [1.0, 1.0, 3.0, 4.0]


def test_a_gap_fades_to_what_the_neighbours_show() -> None:
    anomalies = np.array([[10.0], [np.nan], [np.nan]])
    neighbours = np.array([[4.0], [4.0], [4.0]])
    filled = climate.filled_anomalies(anomalies, neighbours)[:, 0]
    assert filled[0] == 10.0
    assert 4.0 < filled[2] < filled[1] < 10.0
