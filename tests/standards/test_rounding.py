"""GB/T 8170: half to even, of the decimal number as written. Expected values from Python's decimal module."""

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.standards import half_even


def rounded(value: float, decimals: int) -> float:
    return pl.select(half_even(pl.lit(value), decimals)).item()


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [(0.25, 1, 0.2), (0.35, 1, 0.4), (2.5, 0, 2), (3.5, 0, 4), (1.15, 1, 1.2), (0.45, 1, 0.4), (1.005, 2, 1.0), (74.5, 0, 74), (75.5, 0, 76), (2.675, 2, 2.68)],
)  # fmt: skip
def test_halves_go_to_the_even_neighbour(value, decimals, expected):
    assert rounded(value, decimals) == expected


@given(st.integers(0, 5_000_000), st.integers(0, 3))
def test_agrees_with_decimal_arithmetic(thousandths, decimals):
    exact = Decimal(thousandths) / 1000
    expected = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
    assert rounded(thousandths / 1000, decimals) == float(expected)


@given(st.lists(st.integers(0, 1500), min_size=20, max_size=366), st.integers(0, 2))
def test_a_mean_is_rounded_as_the_exact_fraction(values, decimals):
    expected = round(Fraction(sum(values), len(values)), decimals)
    assert rounded(sum(values) / len(values), decimals) == float(expected)


def test_missing_stays_missing():
    assert pl.DataFrame({"x": [None, 1.5]}).select(half_even(pl.col("x")))["x"].to_list() == [None, 2.0]


@pytest.mark.parametrize("decimals", [1, 2, 3])
def test_a_rounded_column_holds_the_numbers_as_written(decimals):
    # 24 tenths are 2.4, not 2.4000000000000004, in every file.
    written = [float(Decimal(k).scaleb(-decimals)) for k in range(3000)]
    frame = pl.DataFrame({"x": written})
    assert frame.select(half_even(pl.col("x"), decimals))["x"].to_list() == written
    assert frame.select(half_even(pl.col("x") + 1e-13, decimals))["x"].to_list() == written
