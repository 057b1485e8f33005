"""The watch on drift: when it speaks, and what it says."""

import math

import polars as pl
import pytest

from bihuan.domain.verification.drift import drift, stability_index
from tests.verification.rows import pairs

FLAT = pl.Series([float(k % 100) for k in range(1000)])


def _recent(error: float, count: int = 300) -> pl.DataFrame:
    return pairs([50.0] * count, mean=[50.0 + error] * count)


def test_stability_index_by_hand() -> None:
    # Halves of 500 each before, 750 to 250 after (half a value added to each bin).
    before, recent = pl.Series([0.0, 1.0] * 500), pl.Series([0.0] * 750 + [1.0] * 250)
    b, r = 500.5 / 1001, 750.5 / 1001
    expected = (r - b) * math.log(r / b) + (b - r) * math.log((1 - r) / (1 - b))
    assert stability_index(before, recent, bins=2) == pytest.approx(expected)
    assert stability_index(before, before, bins=2) == pytest.approx(0.0)


def test_an_empty_bin_is_a_strong_but_finite_change() -> None:
    found = stability_index(FLAT, FLAT + 500)
    assert found is not None
    assert 1 < found < math.inf


def test_worse_by_a_third_is_said_with_its_numbers() -> None:
    found = drift("pm25", "PM2.5", _recent(20), 15.0, FLAT, FLAT)
    assert found.worse
    assert not found.shifted
    assert found.ratio == pytest.approx(4 / 3)
    assert "近 14 天均方根误差 20.0，是检验时 15.0 的 1.33 倍（300 个小时），明显变差" in found.text
    assert "稳定性指数为 0.00，在平常的变化之内" in found.text


def test_as_good_as_in_validation_is_no_finding() -> None:
    found = drift("pm25", "PM2.5", _recent(15), 15.0, FLAT, FLAT)
    assert not found.worse
    assert "没有明显变差" in found.text


def test_too_few_pairs_judge_nothing() -> None:
    found = drift("pm25", "PM2.5", _recent(99, count=20), 15.0, FLAT, FLAT.head(10))
    assert (found.ratio, found.shift, found.worse, found.shifted) == (None, None, False, False)
    assert "只有 20 个（至少 200 个），不作判断" in found.text


def test_a_model_without_validation_is_named() -> None:
    assert "没有留下检验误差" in drift("o3", "O3", _recent(9), None, FLAT, FLAT).text


def test_a_shifted_input_is_said() -> None:
    found = drift("pm25", "PM2.5", _recent(15), 15.0, FLAT, FLAT * 3)
    assert found.shifted
    assert "变化很大" in found.text


def test_a_usual_change_of_weather_is_no_finding() -> None:
    # An index of about 0.2 is the median of real weeks.
    found = drift("pm25", "PM2.5", _recent(15), 15.0, FLAT, FLAT * 1.25)
    assert found.shift is not None
    assert 0.1 < found.shift < 0.4
    assert not found.shifted
    assert "与此前 30 天相比" in found.text
