"""Pinball, CRPS, coverage and reliability of quantiles by hand."""

import statistics

import numpy as np
import polars as pl
import pytest

from bihuan.domain.verification import quantiles as q
from tests.verification.rows import fan, pairs

NORMAL = statistics.NormalDist()


def test_pinball_weighs_by_side() -> None:
    # 20 above a 90 % quantile costs 0.9 * 20, 20 below costs 0.1 * 20.
    found = pairs([120, 80], q90=[100, 100]).select(q.pinball("q90", 0.9))
    assert found.to_series().to_list() == pytest.approx([18.0, 2.0])


def test_cells_of_the_levels_meet_half_way() -> None:
    # Edges by hand: 0, .075, .175, .375, .625, .825, .925, 1.
    expected = {"q05": 0.075, "q10": 0.1, "q25": 0.2, "q50": 0.25, "q75": 0.2, "q90": 0.1, "q95": 0.075}
    assert q.weights(q.LEVELS) == pytest.approx(expected)


def test_crps_of_a_certain_forecast_is_the_absolute_error() -> None:
    # All quantiles 50: pinball of level p at 80 is 30 p; 2 * sum w p * 30 = 60 * 0.5 = 30.
    assert fan([80, 50], [50] * 7).select(q.crps()).to_series().to_list() == pytest.approx([30.0, 0.0])


def test_crps_by_hand_on_uneven_quantiles() -> None:
    # observed 30, quantiles 0 10 20 30 50 60 70. Pinball: .05*30=1.5, .1*20=2, .25*10=2.5, 0, .25*20=5, .1*30=3, .05*40=2.
    # 2 * (.075*1.5 + .1*2 + .2*2.5 + 0 + .2*5 + .1*3 + .075*2) = 2 * 2.2625 = 4.525
    assert fan([30], [0, 10, 20, 30, 50, 60, 70]).select(q.crps()).item() == pytest.approx(4.525)


def test_crps_of_a_perfect_normal_forecast_is_near_the_exact_one() -> None:
    # Exact: sigma / sqrt(pi) = 0.5642 (Gneiting and Raftery 2007). The stated fault of seven levels: 1.7 % low.
    levels = [NORMAL.inv_cdf(p) for p in q.LEVELS.values()]
    drawn = [NORMAL.inv_cdf((k + 0.5) / 20000) for k in range(20000)]
    found = fan(drawn, levels).select(q.crps().mean()).item()
    assert found == pytest.approx(0.5548, abs=2e-4)
    assert found / np.pi**-0.5 == pytest.approx(0.983, abs=2e-3)


def test_crps_prefers_the_true_spread() -> None:
    drawn = [NORMAL.inv_cdf((k + 0.5) / 2000) for k in range(2000)]
    means = {
        s: fan(drawn, [s * NORMAL.inv_cdf(p) for p in q.LEVELS.values()]).select(q.crps().mean()).item()
        for s in (0.7, 1.0, 1.4)
    }
    assert min(means, key=means.__getitem__) == 1.0


def test_a_row_without_a_quantile_has_no_crps() -> None:
    frame = fan([30, 30], [0, 10, 20, 30, 50, 60, 70]).with_columns(
        q95=pl.when(pl.col("lead") == 1).then("q95")
    )
    assert q.quantile_scores(frame, ["model"])["n"].to_list() == [1]


def test_coverage_on_the_top_tenth_is_of_the_highest_measurements() -> None:
    # 1..20 with the interval 2..19: 18 of 20 inside; the top tenth is 19 and 20, of which one is inside.
    frame = fan(list(range(1, 21)), [2, 3, 5, 10, 15, 18, 19])
    found = q.coverage(frame, ["item"]).row(0, named=True)
    assert found["inside"] == pytest.approx(0.9)
    assert (found["below"], found["above"]) == (pytest.approx(0.05), pytest.approx(0.05))
    assert (found["n_top"], found["inside_top"]) == (2, pytest.approx(0.5))
    assert found["width"] == 17


def test_quantile_reliability_counts_at_or_below() -> None:
    found = q.quantile_reliability(fan([1, 2, 3, 4], [1, 1, 2, 2, 3, 3, 4]), [])
    assert found["share"].to_list() == pytest.approx([0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1.0])


def test_no_pairs_give_no_row() -> None:
    assert q.coverage(fan([], [1] * 7), []).is_empty()
    assert q.quantile_scores(fan([], [1] * 7), ["model"]).is_empty()
