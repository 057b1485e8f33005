"""Who tells about whom under which wind: learned from pulses that travel with it, told at the lead they arrive at."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from numpy.typing import NDArray

from bihuan.domain.forecast import features, linear, upwind
from bihuan.domain.forecast.features import Bank, Links
from bihuan.domain.forecast.grid import Array, Grid

A, B, C = 0, 1, 2
EAST, WEST = 1, 2
LAG = upwind.LAGS.index(6)
HOURS = 400 * 24


def blown(seed: int = 3) -> tuple[Grid, NDArray[np.bool_]]:
    """Pulses at A of +40 on 100 for 4 h, about every 50 h; B, east of A, has each 6 h later while the wind blows east.

    B has pulses of its own as often, which A never sees. The wind turns every 48 h: 4 m/s from west, then from east.
    """
    chance = np.random.default_rng(seed)
    eastward = np.arange(HOURS) // 48 % 2 == 0
    values = 100 + 3 * chance.standard_normal((HOURS, 3))
    for site, times in (
        (A, chance.integers(100, HOURS - 20, 190)),
        (B, chance.integers(100, HOURS - 20, 190)),
    ):
        for hour in times:
            values[hour : hour + 4, site] += 40
            if site == A and eastward[hour - 3 : hour + 10].all():
                values[hour + 6 : hour + 10, B] += 40
    weather = {"wspm": np.full((HOURS, 3), 4.0), "wd": np.where(eastward, 270.0, 90.0)[:, None] + np.zeros(3)}
    return Grid(datetime(2018, 12, 31, 16, tzinfo=UTC), ("a", "b", "c"), {"pm25": values}, weather), eastward


@pytest.fixture(scope="module")
def made() -> tuple[Grid, NDArray[np.bool_]]:
    return blown()


def links_of(grid: Grid) -> Links:
    return features.with_wind(features.learn_links(features.anomalies_of(grid.values["pm25"])), grid, "pm25")


def bank_of(grid: Grid, links: Links) -> Bank:
    return features.build(grid, "pm25", links)


def column(bank: Bank, origins: NDArray[np.int64], lead: int) -> Array:
    return features.upstream(bank, origins, lead)["upwind"]


def test_the_wind_is_named_after_where_it_blows_to() -> None:
    # 270 degrees is wind from the west: u = +4. 0.6 m/s is calm.
    u, v = np.array([4.0, -4.0, 1.0, -1.0, 0.6]), np.array([1.0, 1.0, 3.0, -3.0, 0.0])
    assert upwind.sector(u, v).tolist() == [1, 2, 3, 4, 0]


def test_a_gap_of_the_wind_takes_the_mean_of_the_others_then_the_last_one() -> None:
    wind = np.array([[2.0, 4.0], [np.nan, 5.0], [np.nan, np.nan]])
    assert upwind.everywhere(wind).tolist() == [[2.0, 4.0], [5.0, 5.0], [5.0, 5.0]]


def test_a_site_is_upstream_under_the_wind_that_carries_from_it(made: tuple[Grid, NDArray[np.bool_]]) -> None:
    gains = links_of(made[0]).upwind
    assert gains is not None
    # Of B's pulses under east wind not quite half come from A: r about 0.6, drawn towards half of that by 1000 of 5800 h.
    assert gains[LAG, EAST, B, A] > 0.4
    assert gains[LAG, WEST, B, A] < 0.15
    assert gains[LAG, EAST, A, B] < 0.1  # B lies downstream
    assert gains[LAG, EAST, B, C] < 0.1
    assert gains[upwind.LAGS.index(24), EAST, B, A] < 0.15  # it has long passed


def test_b_sees_the_pulse_of_a_only_when_the_wind_brings_it(made: tuple[Grid, NDArray[np.bool_]]) -> None:
    grid, eastward = made
    bank = bank_of(grid, links_of(grid))
    a, b = (grid.values["pm25"][:, site] for site in (A, B))
    steady = np.convolve(eastward, np.ones(6), mode="full")[
        :HOURS
    ]  # hours of wind to the east among the last six
    rows = np.arange(1000, HOURS - 100)
    pulse = (a[rows] > 130) & (b[rows] < 110) & (b[rows - 6] < 110)
    east, west = rows[pulse & (steady[rows] == 6)], rows[pulse & (steady[rows] == 0)]
    assert len(east) > 100
    assert len(west) > 100
    # 40 above at A, and a gain above 0.4: B is told of at least 16 more.
    assert column(bank, east, 6)[:, B].mean() > 16
    assert abs(column(bank, west, 6)[:, B].mean()) < 5
    assert b[east + 6].mean() > 125
    assert b[west + 6].mean() < 110


def test_a_gain_is_the_partial_regression_coefficient() -> None:
    chance = np.random.default_rng(8)
    x = chance.standard_normal((5000, 2))
    x[:, 1] += 0.5 * x[:, 0]
    later = 0.3 * x[:-3, [1]] + 0.4 * x[:-3, [0]] + chance.standard_normal((4997, 1))
    values = np.concatenate([np.concatenate([np.zeros((3, 1)), later]), x[:, [1]]], axis=1)
    values[:, 0] = np.where(np.arange(5000) < 3, 0.0, values[:, 0])
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)
    beta = np.linalg.lstsq(np.column_stack([np.ones(4997), scaled[:-3]]), scaled[3:, 0], rcond=None)[0]
    gains = upwind.learn(values, np.zeros((5000, 2), dtype=np.int64))
    assert gains[upwind.LAGS.index(3), 0, 0, 1] == pytest.approx(beta[2], abs=0.01)


def test_a_sector_hardly_seen_goes_by_any_wind() -> None:
    # 100 hours of 1000 + 100: the gain of the sector counts an eleventh.
    chance = np.random.default_rng(9)
    x = chance.standard_normal((3000, 2))
    x[3:, 0] = x[:-3, 1]
    blowing = np.zeros((3000, 2), dtype=np.int64)
    blowing[1000:1100] = EAST
    x[1003:1103, 0] = chance.standard_normal(100)
    gains = upwind.learn(x, blowing)
    assert gains[0, 0, 0, 1] == pytest.approx(1.0, abs=0.02)
    assert gains[0, EAST, 0, 1] == pytest.approx(10 / 11, abs=0.05)


def test_without_wind_nothing_changes(made: tuple[Grid, NDArray[np.bool_]]) -> None:
    grid = replace(made[0], weather={})
    links = links_of(grid)
    assert links.upwind is None
    assert features.upstream(bank_of(grid, links), np.array([1000]), 6) == {}
    speed_only = replace(made[0], weather={"wspm": made[0].weather["wspm"]})
    assert links_of(speed_only).upwind is None


def test_a_shuffled_future_changes_nothing(made: tuple[Grid, NDArray[np.bool_]]) -> None:
    grid, links = made[0], links_of(made[0])
    row = 2000
    later = np.random.default_rng(1).permutation(np.arange(row + 1, HOURS))
    order = np.concatenate([np.arange(row + 1), later])
    other = replace(
        grid,
        values={k: v[order] for k, v in grid.values.items()},
        weather={k: v[order] for k, v in grid.weather.items()},
    )
    for lead in (1, 6, 24, 72):
        mine = column(bank_of(grid, links), np.array([row]), lead)
        assert mine.tolist() == column(bank_of(other, links), np.array([row]), lead).tolist()


def test_a_new_site_is_told_by_nobody(made: tuple[Grid, NDArray[np.bool_]]) -> None:
    moved = links_of(made[0]).at(np.array([B, -1, A]))
    assert moved.upwind is not None
    assert moved.upwind[LAG, EAST, 0, 2] == pytest.approx(links_of(made[0]).upwind[LAG, EAST, B, A])  # type: ignore[index]
    assert moved.upwind[:, :, 1].max() == 0
    assert moved.upwind[:, :, :, 1].max() == 0


def test_the_linear_members_learn_from_it(made: tuple[Grid, NDArray[np.bool_]]) -> None:
    bank = bank_of(made[0], links_of(made[0]))
    sums = linear.accumulate(
        bank, np.arange(100, HOURS - 10, 7), np.zeros((HOURS - 110 + 6) // 7, dtype=np.int64), 6
    )
    found = linear.solve(sums, np.ones(1), "full")
    assert found[sums.names.index("upwind")] > 0.4
